/**
 * Reads records lazily across segments, one segment open at a time, and checks the chain as it goes: a reader of old
 * records sees damage that opening, which starts at the newest checkpoint, did not look at.
 */
import { newestCheckpointFile, readCheckpointFile } from "./checkpoint-file.ts";
import type { Disk } from "./disk.ts";
import { NO_HASH, type ReadFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { JournalError, type JournalRecord, type JournalRecordType } from "./journal.ts";
import { type ChainState, chainAt, damaged, follow, unknownVersion } from "./opening.ts";
import type { SegmentName } from "./segment-name.ts";

export interface RecordRange {
  readonly from: number;
  readonly to: number;
  readonly segments: readonly SegmentName[];
  /** The last segment may be growing: its first incomplete record is the end. */
  readonly openEnd: boolean;
}

/** Records `from` to `to`, both included. Throws a JournalError at the first damaged byte. */
export function* readRecords(disk: Disk, range: RecordRange): Generator<JournalRecord, void, undefined> {
  const segments = segmentsOf(range);
  let chain: ChainState | undefined;
  for (const [index, segment] of segments.entries()) {
    const end = Math.min(range.to, (segments[index + 1]?.first ?? Number.MAX_SAFE_INTEGER) - 1);
    const file = disk.open(segment.name);
    try {
      const openEnd = range.openEnd && index === segments.length - 1;
      const part = { from: range.from, to: end, openEnd };
      chain = yield* readSegment(new FrameReader(file), segment, part, chain);
    } finally {
      file.close();
    }
  }
}

/**
 * What recovery folds: the newest checkpoint, wherever it is, and the records after it; `lastCheckpoint` is that among the
 * records. Throws a JournalError where neither is left to begin with.
 */
export function* readSinceCheckpoint(
  disk: Disk,
  range: Omit<RecordRange, "from">,
  lastCheckpoint: number,
): Generator<JournalRecord, void, undefined> {
  const segment = newestCheckpointFile(disk, range.segments);
  const beside = segment && segment.first > lastCheckpoint ? readCheckpointFile(disk, segment) : undefined;
  const from = beside === undefined ? Math.max(lastCheckpoint, 1) : beside.sequence + 1;
  const oldest = range.segments[0]?.first ?? 1;
  if (from < oldest) {
    throw new JournalError("damaged", `no checkpoint is left from which the records from ${oldest} on go on`);
  }
  if (beside !== undefined) yield beside;
  yield* readRecords(disk, { ...range, from });
}

function segmentsOf(range: RecordRange): readonly SegmentName[] {
  if (range.from > range.to) return [];
  const after = range.segments.findIndex((segment) => segment.first > range.from);
  const start = after < 0 ? range.segments.length - 1 : Math.max(0, after - 1);
  return range.segments.slice(start).filter((segment) => segment.first <= range.to);
}

function* readSegment(
  reader: FrameReader,
  segment: SegmentName,
  range: Omit<RecordRange, "segments">,
  before: ChainState | undefined,
): Generator<JournalRecord, ChainState, undefined> {
  const opening = reader.next();
  const found = chainAt(opening, segment);
  if (found === undefined || opening.kind !== "frame") {
    if (range.openEnd) return before ?? { sequence: segment.first - 1, hash: NO_HASH };
    throw damaged(segment.name, 0, "no beginning");
  }
  let chain = follow(before ?? found, opening.frame, segment.name, 0);
  // Also past the last record: a note of syncing may follow it, which the next segment's chain goes through.
  for (;;) {
    const step = reader.next();
    if (step.kind === "unknown-version") throw unknownVersion(segment.name, step.version);
    const mayEnd = range.openEnd || chain.sequence >= range.to;
    if (step.kind !== "frame" && mayEnd) return chain;
    if (step.kind === "end") throw damaged(segment.name, step.offset, "the last records are missing");
    if (step.kind === "bad") throw damaged(segment.name, step.offset, step.why);
    chain = follow(chain, step.frame, segment.name, step.offset);
    if (chain.sequence > range.to) return chain;
    const type = recordType(step.frame);
    if (type === undefined || chain.sequence < range.from) continue;
    yield { sequence: chain.sequence, type, payload: step.frame.payload };
  }
}

function recordType(frame: ReadFrame): JournalRecordType | undefined {
  return frame.type === "segment" || frame.type === "synced" ? undefined : frame.type;
}
