/** Ledgers of one line of JSON for each entry, only ever added to. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface LedgerLine<Entry> {
  /** From 1 on, empty lines counted. */
  readonly number: number;
  /** Null where the line cannot be read, or is none. */
  readonly entry: Entry | null;
}

/** Oldest first; none where there is no file. */
export function readLedger<Entry>(
  path: string,
  isEntry: (read: unknown) => read is Entry,
): readonly LedgerLine<Entry>[] {
  return textOf(path)
    .split("\n")
    .flatMap((line, at) => (line === "" ? [] : [{ number: at + 1, entry: entryOf(line, isEntry) }]));
}

/** On disk when it returns; for the owner only. */
export function appendToLedger(path: string, entry: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // What a torn line lacks of its end must not tear this one, too.
  const begin = /(^|\n)$/.test(textOf(path)) ? "" : "\n";
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, `${begin}${JSON.stringify(entry)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function entryOf<Entry>(line: string, isEntry: (read: unknown) => read is Entry): Entry | null {
  try {
    const read: unknown = JSON.parse(line);
    return isEntry(read) ? read : null;
  } catch {
    return null;
  }
}
