/**
 * The records of a journal folder from an old state on, for whoever looks at the past: with the checkpoints that lie beside
 * the segments in their places, and each failure with the record that it is about. Opens files for reading only, so that a
 * copy of an incident is read as it is, and a journal that an engine is writing too.
 */
import { checkpointFiles, readCheckpointFile } from "./checkpoint-file.ts";
import { type Disk, DiskError } from "./disk.ts";
import { announcedFrame, FRAME_HEADER_BYTES } from "./frame.ts";
import { JournalError, type JournalRecord } from "./journal.ts";
import { newestCheckpoint, tornTailBytes } from "./opening.ts";
import { RealDisk } from "./real-disk.ts";
import { readRecords } from "./record-reader.ts";
import { firstFoldingStart } from "./retention.ts";
import { listSegments, type SegmentName } from "./segment-name.ts";

export interface History {
  /** Sequence of the first record that is read; the state before it comes first where it is not the first of all. */
  readonly from: number;
  /** Of the last record, as its header says: not checked yet. */
  readonly last: number;
  /** A checkpoint from beside the journal carries the sequence of the last record that it contains. */
  readonly records: Iterable<JournalRecord>;
  /** Bytes behind the last whole record, `last`; throws a JournalError where one was lost that had been on disk. */
  tornBytes(last: number): number;
}

/**
 * The kept history; with `wanted`, only from the newest state on that does not contain that record yet. Null where the folder
 * has no journal. Throws a RangeError when that record is not kept, or not written yet, and a JournalError, also while reading, at damage.
 */
export function openHistory(folder: string, wanted?: number): History | null {
  return readable(() => {
    const disk = new RealDisk(folder, "read");
    const segments = listSegments(disk);
    const oldest = firstFoldingStart(disk, segments);
    const newest = segments.at(-1);
    if (newest === undefined) return null;
    if (oldest === undefined) {
      const [first] = segments;
      throw new JournalError("damaged", `no state is left from which record ${first?.first ?? 1} goes on`);
    }
    const last = lastAnnounced(disk, newest);
    if (wanted !== undefined && (wanted < oldest.first || wanted > last)) {
      throw new RangeError(`record ${wanted} is not in the journal: it has ${oldest.first} to ${last}`);
    }
    const start = wanted === undefined ? oldest : startFor(disk, segments, wanted, oldest);
    return {
      from: start.first,
      last,
      records: { [Symbol.iterator]: () => withCheckpoints(disk, segments, start) },
      tornBytes: (whole) => atRecord(whole + 1, () => tornTailBytes(disk)),
    };
  });
}

/** The newest segment before which the state is known and which begins no later than the record. */
function startFor(
  disk: Disk,
  segments: readonly SegmentName[],
  wanted: number,
  oldest: SegmentName,
): SegmentName {
  const isStart = (segment: SegmentName) =>
    readCheckpointFile(disk, segment) !== undefined ||
    atRecord(segment.first, () => newestCheckpoint(disk, [segment])) === segment.first;
  return (
    segments.findLast(
      (segment) => segment.first <= wanted && segment.first > oldest.first && isStart(segment),
    ) ?? oldest
  );
}

function* withCheckpoints(
  disk: Disk,
  segments: readonly SegmentName[],
  start: SegmentName,
): Generator<JournalRecord, void, undefined> {
  const named = checkpointFiles(disk);
  const beside = new Map(segments.filter(({ first }) => named.has(first)).map((one) => [one.first, one]));
  const range = { from: start.first, to: Number.MAX_SAFE_INTEGER, segments, openEnd: true };
  const records = readRecords(disk, range);
  let next = start.first;
  for (;;) {
    const step = atRecord(next, () => records.next());
    if (step.done === true) return;
    const segment = beside.get(step.value.sequence);
    const state = segment === undefined ? undefined : readCheckpointFile(disk, segment);
    if (state !== undefined) yield state;
    yield step.value;
    next = step.value.sequence + 1;
  }
}

/** Hops from header to header. */
function lastAnnounced(disk: Disk, segment: SegmentName): number {
  const file = disk.open(segment.name);
  try {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    const size = file.size();
    let last = segment.first - 1;
    for (let offset = 0; file.read(header, offset) === header.length; ) {
      const frame = announcedFrame(header);
      if (frame === undefined || offset + frame.bytes > size) break;
      last = frame.sequence;
      offset += frame.bytes;
    }
    return last;
  } finally {
    file.close();
  }
}

/** A failure says at which record it is. */
function atRecord<Value>(sequence: number, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof JournalError || error instanceof DiskError)) throw error;
    const failure = error instanceof JournalError ? error.failure : "damaged";
    throw new JournalError(failure, `record ${sequence} cannot be read: ${error.message}`, { cause: error });
  }
}

function readable<Value>(action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new JournalError("damaged", `the journal cannot be read: ${error.message}`, { cause: error });
  }
}
