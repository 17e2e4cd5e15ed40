/**
 * The journal in memory, for backtests and tests: the same contract, nothing survives the process. Bounded like a disk:
 * past `bytesMax` ordinary appends are refused, reductions only past the reserve on top of it.
 */
import { assertAppendable } from "./appendable.ts";
import { type Journal, type JournalEntry, JournalError, type JournalRecord } from "./journal.ts";

export interface MemoryJournalOptions {
  readonly bytesMax?: number;
  readonly reserveBytes?: number;
}

const BYTES_MAX = 512 * 1024 * 1024;
const RESERVE_BYTES = 1024 * 1024;

export class MemoryJournal implements Journal {
  readonly #bytesMax: number;
  readonly #reserveBytes: number;
  readonly #records: JournalRecord[] = [];
  #bytes = 0;
  #lastCheckpoint = 0;
  #closed = false;

  constructor(options: MemoryJournalOptions = {}) {
    this.#bytesMax = options.bytesMax ?? BYTES_MAX;
    this.#reserveBytes = options.reserveBytes ?? RESERVE_BYTES;
  }

  get lastSequence(): number {
    return this.#records.length;
  }

  get lastCheckpoint(): number {
    return this.#lastCheckpoint;
  }

  append(entries: readonly JournalEntry[], options?: { readonly reduction?: boolean }): number {
    if (this.#closed) throw new JournalError("write-failed", "the journal is closed");
    const isCheckpoint = assertAppendable(entries);
    this.#takeRoom(entries, options?.reduction === true);
    const first = this.#records.length + 1;
    if (isCheckpoint) this.#lastCheckpoint = first;
    for (const { type, payload } of entries) {
      this.#records.push({ sequence: this.#records.length + 1, type, payload });
    }
    return first;
  }

  read(fromSequence: number): Iterable<JournalRecord> {
    if (fromSequence < 1 && this.#records.length > 0) {
      throw new RangeError(`record ${fromSequence} is not in the journal`);
    }
    const records = this.#records;
    const end = records.length;
    return {
      *[Symbol.iterator]() {
        for (let index = fromSequence - 1; index < end; index += 1) {
          const record = records[index];
          if (record !== undefined) yield record;
        }
      },
    };
  }

  sinceCheckpoint(): Iterable<JournalRecord> {
    return this.read(Math.max(this.#lastCheckpoint, 1));
  }

  sync(): void {
    if (this.#closed) throw new JournalError("write-failed", "the journal is closed");
  }

  close(): void {
    this.#closed = true;
  }

  #takeRoom(entries: readonly JournalEntry[], reduction: boolean): void {
    const bytes = entries.reduce((sum, entry) => sum + entry.payload.length, this.#bytes);
    if (bytes > this.#bytesMax + (reduction ? this.#reserveBytes : 0)) {
      throw new JournalError("disk-full", `the journal is full at ${this.#bytes} characters`);
    }
    this.#bytes = bytes;
  }
}
