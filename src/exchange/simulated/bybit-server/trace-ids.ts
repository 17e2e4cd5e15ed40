/**
 * Trace ids: 32 hexadecimal digits, a seeded prefix and a counter.
 */
import type { SeededRandom } from "./random.ts";

export class TraceIds {
  readonly #prefix: string;
  #count = 0;

  constructor(random: SeededRandom) {
    this.#prefix = random.hex(2);
  }

  next(): string {
    this.#count += 1;
    return this.#prefix + this.#count.toString(16).padStart(16, "0");
  }
}
