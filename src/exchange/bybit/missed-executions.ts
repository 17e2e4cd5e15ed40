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

  constructor(parts: MissedExecutionsParts) {
    this.#parts = parts;
  }

  /** From `sinceMs`, or from where earlier ones are still missing. */
  readSince(sinceMs: number): void {
    this.#sinceMs ??= Math.max(0, sinceMs);
    this.#ask(this.#sinceMs);
  }

  #ask(sinceMs: number): void {
    const { access, againMs, read, failed } = this.#parts;
    readExecutions(access, sinceMs, (result) => {
      if (result.kind !== "error") {
        this.#sinceMs = null;
        read(result.value);
        return;
      }
      this.#sinceMs ??= sinceMs;
      failed(result.error);
      if (result.error.class === "retry") access.scope.setTimer(againMs, () => this.#ask(sinceMs));
    });
  }
}
