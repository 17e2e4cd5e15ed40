/** The files of a folder of backups: their names, which carry when they were made, and which of them are kept. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

export interface KeptBackup {
  readonly file: string;
  readonly madeAtMs: number;
  readonly bytes: number;
}

const NAME = /^copytrader-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/;
/** What a process left that did not live to finish it; a younger one may be at work. */
const PARTIAL = /^\.copytrader-\d{8}T\d{6}Z\.backup\.\d+\.(partial|scratch)$/;
const PARTIAL_AGE_MS = 24 * 3_600_000;

/** `copytrader-20250131T235959Z.backup`, in UTC. */
export function backupName(madeAtMs: number): string {
  const stamp = new Date(madeAtMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `copytrader-${stamp}.backup`;
}

/** Of files with such names, newest first; none where there is no such folder. */
export function backupsIn(folder: string): readonly KeptBackup[] {
  return namesIn(folder)
    .flatMap((name) => {
      const [, year, month, day, hour, minute, second] = (NAME.exec(name) ?? []).map(Number);
      if (year === undefined || month === undefined) return [];
      const madeAtMs = Date.UTC(year, month - 1, day, hour, minute, second);
      const file = join(folder, name);
      const bytes = statSync(file, { throwIfNoEntry: false })?.size;
      return bytes === undefined ? [] : [{ file, madeAtMs, bytes }];
    })
    .sort((left, right) => right.madeAtMs - left.madeAtMs);
}

/** Removes all but the newest `keep`, and what was left unfinished long ago; returns the files removed. */
export function removeOldBackups(folder: string, keep: number, nowMs: number): readonly string[] {
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    const modifiedMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (PARTIAL.test(name) && nowMs - modifiedMs > PARTIAL_AGE_MS)
      rmSync(file, { recursive: true, force: true });
  }
  // What is dated ahead was made while the clock was wrong: it counts for nothing, and takes no present one's place.
  const old = backupsIn(folder)
    .filter(({ madeAtMs }) => madeAtMs <= nowMs)
    .slice(keep);
  for (const { file } of old) rmSync(file, { force: true });
  return old.map(({ file }) => file);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
