/** The records of the demo's traders as files, in the form in which a user would have them from elsewhere. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WrittenRecord } from "./long-past.ts";

export interface RecordFile {
  readonly path: string;
  readonly trader: string;
  /** As its source states it. */
  readonly equity: string | null;
}

export function writeRecords(folder: string, records: readonly WrittenRecord[]): readonly RecordFile[] {
  mkdirSync(folder, { recursive: true });
  return records.map(({ name, equity, csv }) => {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, csv);
    return { path, trader: name, equity };
  });
}
