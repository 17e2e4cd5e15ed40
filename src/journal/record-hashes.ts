/** The hashes of single records, for whoever vouched for a record outside the journal. Reads only, also beside a writer. */
import { existsSync } from "node:fs";
import type { Disk } from "./disk.ts";
import { FrameReader } from "./frame-reader.ts";
import { chainAt, follow } from "./opening.ts";
import { RealDisk } from "./real-disk.ts";
import { listSegments, type SegmentName } from "./segment-name.ts";

export interface RecordHashes {
  /** First record that is kept. */
  readonly from: number;
  /** In hex, of those that are there. */
  readonly hashes: ReadonlyMap<number, string>;
}

/** Throws a JournalError where the chain of records is broken on the way to the last one wanted. */
export function recordHashes(folder: string, wanted: ReadonlySet<number>): RecordHashes {
  if (!existsSync(folder)) return { from: 1, hashes: new Map() };
  const disk = new RealDisk(folder, "read");
  const segments = listSegments(disk);
  const from = segments[0]?.first ?? 1;
  const sought = [...wanted].filter((sequence) => sequence >= from);
  const [lowest, highest] = [Math.min(...sought), Math.max(...sought)];
  const hashes = new Map<number, string>();
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.first ?? Number.MAX_SAFE_INTEGER;
    if (next > lowest && segment.first <= highest) readSegment(disk, segment, wanted, hashes);
  }
  return { from, hashes };
}

function readSegment(
  disk: Disk,
  segment: SegmentName,
  wanted: ReadonlySet<number>,
  hashes: Map<number, string>,
): void {
  const file = disk.open(segment.name);
  try {
    const reader = new FrameReader(file);
    const opening = reader.next();
    let chain = chainAt(opening, segment);
    if (chain === undefined || opening.kind !== "frame") return;
    chain = follow(chain, opening.frame, segment.name, 0);
    for (let step = reader.next(); step.kind === "frame"; step = reader.next()) {
      chain = follow(chain, step.frame, segment.name, step.offset);
      const isRecord = step.frame.type !== "segment" && step.frame.type !== "synced";
      if (isRecord && wanted.has(chain.sequence)) hashes.set(chain.sequence, chain.hash.toString("hex"));
    }
  } finally {
    file.close();
  }
}
