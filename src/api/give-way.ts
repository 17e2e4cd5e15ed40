/** Copying comes first: the processes of the API take what it leaves. */
import { setPriority } from "node:os";

export const NICENESS = { api: 5, job: 10 } as const;

/** Where the machine does not let us, it is as it is. */
export function giveWay(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    return;
  }
}
