/**
 * Lines about what the engine did, written when it has nothing else to do: masking and writing a line costs more than deciding an order
 * does. What waits is bounded, and is written when the process exits; only a kill loses the lines of its last moment. The journal has it all.
 */
import type { Log, LogFields, LogLevel } from "../log.ts";

interface Waiting {
  readonly log: Log;
  readonly level: LogLevel;
  readonly message: string;
  /** Plain values of the moment: nothing in it may change later. */
  readonly fields: LogFields;
  /** UTC milliseconds: when it was, not when it is written. */
  readonly atMs: number;
}

const LINES_PER_TURN = 100;
const WAITING_MAX = 50_000;

export class LineQueue {
  #waiting: Waiting[] = [];
  #next = 0;
  #leftOut = 0;
  #isPlanned = false;
  readonly #soon: (action: () => void) => void;
  readonly #atExit = () => this.drain();

  constructor(soon: (action: () => void) => void = setImmediate) {
    this.#soon = soon;
    process.on("exit", this.#atExit);
  }

  add(log: Log, level: LogLevel, message: string, fields: LogFields): void {
    if (this.#waiting.length - this.#next >= WAITING_MAX) this.#leftOut += 1;
    else this.#waiting.push({ log, level, message, fields, atMs: Date.now() });
    this.#plan();
  }

  /** Everything that waits, now. */
  drain(): void {
    this.#write(Number.POSITIVE_INFINITY);
  }

  close(): void {
    this.drain();
    process.off("exit", this.#atExit);
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#soon(() => {
      this.#isPlanned = false;
      this.#write(LINES_PER_TURN);
      if (this.#waiting.length > 0) this.#plan();
    });
  }

  #write(count: number): void {
    const end = Math.min(this.#waiting.length, this.#next + count);
    for (const { log, level, message, fields, atMs } of this.#waiting.slice(this.#next, end))
      log[level](message, fields, atMs);
    this.#next = end;
    if (end < this.#waiting.length) return;
    const last = this.#waiting.at(-1);
    if (this.#leftOut > 0) last?.log.warn("lines were left out, too many waited", { lines: this.#leftOut });
    this.#leftOut = 0;
    this.#waiting = [];
    this.#next = 0;
  }
}
