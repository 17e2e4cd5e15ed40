/** Reads what meter-preload.ts writes down of a program, second by second. */
import { existsSync, readFileSync } from "node:fs";

/** Of one second. */
export interface MeterLine {
  /** Longest for which the event loop stood still: wall clock, with the machine's part and the time set aside in it. */
  readonly stallMs: number;
  /** Longest for which the program itself kept its event loop: processor time of its main thread between two turns. */
  readonly busyMs: number;
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly descriptors: number;
}

export class Meter {
  readonly #file: string;
  /** The first line that was not taken yet. */
  #from = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Oldest first: since they were taken last, or passed over. */
  take(): readonly MeterLine[] {
    const lines = this.#lines();
    const taken = lines.slice(this.#from);
    this.#from = Math.max(this.#from, lines.length);
    return taken.map((line): MeterLine => JSON.parse(line));
  }

  /** What was before, and the second that is under way, count for nothing: a program that starts is busy with that. */
  passOver(): void {
    this.#from = this.#lines().length + 1;
  }

  #lines(): readonly string[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, "utf8").split("\n").slice(0, -1);
  }
}
