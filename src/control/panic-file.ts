/**
 * The kill switch where an engine takes no commands: whether it answers in time, and the file in the data folder that it looks for twice
 * a second, and at once when it starts.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterReading } from "./after-reading.ts";
import { ControlError, type ControlFailure } from "./control.ts";
import type { PanicScope } from "./owner-commands.ts";

export const PANIC_FILE = "PANIC";
/** An engine that does not answer within this is taken for one that cannot. */
const ANSWER_MAX_MS = 5_000;
/** What says nothing against what was asked. */
const CANNOT: ReadonlySet<ControlFailure> = new Set(["unreachable", "version", "starting", "failure"]);

/** Null where the engine cannot be asked, or does not answer in time; rejects with a ControlError where its answer is no. */
export async function answeredInTime<Answer>(
  answer: Promise<Answer>,
  maxMs: number = ANSWER_MAX_MS,
): Promise<Answer | null> {
  const late = Promise.withResolvers<null>();
  const timer = afterReading(maxMs, () => late.resolve(null));
  try {
    return await Promise.race([answer, late.promise]);
  } catch (error) {
    if (error instanceof ControlError && !CANNOT.has(error.failure)) throw error;
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Its path. Made beside it first: the engine never reads half of it. */
export function leavePanicFile(dataDir: string, { follower, leader }: PanicScope): string {
  const path = join(dataDir, PANIC_FILE);
  const lines = [
    ...(follower === undefined ? [] : [`follower ${follower}`]),
    ...(leader === undefined ? [] : [`leader ${leader}`]),
  ];
  writeFileSync(`${path}.new`, `${lines.join("\n")}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}
