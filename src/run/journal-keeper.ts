/**
 * Keeps the journal handy while the engine writes it: has a checkpoint made before each new segment, on a thread of its own,
 * so that recovery stays short and no fill waits for it, and lets the oldest records go. Nothing here is on the path of an order, and when it fails copying
 * goes on.
 */
import type { Clock, Timer } from "../exchange/transport.ts";
import type { FileJournal } from "../journal/file.ts";
import type { Retention } from "../journal/retention.ts";

const LOOK_MS = 10_000;
/** After a failure the next attempt waits. */
const RETRY_MS = 60_000;

export interface JournalKeeperParts {
  readonly journal: Pick<FileJournal, "checkpointDue" | "noteCheckpoint" | "prune">;
  readonly clock: Clock;
  /** Resolves once the state before record `first` is on disk. */
  readonly makeCheckpoint: (first: number) => Promise<void>;
  /** What is to be kept at the moment. */
  readonly retention: () => Retention;
  readonly onProblem: (cause: string) => void;
}

export class JournalKeeper {
  readonly #parts: JournalKeeperParts;
  #timer: Timer | null = null;

  constructor(parts: JournalKeeperParts) {
    this.#parts = parts;
    this.#lookIn(LOOK_MS);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #lookIn(delayMs: number): void {
    this.#timer = this.#parts.clock.setTimer(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const succeeded = (await this.#checkpoint()) && (await this.#prune());
    if (this.#timer === timer) this.#lookIn(succeeded ? LOOK_MS : RETRY_MS);
  }

  async #checkpoint(): Promise<boolean> {
    const { journal, makeCheckpoint } = this.#parts;
    const first = journal.checkpointDue;
    if (first === null) return true;
    return this.#attempt(`no checkpoint before record ${first}`, async () => {
      await makeCheckpoint(first);
      journal.noteCheckpoint(first);
    });
  }

  #prune(): Promise<boolean> {
    const { journal, retention } = this.#parts;
    return this.#attempt("old records could not be removed", async () => {
      while ((await journal.prune(retention())) > 0) {}
    });
  }

  async #attempt(failure: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#parts.onProblem(`${failure}: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }
}
