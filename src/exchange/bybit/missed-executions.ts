/**
 * Reads the executions that nobody streamed, after a start or a reconnect, and asks until the venue answers: nothing else tells of
 * an order that a lost journal does not know.
 */
import type { ExchangeError } from "../exchange-error.ts";
import type { RawRow } from "../raw.ts";
import { type AccountAccess, readExecutions } from "./account-reads.ts";

export interface MissedExecutionsParts {
  readonly access: AccountAccess;
  /** After a failure, which the client has tried several times, the next attempt waits so long. */
  readonly againMs: number;
  readonly read: (rows: readonly RawRow[]) => void;
  readonly failed: (error: ExchangeError) => void;
}

export class MissedExecutions {
  readonly #parts: MissedExecutionsParts;
  #untoldSinceMs: number | null = null;
  #isStreamed = false;
  /** Counts what was asked: an answer that another question came after is not the last word. */
  #asked = 0;
  #isReading = false;
  #wasRead = false;

  constructor(parts: MissedExecutionsParts) {
    this.#parts = parts;
  }

  /**
   * From when on some may not have been told, on the venue's clock; null when all are. Those that were read and cannot be told
   * yet, the first of them at `waitingSinceMs`, are untold too.
   */
  untoldSinceMs(waitingSinceMs: number | null): number | null {
    const since = this.#untoldSinceMs ?? waitingSinceMs;
    return since === null ? null : Math.min(since, waitingSinceMs ?? since);
  }

  /** Whether something of ours may have been executed that nobody knows of: an answer is awaited, or nothing was read yet at all. */
  get isAwaited(): boolean {
    return this.#isReading || (this.#untoldSinceMs !== null && !this.#wasRead);
  }

  /** Nobody streams from `sinceMs` on. */
  miss(sinceMs: number): void {
    this.#untoldSinceMs ??= Math.max(0, sinceMs);
    this.#isStreamed = false;
  }

  /** They are streamed again: what was missed is read, where anything was. */
  read(): void {
    this.#isStreamed = true;
    if (this.#untoldSinceMs !== null) this.#ask(this.#untoldSinceMs);
  }

  /** The same where nobody streams since the start, for long perhaps: what a lost journal does not know is read beside that. */
  readUnstreamed(): void {
    if (this.#untoldSinceMs !== null && !this.#wasRead && !this.#isReading) this.#ask(this.#untoldSinceMs);
  }

  #ask(sinceMs: number): void {
    const { access, read } = this.#parts;
    const isStreamed = this.#isStreamed;
    this.#asked += 1;
    const asked = this.#asked;
    this.#isReading = true;
    readExecutions(access, sinceMs, (result) => {
      if (result.kind === "error") return this.#failed(result.error, { sinceMs, asked });
      this.#wasRead = true;
      if (asked === this.#asked) {
        this.#isReading = false;
        // What is executed before anybody streams again is read then.
        if (isStreamed && this.#isStreamed) this.#untoldSinceMs = null;
      }
      read(result.value);
    });
  }

  #failed(
    error: ExchangeError,
    { sinceMs, asked }: { readonly sinceMs: number; readonly asked: number },
  ): void {
    const { access, againMs, failed } = this.#parts;
    const isLatest = asked === this.#asked;
    if (isLatest) this.#isReading = error.class === "retry";
    failed(error);
    if (!isLatest || !this.#isReading) return;
    access.scope.setTimer(againMs, () => {
      if (asked === this.#asked) this.#ask(sinceMs);
    });
  }
}
