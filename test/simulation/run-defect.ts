/** Runs the simulator with one defect in a process of its own and says whether, and by what, it was noticed. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Defect } from "./defects.ts";

export interface Catch {
  readonly defect: string;
  readonly seed: number;
  readonly invariant: string;
  /** What broke, by line. */
  readonly story: string;
}

const SCRIPT = fileURLToPath(new URL("../../scripts/simulate.ts", import.meta.url));
const HOOK = new URL("./defect-hook.ts", import.meta.url).href;

/** Resolves to null when no schedule noticed it. Rejects when the child could not run at all. */
export function runDefect(defect: Defect, schedules: number, events: number): Promise<Catch | null> {
  const args = ["--import", HOOK, SCRIPT, "--json", "--until-broken", "--tries", "0", "--workers", "1"];
  args.push(`--${defect.histories ?? "one-leader"}`);
  args.push("--schedules", String(schedules), "--events", String(events));
  const env = { ...process.env, COPYTRADER_DEFECT: defect.name };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const last = output.trim().split("\n").at(-1) ?? "";
      if (!last.startsWith("{")) return reject(new Error(`${defect.name}: ${errors.slice(0, 2_000)}`));
      const [broken] = JSON.parse(last).violations as Omit<Catch, "defect">[];
      resolve(broken === undefined ? null : { defect: defect.name, ...broken });
    });
  });
}
