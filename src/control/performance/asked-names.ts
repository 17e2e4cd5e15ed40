/** Names that are asked about, held against those that there are. */
import { ControlError } from "../control.ts";

/** Throws a ControlError with the names that there are. */
export function assertAmong(
  what: string,
  name: string | undefined,
  known: readonly string[],
  failure: "unknown-follower" | "unknown-leader" | "bad-request",
): void {
  if (name === undefined || known.includes(name)) return;
  const names = [...new Set(known)].sort();
  const there = names.length === 0 ? "there is none yet" : `there are: ${names.join(", ")}`;
  throw new ControlError(failure, `of no ${what} "${name}" is anything known; ${there}`);
}
