/**
 * The journal of a backtest: it takes what the engine writes and keeps nothing of it but a fingerprint, so that a history of years
 * does not have to fit into memory. Two runs with the same fingerprint decided the same, byte for byte.
 */
import { createHash, type Hash } from "node:crypto";
import { assertAppendable } from "../journal/appendable.ts";
import type { Journal, JournalEntry, JournalRecord } from "../journal/journal.ts";

export class PassingJournal implements Journal {
  readonly #hash: Hash = createHash("sha256");
  readonly #doings: Hash = createHash("sha256");
  #lastSequence = 0;
  #lastCheckpoint = 0;

  get lastSequence(): number {
    return this.#lastSequence;
  }

  get lastCheckpoint(): number {
    return this.#lastCheckpoint;
  }

  append(entries: readonly JournalEntry[]): number {
    const first = this.#lastSequence + 1;
    if (assertAppendable(entries)) this.#lastCheckpoint = first;
    for (const { type, payload } of entries) {
      this.#hash.update(type).update("\n").update(payload).update("\n");
      if (type === "decision") this.#doings.update(payload).update("\n");
    }
    this.#lastSequence += entries.length;
    return first;
  }

  /** Of all that was written so far, hexadecimal. */
  fingerprint(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Of the decisions alone, hexadecimal. */
  doings(): string {
    return this.#doings.copy().digest("hex");
  }

  read(): Iterable<JournalRecord> {
    return [];
  }

  sinceCheckpoint(): Iterable<JournalRecord> {
    return [];
  }

  sync(): void {
    // Nothing is kept.
  }

  close(): void {
    // Nothing is open.
  }
}
