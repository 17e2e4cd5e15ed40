/**
 * The venue's seeded generator with the draws that faults and identifiers need. The same seed gives the same sequence
 * on every machine. Not for secrets.
 */
import { Random } from "../random.ts";

export class SeededRandom {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** A number in [0, 1). */
  next(): number {
    return this.#random.next();
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** A number in [min, max]. */
  between(min: number, max: number): number {
    return min + this.#random.next() * (max - min);
  }

  /** `words` times eight hexadecimal digits. */
  hex(words: number): string {
    let text = "";
    for (let word = 0; word < words; word += 1) {
      text += Math.floor(this.#random.next() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    }
    return text;
  }
}
