/**
 * THE CONTRACT of the journal, the engine's truth: append-only records, each with length, checksum, version, sequence and
 * the hash of the record before. A torn tail is tolerated and cut; damage anywhere else is refused. An event and the decision that
 * follows it in the same append are there together or not at all.
 */

export type JournalRecordType =
  /** An input that the core read (core/event.ts as JSON). */
  | "event"
  /** What the core decided on the input before (core/decision codec). */
  | "decision"
  /** The whole state, so that recovery need not read what is before it. */
  | "checkpoint";

export interface JournalRecord {
  /** 1, 2, 3, ... without gaps over the life of the data folder. */
  readonly sequence: number;
  readonly type: JournalRecordType;
  readonly payload: string;
}

export interface JournalEntry {
  readonly type: JournalRecordType;
  readonly payload: string;
}

/** The last record and, in hex, the hash that the next one will carry: of it and, by the chain, of all before it. */
export interface JournalHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What opening found; `cutBytes` > 0 when a torn tail was removed. */
export interface JournalOpening {
  readonly lastSequence: number;
  readonly cutBytes: number;
}

export interface Journal {
  readonly lastSequence: number;
  /**
   * Appends all entries in one write and returns the first one's sequence. When it returns, the entries survive the
   * death of the process; they are synced to disk in groups soon after. Throws a JournalError when the write fails:
   * nothing may be sent then. `reduction` entries may use the reserve of space that ordinary ones may not.
   * A checkpoint is the first entry of its append; anything else is a RangeError.
   */
  append(entries: readonly JournalEntry[], options?: { readonly reduction?: boolean }): number;
  /** Records from `fromSequence` on, in order, lazily. */
  read(fromSequence: number): Iterable<JournalRecord>;
  /** What recovery folds: the newest checkpoint, where there is one, and the records after it. */
  sinceCheckpoint(): Iterable<JournalRecord>;
  /** Sequence of the newest checkpoint among the records, or 0. */
  readonly lastCheckpoint: number;
  /** Forces what was appended to disk. */
  sync(): void;
  close(): void;
}

export type JournalFailure = "disk-full" | "write-failed" | "damaged" | "in-use" | "unknown-version";

export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly failure: JournalFailure;

  constructor(failure: JournalFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
