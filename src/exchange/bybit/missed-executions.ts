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
  /** From when they are still to be read, on the venue's clock; null when none are missing. */
  #sinceMs: number | null = null;
  #isReading = false;

  constructor(parts: MissedExecutionsParts) {
    this.#parts = parts;
  }

  /** Whether an answer is still awaited, or a failed read is to be repeated. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** From `sinceMs`, or from where earlier ones are still missing. */
  readSince(sinceMs: number): void {
    this.#sinceMs ??= Math.max(0, sinceMs);
    this.#ask(this.#sinceMs);
  }

  #ask(sinceMs: number): void {
    const { access, againMs, read, failed } = this.#parts;
    this.#isReading = true;
    readExecutions(access, sinceMs, (result) => {
      if (result.kind !== "error") {
        this.#sinceMs = null;
        this.#isReading = false;
        read(result.value);
        return;
      }
      this.#sinceMs ??= sinceMs;
      this.#isReading = result.error.class === "retry";
      failed(result.error);
      if (this.#isReading) access.scope.setTimer(againMs, () => this.#ask(sinceMs));
    });
  }
}
