/** Where the records that are kept begin, for people: older ones were removed by retention (retention.ts). */
import { existsSync } from "node:fs";
import { readCheckpointFile } from "./checkpoint-file.ts";
import { viewJournalFolder } from "./file.ts";
import type { JournalRecord } from "./journal.ts";
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

/** What is kept, to be folded from the oldest state on of all. */
export function* keptHistory(folder: string): Generator<JournalRecord, void, undefined> {
  if (!existsSync(folder)) return;
  const disk = new RealDisk(folder);
  const start = firstFoldingStart(disk, listSegments(disk));
  if (start === undefined) return;
  const beside = start.first === 1 ? undefined : readCheckpointFile(disk, start);
  if (beside !== undefined) yield beside;
  yield* viewJournalFolder(folder).read(start.first);
}

function timeOf(event: { readonly atMs?: unknown; readonly receivedAtMs?: unknown }): number {
  return Number(event.atMs ?? event.receivedAtMs ?? 0);
}
