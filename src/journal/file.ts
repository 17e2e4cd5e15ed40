/**
 * The journal in a folder of append-only segments (see frame.ts for the bytes, opening.ts for what opening accepts). One
 * append is one write; the disk is synced in groups soon after, never inside an append. A checkpoint among the records begins
 * a new segment, and the state before any other may be written down beside it (checkpoint-file.ts), so recovery reads the
 * last segments only. A reserve file keeps room that reductions alone may use on a full disk: they are
 * written into it in place, so nothing else on the disk can take it first. One process at a time: the data folder's lock.
 */
import { existsSync } from "node:fs";
import { assertAppendable } from "./appendable.ts";
import { checkpointFileName, checkpointFiles, newestCheckpointFile } from "./checkpoint-file.ts";
import type { Disk, DiskError, DiskFile, JournalClock } from "./disk.ts";
import { asJournalError, attempt, isFull, settled } from "./disk-failures.ts";
import { encodeFrame, type FrameType, frameBytes } from "./frame.ts";
import { GroupSync } from "./group-sync.ts";
import {
  type Journal,
  type JournalEntry,
  JournalError,
  type JournalHead,
  type JournalOpening,
  type JournalRecord,
} from "./journal.ts";
import { newestCheckpoint, type Recovered, recover, type Verification, verifySynced } from "./opening.ts";
import { RealDisk, systemClock } from "./real-disk.ts";
import { readRecords, readSinceCheckpoint } from "./record-reader.ts";
import { Reserve } from "./reserve.ts";
import { filesBefore, firstFoldingStart, type Retention, sizeOf } from "./retention.ts";
import { listSegments, type SegmentName, segmentName } from "./segment-name.ts";

export interface FileJournalOptions {
  readonly disk: Disk;
  readonly clock?: JournalClock;
  /** A segment that has reached this takes no more records. */
  readonly segmentBytesMax?: number;
  /** The same for its number of records. */
  readonly segmentRecordsMax?: number;
  /** How long after a write its group is synced. */
  readonly syncDelayMs?: number;
  /** Room for reductions on a full disk; 0 for none. */
  readonly reserveBytes?: number;
  readonly verify?: Verification;
  /** Hears of failures that no append can report, at once. */
  readonly onFailure?: (error: JournalError) => void;
}

export interface OpenedJournal {
  readonly journal: FileJournal;
  readonly opening: JournalOpening;
}

const DEFAULTS = {
  segmentBytesMax: 64 * 1024 * 1024,
  segmentRecordsMax: 200_000,
  syncDelayMs: 10,
  reserveBytes: 1024 * 1024,
};
const APPEND_BYTES_MAX = 1024 * 1024 * 1024;
const SCRATCH_BYTES = 256 * 1024;

/** Opens the journal in a folder of the real disk, made when it is not there. */
export function openJournalFolder(
  folder: string,
  options: Omit<FileJournalOptions, "disk"> = {},
): OpenedJournal {
  return openFileJournal({ ...options, disk: attempt(() => new RealDisk(folder)) });
}

/** Cuts a torn tail and reports it; throws a JournalError when the journal is damaged or of another version. */
export function openFileJournal(options: FileJournalOptions): OpenedJournal {
  return attempt(() => {
    const recovered = recover(options.disk, options.verify ?? "since-checkpoint");
    const journal = new FileJournal(options, recovered);
    return { journal, opening: { lastSequence: recovered.lastSequence, cutBytes: recovered.cutBytes } };
  });
}

/** A journal that another process may be writing to: nothing is cut, made or locked. */
export interface JournalView {
  /** First record that recovery reads after, or as, its checkpoint; 0 without one. */
  readonly lastCheckpoint: number;
  /** Records from `fromSequence` on, up to the last whole one at the moment. */
  read(fromSequence: number): Iterable<JournalRecord>;
  /** The same from the newest checkpoint on, which comes first where there is one. */
  sinceCheckpoint(): Iterable<JournalRecord>;
}

/** Looks at a journal folder without touching it; an absent folder is an empty journal. */
export function viewJournalFolder(folder: string): JournalView {
  if (!existsSync(folder)) return { lastCheckpoint: 0, read: () => [], sinceCheckpoint: () => [] };
  return attempt(() => {
    const disk = new RealDisk(folder);
    const segments = listSegments(disk);
    const range = { to: Number.MAX_SAFE_INTEGER, segments, openEnd: true };
    const lastCheckpoint = newestCheckpoint(disk, segments);
    return {
      lastCheckpoint: Math.max(lastCheckpoint, newestCheckpointFile(disk, segments)?.first ?? 0),
      read: (from) => ({ [Symbol.iterator]: () => readRecords(disk, { ...range, from }) }),
      sinceCheckpoint: () => ({
        [Symbol.iterator]: () => readSinceCheckpoint(disk, range, lastCheckpoint),
      }),
    };
  });
}

/** Throws a JournalError when a synced record of the folder cannot be read; changes nothing, also beside a writer. */
export function verifyJournalFolder(folder: string): void {
  if (existsSync(folder)) attempt(() => verifySynced(new RealDisk(folder)));
}

/** The file that is written to. Past `end` there may be room that was set aside, up to `reserved`. */
interface OpenSegment {
  readonly name: string;
  readonly file: DiskFile;
  reserved: number;
  end: number;
}

interface Batch {
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

export class FileJournal implements Journal {
  readonly #disk: Disk;
  readonly #segmentBytesMax: number;
  readonly #segmentRecordsMax: number;
  readonly #sync: GroupSync;
  readonly #reserve: Reserve;
  readonly #onFailure: (error: JournalError) => void;
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #segments: SegmentName[];
  #current: OpenSegment | undefined;
  #lastSequence: number;
  #lastCheckpoint: number;
  /** First record of the newest segment whose state before it is in a file. */
  #lastCheckpointFile: number;
  #hash: Buffer;
  /** Bytes of the files that are not written any more. */
  readonly #sizes = new Map<string, number>();
  /** What the last note in the file says, so that it is not said twice. */
  #notedSequence = 0;
  /** Why nothing can be appended any more. */
  #broken: JournalError | undefined;

  constructor(options: FileJournalOptions, recovered: Recovered) {
    const clock = options.clock ?? systemClock;
    this.#disk = options.disk;
    this.#segmentBytesMax = options.segmentBytesMax ?? DEFAULTS.segmentBytesMax;
    this.#segmentRecordsMax = options.segmentRecordsMax ?? DEFAULTS.segmentRecordsMax;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#segments = [...recovered.segments];
    this.#lastSequence = recovered.lastSequence;
    this.#lastCheckpoint = recovered.lastCheckpoint;
    this.#lastCheckpointFile = newestCheckpointFile(this.#disk, recovered.segments)?.first ?? 0;
    this.#hash = recovered.hash;
    this.#syncWhatWasFound(recovered);
    const finished = this.#segments.slice(0, -1).map(({ name }) => name);
    const beside = [...checkpointFiles(this.#disk)].map((first) => checkpointFileName({ first }));
    for (const name of [...finished, ...beside]) this.#noteSize(name);
    this.#current = this.#openLast(recovered.end);
    this.#reserve = new Reserve(this.#disk, options.reserveBytes ?? DEFAULTS.reserveBytes, clock);
    this.#sync = new GroupSync({
      disk: this.#disk,
      clock,
      delayMs: options.syncDelayMs ?? DEFAULTS.syncDelayMs,
      syncedSequence: recovered.lastSequence,
      caughtUp: (sequence) => this.#noteSynced(sequence),
      failed: (error) => this.#breakDown(error),
    });
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  get lastCheckpoint(): number {
    return this.#lastCheckpoint;
  }

  get head(): JournalHead {
    return { sequence: this.#lastSequence, hash: this.#hash.toString("hex") };
  }

  /** First record of the newest segment when there is no checkpoint before it yet; null when there is. */
  get checkpointDue(): number | null {
    const first = this.#segments.at(-1)?.first ?? 0;
    return first > 1 && first > Math.max(this.#lastCheckpoint, this.#lastCheckpointFile) ? first : null;
  }

  /** The state before record `first`, which was due, is in a file now. */
  noteCheckpoint(first: number): void {
    this.#lastCheckpointFile = Math.max(this.#lastCheckpointFile, first);
    this.#noteSize(checkpointFileName({ first }));
  }

  /** Sequence of the oldest record that is kept. */
  get firstSequence(): number {
    return this.#segments[0]?.first ?? 1;
  }

  /** The last sequence that survives a power cut for certain. */
  get syncedSequence(): number {
    return this.#sync.syncedSequence;
  }

  append(entries: readonly JournalEntry[], options?: { readonly reduction?: boolean }): number {
    if (this.#broken !== undefined) throw this.#broken;
    const checkpoint = assertAppendable(entries);
    const first = this.#lastSequence + 1;
    this.#write(entries, checkpoint, options?.reduction === true);
    this.#lastSequence += entries.length;
    if (checkpoint) this.#lastCheckpoint = first;
    if (this.#current !== undefined) this.#sync.written(this.#current.file, this.#lastSequence);
    return first;
  }

  read(fromSequence: number): Iterable<JournalRecord> {
    if (fromSequence < this.firstSequence && this.#lastSequence > 0) {
      const kept = `the oldest record kept is ${this.firstSequence}`;
      throw new RangeError(`record ${fromSequence} is not in the journal: ${kept}`);
    }
    const disk = this.#disk;
    const segments = [...this.#segments];
    const range = { from: fromSequence, to: this.#lastSequence, segments, openEnd: false };
    return { [Symbol.iterator]: () => readRecords(disk, range) };
  }

  sinceCheckpoint(): Iterable<JournalRecord> {
    const disk = this.#disk;
    const range = { to: this.#lastSequence, segments: [...this.#segments], openEnd: false };
    const lastCheckpoint = this.#lastCheckpoint;
    return { [Symbol.iterator]: () => readSinceCheckpoint(disk, range, lastCheckpoint) };
  }

  sync(): void {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      this.#sync.syncNow();
    } catch (error) {
      throw this.#breakDown(error);
    }
    this.#noteSynced(this.#sync.syncedSequence);
  }

  /** Syncs and closes. Closing twice does nothing. */
  close(): void {
    const wasBroken = this.#broken !== undefined;
    try {
      if (!wasBroken) this.sync();
    } finally {
      this.#broken ??= new JournalError("write-failed", "the journal is closed");
      this.#sync.stop(this.#current === undefined ? [] : [this.#current.file]);
      this.#current = undefined;
    }
  }

  /** What all files take, without the reserve. */
  get keptBytes(): number {
    let bytes = this.#current?.end ?? 0;
    for (const size of this.#sizes.values()) bytes += size;
    return bytes;
  }

  /**
   * Removes the oldest records up to the next checkpoint when they are too old or too much is kept, without blocking; again
   * as long as it resolves to more than 0, the bytes removed. Never the newest checkpoint or what follows it, nor what is not
   * certainly on disk. Rejects with a DiskError when a file could not be removed; it stays, then, until the next opening.
   */
  async prune(retention: Retention): Promise<number> {
    const next = this.#nextStart(retention.neededFrom);
    if (this.#broken !== undefined || next === undefined) return 0;
    const before = this.#segments.filter(({ first }) => first < next.first);
    const newest = before.at(-1);
    const isOld = newest !== undefined && this.#disk.modifiedMs(newest.name) < retention.sinceMs;
    if (!isOld && this.keptBytes <= retention.bytesMax) return 0;
    const files = filesBefore(this.#disk, this.#segments, next);
    this.#segments = this.#segments.filter(({ first }) => first >= next.first);
    let removed = 0;
    // One after the other: a gap among the segments would be taken for a loss.
    for (const name of files) {
      await settled((done) => this.#disk.discard(name, done));
      removed += this.#sizes.get(name) ?? 0;
      this.#sizes.delete(name);
    }
    await settled((done) => this.#disk.syncFolder(done));
    return removed;
  }

  /**
   * Where the journal may begin instead: at a checkpoint among the records that opening has checked, or at one beside them
   * that is not the newest, so that there is another should it turn out damaged.
   */
  #nextStart(neededFrom: number): SegmentName | undefined {
    const mayBegin = ({ first }: SegmentName) =>
      first <= neededFrom &&
      first <= this.syncedSequence &&
      (first <= this.#lastCheckpoint || first < this.#lastCheckpointFile);
    return firstFoldingStart(this.#disk, this.#segments.slice(1).filter(mayBegin));
  }

  #write(entries: readonly JournalEntry[], checkpoint: boolean, reduction: boolean): void {
    try {
      if (!this.#reserve.whole && !reduction) this.#reserve.restore();
      const current = this.#current;
      if (current === undefined || checkpoint || this.#isFilled(current))
        this.#writeNewSegment(entries, () => this.#createSegment());
      else this.#writeTo(current, entries);
    } catch (error) {
      if (!isFull(error) || !reduction) throw asJournalError(error);
      this.#writeToReserve(entries, error);
    }
  }

  #isFilled({ end }: OpenSegment): boolean {
    const first = this.#segments.at(-1)?.first ?? 1;
    return end >= this.#segmentBytesMax || this.#lastSequence - first + 1 >= this.#segmentRecordsMax;
  }

  /** A reduction on a full disk. */
  #writeToReserve(entries: readonly JournalEntry[], cause: DiskError): void {
    const needed = this.#bytesOf(entries) + frameBytes(this.#headerPayload(Number.MAX_SAFE_INTEGER));
    if (!this.#reserve.whole || needed > this.#reserve.bytes) throw asJournalError(cause);
    try {
      this.#writeNewSegment(entries, () => this.#takeReserve());
    } catch (error) {
      throw asJournalError(error);
    }
  }

  #writeTo(segment: OpenSegment, entries: readonly JournalEntry[]): void {
    const batch = this.#encode(entries, undefined);
    try {
      segment.file.write(batch.bytes, segment.end);
    } catch (error) {
      throw this.#restoreEnd(segment) ?? error;
    }
    segment.end += batch.bytes.length;
    this.#hash = batch.hash;
  }

  /** Header and entries in one write, so that a segment never begins without a record. */
  #writeNewSegment(entries: readonly JournalEntry[], make: () => OpenSegment): void {
    this.#trimCurrent();
    // Once in a journal's life: a folder whose first segment could be missing would look like a pruned one.
    if (this.#sync.syncedSequence === 0 && this.#current !== undefined) this.#sync.syncNow();
    const segment = make();
    try {
      const batch = this.#encode(entries, this.#headerPayload(segment.reserved));
      segment.file.write(batch.bytes, 0);
      segment.end = batch.bytes.length;
      this.#hash = batch.hash;
    } catch (error) {
      this.#discard(segment);
      throw error;
    }
    if (this.#current !== undefined) {
      this.#sync.retire(this.#current.file);
      this.#sizes.set(this.#current.name, this.#current.end);
    }
    this.#segments.push({ name: segment.name, first: this.#lastSequence + 1 });
    this.#current = segment;
    this.#sync.folderChanged();
  }

  #createSegment(): OpenSegment {
    const name = segmentName(this.#lastSequence + 1);
    return { name, file: this.#disk.create(name), reserved: 0, end: 0 };
  }

  #takeReserve(): OpenSegment {
    const name = segmentName(this.#lastSequence + 1);
    return { name, file: this.#reserve.take(name), reserved: this.#reserve.bytes, end: 0 };
  }

  #headerPayload(reserved: number): string {
    return JSON.stringify({ checkpoint: this.#lastCheckpoint, reserved });
  }

  #bytesOf(entries: readonly JournalEntry[]): number {
    let bytes = 0;
    for (const entry of entries) bytes += frameBytes(entry.payload);
    if (bytes > APPEND_BYTES_MAX) throw new RangeError(`an append of ${bytes} bytes is too long`);
    return bytes;
  }

  #encode(entries: readonly JournalEntry[], headerPayload: string | undefined): Batch {
    const headerBytes = headerPayload === undefined ? 0 : frameBytes(headerPayload);
    const length = headerBytes + this.#bytesOf(entries);
    const bytes = length <= SCRATCH_BYTES ? this.#scratch.subarray(0, length) : Buffer.allocUnsafe(length);
    let sequence = this.#lastSequence;
    let chain = this.#hash;
    let at = 0;
    const put = (type: FrameType, payload: string, continued: boolean) => {
      const syncedSequence = this.#sync.syncedSequence;
      chain = encodeFrame(bytes, at, { type, sequence, syncedSequence, previous: chain, payload, continued });
      at += bytes.readUInt32LE(at + 4) + frameBytes("");
    };
    if (headerPayload !== undefined) put("segment", headerPayload, false);
    entries.forEach(({ type, payload }, index) => {
      sequence += 1;
      put(type, payload, type === "event" && entries[index + 1]?.type === "decision");
    });
    return { bytes, hash: chain };
  }

  /** Says in the file how far it is on disk, so that later damage is not taken for a torn tail. */
  #noteSynced(sequence: number): void {
    const current = this.#current;
    if (this.#broken !== undefined || current === undefined) return;
    if (sequence !== this.#lastSequence || sequence === this.#notedSequence) return;
    const bytes = Buffer.allocUnsafe(frameBytes(""));
    encodeFrame(bytes, 0, {
      type: "synced",
      sequence,
      syncedSequence: sequence,
      previous: this.#hash,
      payload: "",
    });
    try {
      current.file.write(bytes, current.end);
      current.end += bytes.length;
      this.#notedSequence = sequence;
      this.#sync.annotated(current.file);
    } catch (error) {
      this.#restoreEnd(current);
      // A full disk has no room for the note; the records themselves are safe.
      if (!isFull(error)) this.#breakDown(error);
    }
  }

  /** Takes back a write that failed half-way; when that fails too, nothing can follow it. */
  #restoreEnd(segment: OpenSegment): JournalError | undefined {
    try {
      segment.file.truncate(Math.max(segment.end, segment.reserved));
      const blank = segment.reserved - segment.end;
      if (blank > 0) segment.file.write(Buffer.alloc(blank), segment.end);
      return undefined;
    } catch (error) {
      return this.#breakDown(error);
    }
  }

  #discard(segment: OpenSegment): void {
    try {
      segment.file.close();
      this.#disk.remove(segment.name);
    } catch (error) {
      throw this.#breakDown(error);
    }
  }

  /** Gives back the room of a reserve that will not be used: only the last segment may end in zeros. */
  #trimCurrent(): void {
    const current = this.#current;
    if (current === undefined || current.reserved <= current.end) return;
    current.reserved = 0;
    current.file.truncate(current.end);
  }

  /** What a killed process wrote is in the kernel's hands only. */
  #syncWhatWasFound(recovered: Recovered): void {
    this.#segments.forEach((segment, index) => {
      const next = this.#segments[index + 1];
      if (next !== undefined && next.first - 1 <= recovered.syncedSequence) return;
      const file = this.#disk.open(segment.name);
      try {
        file.syncNow();
      } finally {
        file.close();
      }
    });
    if (this.#segments.length > 0) this.#disk.syncFolderNow();
  }

  #openLast(end: number): OpenSegment | undefined {
    const last = this.#segments.at(-1);
    if (last === undefined) return undefined;
    const file = this.#disk.open(last.name);
    if (file.size() > end) file.truncate(end);
    return { name: last.name, file, reserved: 0, end };
  }

  #noteSize(name: string): void {
    this.#sizes.set(name, sizeOf(this.#disk, name));
  }

  #breakDown(cause: unknown): JournalError {
    const text = cause instanceof Error ? cause.message : String(cause);
    this.#broken ??= new JournalError("write-failed", `the journal can no longer be trusted: ${text}`, {
      cause,
    });
    this.#onFailure(this.#broken);
    return this.#broken;
  }
}
