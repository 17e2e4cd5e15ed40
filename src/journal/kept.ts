/** Where the records that are kept begin, for people: older ones were removed by retention (retention.ts). */
import { existsSync } from "node:fs";
import { viewJournalFolder } from "./file.ts";
import { RealDisk } from "./real-disk.ts";
import { firstFoldingStart } from "./retention.ts";
import { listSegments } from "./segment-name.ts";

export interface KeptRecords {
  /** Sequence of the first record that can be folded. */
  readonly from: number;
  /** Its time, in UTC milliseconds. */
  readonly sinceMs: number;
}

/** Null while every record since the first is kept; changes nothing, also beside a writer. */
export function keptRecords(folder: string): KeptRecords | null {
  if (!existsSync(folder)) return null;
  const disk = new RealDisk(folder);
  const segments = listSegments(disk);
  const start = firstFoldingStart(disk, segments);
  if (start === undefined || start.first === 1) return null;
  for (const { type, payload } of viewJournalFolder(folder).read(start.first)) {
    if (type === "event") return { from: start.first, sinceMs: timeOf(JSON.parse(payload)) };
  }
  return null;
}

function timeOf(event: { readonly atMs?: unknown; readonly receivedAtMs?: unknown }): number {
  return Number(event.atMs ?? event.receivedAtMs ?? 0);
}
