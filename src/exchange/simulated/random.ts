/**
 * Seeded randomness of the simulated exchange: a small counter-based generator, so that the same seed and calls give
 * the same numbers on every machine, and a hash for values that must not depend on the order of calls.
 */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return scramble(this.#state) / 4294967296;
  }

  /** Standard normal. */
  gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }
}

/** Uniform in [0, 1), a pure function of both inputs. */
export function hashFraction(seed: number, value: number): number {
  return scramble((seed ^ Math.imul(value | 0, 0x9e3779b1)) >>> 0) / 4294967296;
}

export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function scramble(input: number): number {
  let value = input;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
