/**
 * The mark of a data folder that was restored: until its accounts have been reconciled with their venues, nothing is started on it
 * without the owner's word. It is there from the first moment of a restore, so that one that was broken off is none either.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";

export interface RestoredMark {
  readonly state: "unfinished" | "restored";
  /** Name of the backup file. */
  readonly from: string;
  /** When the backup was made. */
  readonly madeAtMs: number;
  readonly restoredAtMs: number;
  /** Last record of the journal that was in it. */
  readonly journalSequence: number;
}

export function writeRestoredMark(dataDir: string, mark: RestoredMark): void {
  const file = dataFolderPaths(dataDir).restored;
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, "w", 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(mark, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}

/** Null where the folder was not restored, or was reconciled since. One that cannot be read counts as unfinished. */
export function readRestoredMark(dataDir: string): RestoredMark | null {
  const file = dataFolderPaths(dataDir).restored;
  if (!existsSync(file)) return null;
  const unknown: RestoredMark = {
    state: "unfinished",
    from: "",
    madeAtMs: 0,
    restoredAtMs: 0,
    journalSequence: 0,
  };
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    const isMark =
      typeof value === "object" && value !== null && "state" in value && value.state === "restored";
    return isMark ? { ...unknown, ...value, state: "restored" } : unknown;
  } catch {
    return unknown;
  }
}

export function removeRestoredMark(dataDir: string): void {
  rmSync(dataFolderPaths(dataDir).restored, { force: true });
}
