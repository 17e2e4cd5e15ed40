/**
 * Follows a journal folder that another thread or process is writing: each call reads what was appended since the last
 * one, whole records only, without reading anything twice. Nothing is cut, made or locked.
 */
import { readCheckpointFile } from "./checkpoint-file.ts";
import { DiskError } from "./disk.ts";
import { FrameReader, type FrameStep } from "./frame-reader.ts";
import { JournalError, type JournalRecord } from "./journal.ts";
import { type ChainState, chainAt, damaged, follow, newestCheckpoint, unknownVersion } from "./opening.ts";
import { RealDisk } from "./real-disk.ts";
import { listSegments, type SegmentName } from "./segment-name.ts";

interface Place {
  readonly segment: SegmentName;
  /** Where the next frame of the segment begins; 0 before its header. */
  offset: number;
  chain: ChainState | null;
}

export class JournalTail {
  readonly #disk: RealDisk;
  #next: number;
  #place: Place | null = null;

  /** Records from `fromSequence` (1 or more) on. */
  constructor(folder: string, fromSequence: number) {
    this.#disk = new RealDisk(folder);
    this.#next = fromSequence;
  }

  /** Sequence of the next record that `read` will give. */
  get next(): number {
    return this.#next;
  }

  /**
   * At most `limit` records, fewer when there are no more at the moment. Throws a JournalError at damage, and a RangeError
   * when the record asked for was pruned.
   */
  read(limit: number): readonly JournalRecord[] {
    const records: JournalRecord[] = [];
    try {
      while (records.length < limit && this.#readSegment(records, limit)) {}
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      throw new JournalError("damaged", `the journal cannot be followed: ${error.message}`, { cause: error });
    }
    return records;
  }

  /** Reads on in the current segment; true when another one follows. */
  #readSegment(records: JournalRecord[], limit: number): boolean {
    const place = this.#place ?? this.#findPlace();
    if (place === null) return false;
    this.#place = place;
    const file = this.#disk.open(place.segment.name);
    try {
      if (file.size() < place.offset) throw damaged(place.segment.name, place.offset, "the file has shrunk");
      const reader = new FrameReader(file, place.offset);
      for (let step = reader.next(); ; step = reader.next()) {
        if (!this.#take(place, step, records)) break;
        if (records.length >= limit) return false;
      }
    } finally {
      file.close();
    }
    return this.#moveOn(place);
  }

  /** False when there is no whole frame (yet). */
  #take(place: Place, step: FrameStep, records: JournalRecord[]): boolean {
    const { name } = place.segment;
    if (step.kind === "unknown-version") throw unknownVersion(name, step.version);
    if (step.kind !== "frame") return false;
    const { frame } = step;
    const before = place.chain ?? chainAt(step, place.segment);
    if (before === undefined) return false;
    place.chain = follow(before, frame, name, step.offset);
    place.offset = step.offset + frame.bytes;
    if (frame.type === "segment" || frame.type === "synced") return true;
    if (frame.sequence < this.#next) return true;
    this.#next = frame.sequence + 1;
    records.push({ sequence: frame.sequence, type: frame.type, payload: frame.payload });
    return true;
  }

  /** To the segment that begins with the next record, once there is one. */
  #moveOn(place: Place): boolean {
    const sequence = place.chain?.sequence;
    if (sequence === undefined) return false;
    const following = listSegments(this.#disk).find(
      ({ first, name }) => first === sequence + 1 && name !== place.segment.name,
    );
    if (following === undefined) return false;
    this.#place = { segment: following, offset: 0, chain: place.chain };
    return true;
  }

  #findPlace(): Place | null {
    const segments = listSegments(this.#disk);
    const [oldest] = segments;
    if (oldest === undefined) return null;
    if (oldest.first > this.#next) {
      throw new RangeError(
        `record ${this.#next} is not in the journal: the oldest record kept is ${oldest.first}`,
      );
    }
    const segment = segments.findLast(({ first }) => first <= this.#next) ?? oldest;
    return { segment, offset: 0, chain: null };
  }
}

/** Where folding begins: with the record `from`, on the state of the checkpoint where it lies beside the journal. */
export interface FoldingStart {
  readonly from: number;
  readonly checkpoint: JournalRecord | null;
}

/**
 * Where folding has to begin to know the state after record `sequence`: the newest checkpoint that does not go beyond it,
 * else the first record; null when that part of the journal was pruned. With `sequence` 0: where the kept part can be folded
 * from.
 */
export function foldingStart(folder: string, sequence: number): FoldingStart | null {
  const disk = new RealDisk(folder);
  const segments = listSegments(disk);
  const isWhole = segments.length === 0 || segments[0]?.first === 1;
  if (sequence === 0 && isWhole) return FROM_THE_FIRST;
  const ordered = sequence === 0 ? segments : segments.toReversed();
  for (const segment of ordered) {
    if (sequence > 0 && segment.first - 1 > sequence) continue;
    const beside = readCheckpointFile(disk, segment);
    if (beside !== undefined) return { from: segment.first, checkpoint: beside };
    if (sequence > 0 && segment.first > sequence) continue;
    if (newestCheckpoint(disk, [segment]) === segment.first) return { from: segment.first, checkpoint: null };
  }
  return isWhole ? FROM_THE_FIRST : null;
}

const FROM_THE_FIRST: FoldingStart = { from: 1, checkpoint: null };
