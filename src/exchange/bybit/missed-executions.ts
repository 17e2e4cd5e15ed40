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
  /** How often executions began to be missed. */
  #gaps = 0;
  #isReading = false;

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

  /** Whether an answer is still awaited, or a failed read is to be repeated. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Nobody streams from `sinceMs` on. */
  miss(sinceMs: number): void {
    this.#untoldSinceMs ??= Math.max(0, sinceMs);
    this.#gaps += 1;
  }

  /** They are streamed again: what was missed is read, where anything was. */
  read(): void {
    if (this.#untoldSinceMs !== null) this.#ask(this.#untoldSinceMs);
  }

  #ask(sinceMs: number): void {
    const { access, againMs, read, failed } = this.#parts;
    const gaps = this.#gaps;
    this.#isReading = true;
    readExecutions(access, sinceMs, (result) => {
      if (result.kind !== "error") {
        if (gaps === this.#gaps) this.#untoldSinceMs = null;
        this.#isReading = false;
        read(result.value);
        return;
      }
      this.#isReading = result.error.class === "retry";
      failed(result.error);
      if (this.#isReading) access.scope.setTimer(againMs, () => this.#ask(sinceMs));
    });
  }
}
