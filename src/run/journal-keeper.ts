/**
 * Keeps the journal handy while the engine writes it: has a checkpoint made before each new segment, on a thread of its own,
 * so that recovery stays short and no fill waits for it. Nothing here is on the path of an order, and when it fails copying
 * goes on.
 */
import type { Clock, Timer } from "../exchange/transport.ts";
import type { FileJournal } from "../journal/file.ts";

const LOOK_MS = 5_000;
/** After a failure the next attempt waits. */
const RETRY_MS = 60_000;

export interface JournalKeeperParts {
  readonly journal: Pick<FileJournal, "checkpointDue" | "noteCheckpoint">;
  readonly clock: Clock;
  /** Resolves once the state before record `first` is on disk. */
  readonly makeCheckpoint: (first: number) => Promise<void>;
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
    const succeeded = await this.#checkpoint();
    if (this.#timer === timer) this.#lookIn(succeeded ? LOOK_MS : RETRY_MS);
  }

  async #checkpoint(): Promise<boolean> {
    const { journal, makeCheckpoint, onProblem } = this.#parts;
    const first = journal.checkpointDue;
    if (first === null) return true;
    try {
      await makeCheckpoint(first);
      journal.noteCheckpoint(first);
      return true;
    } catch (error) {
      onProblem(`no checkpoint before record ${first}: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }
}
