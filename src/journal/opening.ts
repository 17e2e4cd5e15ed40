/**
 * Opening a journal folder: walks the segments from the newest checkpoint, checks frame by frame, and cuts what a death or
 * a power cut left unfinished at the end. What was synced once and is no longer whole is damage: refused, never repaired.
 *
 * Lost or damaged? Every frame says how far the disk had everything when it was written. When a frame is bad and a later
 * one knows its sequence as synced, the disk changed its mind: damage. Otherwise it never reached the disk: a torn tail.
 */
import { newestCheckpointFile } from "./checkpoint-file.ts";
import type { Disk } from "./disk.ts";
import { FRAME_VERSION, NO_HASH, type ReadFrame } from "./frame.ts";
import { FrameReader, type FrameStep } from "./frame-reader.ts";
import { JournalError } from "./journal.ts";
import { sizeOf } from "./retention.ts";
import { listSegments, type SegmentName } from "./segment-name.ts";

export interface Recovered {
  readonly segments: readonly SegmentName[];
  readonly lastSequence: number;
  /** Sequence of the newest checkpoint among the records, or 0. */
  readonly lastCheckpoint: number;
  /** Hash of the last frame. */
  readonly hash: Buffer;
  readonly syncedSequence: number;
  /** Where the last segment ends. */
  readonly end: number;
  readonly cutBytes: number;
}

/** `all` checks every segment; `since-checkpoint` leaves older ones to be checked when they are read. */
export type Verification = "since-checkpoint" | "all";

export function recover(disk: Disk, verification: Verification): Recovered {
  let segments = listSegments(disk);
  for (let cutBytes = 0; ; ) {
    const start = verification === "all" ? 0 : startIndex(disk, segments);
    const walk = walkSegments(disk, segments, start);
    if (walk.torn === undefined) return { ...walk.state, segments, cutBytes };
    cutBytes += cutFrom(disk, segments, walk.torn, walk.state.lastSequence + 1);
    segments = listSegments(disk);
  }
}

/** What a segment's first frame says in its payload. */
interface SegmentHeader {
  /** The newest checkpoint before this segment, or 0. */
  readonly checkpoint: number;
  /** Bytes of room that were set aside for this file. */
  readonly reserved: number;
}

function segmentHeader(frame: ReadFrame, name: string): SegmentHeader {
  try {
    const value: unknown = JSON.parse(frame.payload);
    if (typeof value === "object" && value !== null && "checkpoint" in value && "reserved" in value) {
      return { checkpoint: Number(value.checkpoint), reserved: Number(value.reserved) };
    }
  } catch (error) {
    throw damaged(name, 0, "the segment's first frame is not readable", error);
  }
  throw damaged(name, 0, "the segment's first frame lacks its fields");
}

/** Where a reader is in the chain of frames. */
export interface ChainState {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Throws unless the frame follows `state`; returns the state after it. */
export function follow(state: ChainState, frame: ReadFrame, name: string, offset: number): ChainState {
  const isRecord = frame.type !== "segment" && frame.type !== "synced";
  const expected = isRecord ? state.sequence + 1 : state.sequence;
  if (frame.sequence !== expected) {
    throw damaged(name, offset, `record ${frame.sequence} stands where ${expected} belongs`);
  }
  if (!frame.previous.equals(state.hash)) {
    throw damaged(name, offset, `record ${frame.sequence} does not follow from the one before`);
  }
  // A note may be lost in a power cut, so nothing may hang on it.
  return frame.type === "synced" ? state : { sequence: frame.sequence, hash: frame.hash };
}

/** The chain as the first frame of a segment takes it up. */
export function chainAt(step: FrameStep, segment: SegmentName): ChainState | undefined {
  if (step.kind === "unknown-version") throw unknownVersion(segment.name, step.version);
  if (step.kind !== "frame") return undefined;
  if (step.frame.type !== "segment" || step.frame.sequence !== segment.first - 1) {
    throw damaged(segment.name, 0, "the file does not begin as its name says");
  }
  return { sequence: step.frame.sequence, hash: step.frame.previous };
}

export function damaged(name: string, offset: number, why: string, cause?: unknown): JournalError {
  return new JournalError("damaged", `${name} is damaged at byte ${offset}: ${why}`, { cause });
}

export function unknownVersion(name: string, version: number): JournalError {
  return new JournalError(
    "unknown-version",
    `${name} has format version ${version}; this program knows version ${FRAME_VERSION}`,
  );
}

/** Sequence of the newest checkpoint among the records, or 0; its record may have been pruned. */
export function newestCheckpoint(disk: Disk, segments: readonly SegmentName[]): number {
  for (const segment of [...segments].reverse()) {
    const beginning = beginningOf(disk, segment);
    if (beginning !== undefined) return beginning.checkpoint;
  }
  return 0;
}

/** The segment to begin at: it follows the newest checkpoint, or holds the first record that may have been lost before. */
function startIndex(disk: Disk, segments: readonly SegmentName[]): number {
  const beside = newestCheckpointFile(disk, segments)?.first ?? 0;
  for (const segment of [...segments].reverse()) {
    const beginning = beginningOf(disk, segment);
    if (beginning === undefined) continue;
    const { syncedSequence } = beginning;
    const checkpoint = Math.max(beginning.checkpoint, beside);
    if (checkpoint === 0) return 0;
    const isThere = segments.some((other) => other.first === checkpoint);
    if (!isThere && syncedSequence >= checkpoint) {
      throw damaged(segment.name, 0, `the file with checkpoint ${checkpoint} is missing`);
    }
    const from = Math.min(checkpoint, syncedSequence + 1);
    return Math.max(
      0,
      segments.findLastIndex((other) => other.first <= from),
    );
  }
  return 0;
}

interface Beginning {
  /** The newest checkpoint up to and with the first record of the segment. */
  readonly checkpoint: number;
  readonly syncedSequence: number;
}

function beginningOf(disk: Disk, segment: SegmentName): Beginning | undefined {
  return withReader(disk, segment.name, (reader) => {
    const header = reader.next();
    if (chainAt(header, segment) === undefined || header.kind !== "frame") return undefined;
    const { syncedSequence } = header.frame;
    const first = reader.next();
    const startsWithCheckpoint = first.kind === "frame" && first.frame.type === "checkpoint";
    if (startsWithCheckpoint) return { checkpoint: segment.first, syncedSequence };
    return { checkpoint: segmentHeader(header.frame, segment.name).checkpoint, syncedSequence };
  });
}

interface Torn {
  readonly index: number;
  /** Where the good part of that segment ends; 0 when nothing of it is worth keeping. */
  readonly offset: number;
  readonly why: string;
}

type WalkState = Omit<Recovered, "segments" | "cutBytes">;

interface Walk {
  readonly state: WalkState;
  readonly torn: Torn | undefined;
}

function walkSegments(disk: Disk, segments: readonly SegmentName[], start: number): Walk {
  let state: WalkState | undefined;
  for (let index = start; index < segments.length; index += 1) {
    const segment = segments[index];
    if (segment === undefined) break;
    const walk = walkSegment(disk, segment, index, state);
    state = walk.state;
    if (walk.torn !== undefined) return walk;
  }
  return { state: state ?? emptyState(0), torn: undefined };
}

function emptyState(lastSequence: number): WalkState {
  return { lastSequence, lastCheckpoint: 0, hash: NO_HASH, syncedSequence: 0, end: 0 };
}

function walkSegment(disk: Disk, segment: SegmentName, index: number, before: WalkState | undefined): Walk {
  return withReader(disk, segment.name, (reader) => {
    const opening = reader.next();
    const found = chainAt(opening, segment);
    const known = before ?? emptyState(segment.first - 1);
    if (found === undefined || opening.kind !== "frame") return tornAt(known, index, 0, "no beginning");
    if (before !== undefined && found.sequence > before.lastSequence) {
      return tornAt(before, index - 1, before.end, "the last records are missing");
    }
    const header = segmentHeader(opening.frame, segment.name);
    const chain = before === undefined ? found : { sequence: before.lastSequence, hash: before.hash };
    const opened = follow(chain, opening.frame, segment.name, 0);
    return walkRecords(reader, segment, index, header, {
      ...known,
      hash: opened.hash,
      lastCheckpoint: Math.max(known.lastCheckpoint, header.checkpoint),
      syncedSequence: Math.max(known.syncedSequence, opening.frame.syncedSequence),
      end: opening.frame.bytes,
    });
  });
}

function walkRecords(
  reader: FrameReader,
  segment: SegmentName,
  index: number,
  header: SegmentHeader,
  begin: WalkState,
): Walk {
  let state = begin;
  for (;;) {
    const step = reader.next();
    if (step.kind === "unknown-version") throw unknownVersion(segment.name, step.version);
    if (step.kind !== "frame") {
      const empty = state.lastSequence < segment.first;
      const whole = step.kind === "end" || (step.blank && header.reserved > 0);
      if (whole && !empty) return { state, torn: undefined };
      return tornAt(state, index, empty ? 0 : step.offset, step.kind === "bad" ? step.why : "no record");
    }
    state = walkFrame(state, step.frame, segment.name, step.offset);
  }
}

function walkFrame(state: WalkState, frame: ReadFrame, name: string, offset: number): WalkState {
  const next = follow({ sequence: state.lastSequence, hash: state.hash }, frame, name, offset);
  return {
    lastSequence: next.sequence,
    lastCheckpoint: frame.type === "checkpoint" ? frame.sequence : state.lastCheckpoint,
    hash: next.hash,
    syncedSequence: Math.max(state.syncedSequence, frame.syncedSequence),
    end: offset + frame.bytes,
  };
}

function tornAt(state: WalkState, index: number, offset: number, why: string): Walk {
  return { state, torn: { index, offset, why } };
}

/**
 * Throws when a record that had been synced can no longer be read. Changes nothing, and a writer may be at work: what it
 * has half written is not taken for damage.
 */
export function verifySynced(disk: Disk): void {
  const loss = presentLoss(disk);
  // A writer may have completed between two looks what the first one found half written.
  if (loss !== undefined && presentLoss(disk)?.message === loss.message) throw loss;
}

/**
 * How many bytes behind the last whole record belong to none: a tail that was torn, or one that is being written. Throws as
 * `verifySynced` does, for the last file alone: whoever reads the records sees damage in those before it.
 */
export function tornTailBytes(disk: Disk): number {
  const first = lastTear(disk);
  if (first?.loss !== undefined && lastTear(disk)?.loss?.message === first.loss.message) throw first.loss;
  return first?.bytes ?? 0;
}

function lastTear(
  disk: Disk,
): { readonly bytes: number; readonly loss: JournalError | undefined } | undefined {
  const segments = listSegments(disk);
  const last = segments.at(-1);
  const { state, torn } = walkSegments(disk, segments, segments.length - 1);
  if (last === undefined || torn === undefined) return undefined;
  const bytes = sizeOf(disk, last.name) - torn.offset;
  return { bytes, loss: lossAt(disk, segments, torn, state.lastSequence + 1) };
}

function presentLoss(disk: Disk): JournalError | undefined {
  const segments = listSegments(disk);
  const { state, torn } = walkSegments(disk, segments, 0);
  return torn === undefined ? undefined : lossAt(disk, segments, torn, state.lastSequence + 1);
}

/** What cutting at the torn place would lose: nothing, unless a frame behind it knows `lost` as synced. */
function lossAt(
  disk: Disk,
  segments: readonly SegmentName[],
  torn: Torn,
  lost: number,
): JournalError | undefined {
  const place = segments[torn.index];
  if (place === undefined) return undefined;
  for (const segment of segments.slice(torn.index)) {
    const from = segment === place ? torn.offset : 0;
    if (highestSynced(disk, segment, from) >= lost) {
      return damaged(place.name, torn.offset, `${torn.why}, and record ${lost} had been synced`);
    }
  }
  if (torn.index === 0 && torn.offset === 0 && place.first > 1) {
    return damaged(place.name, 0, `${torn.why}, and there is nothing before it`);
  }
  return undefined;
}

/** Cuts everything from the torn place on, unless that would lose a synced record. Returns the bytes removed. */
function cutFrom(disk: Disk, segments: readonly SegmentName[], torn: Torn, lost: number): number {
  const loss = lossAt(disk, segments, torn, lost);
  if (loss !== undefined) throw loss;
  const place = segments[torn.index];
  let cut = 0;
  for (const segment of segments.slice(torn.index).reverse()) {
    cut += segment === place && torn.offset > 0 ? truncate(disk, segment, torn.offset) : drop(disk, segment);
  }
  disk.syncFolderNow();
  return cut;
}

function highestSynced(disk: Disk, segment: SegmentName, from: number): number {
  return withReader(
    disk,
    segment.name,
    (reader) => {
      let highest = 0;
      for (let step = reader.next(); step.kind !== "end"; ) {
        if (step.kind === "unknown-version") throw unknownVersion(segment.name, step.version);
        if (step.kind === "frame") highest = Math.max(highest, step.frame.syncedSequence);
        step = step.kind === "frame" ? reader.next() : reader.skipToNextFrame();
      }
      return highest;
    },
    from,
  );
}

function truncate(disk: Disk, segment: SegmentName, size: number): number {
  const file = disk.open(segment.name);
  try {
    const cut = file.size() - size;
    file.truncate(size);
    file.syncNow();
    return cut;
  } finally {
    file.close();
  }
}

function drop(disk: Disk, segment: SegmentName): number {
  const size = sizeOf(disk, segment.name);
  disk.remove(segment.name);
  return size;
}

function withReader<T>(disk: Disk, name: string, use: (reader: FrameReader) => T, offset = 0): T {
  const file = disk.open(name);
  try {
    return use(new FrameReader(file, offset));
  } finally {
    file.close();
  }
}
