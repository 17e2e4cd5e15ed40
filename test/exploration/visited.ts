/**
 * Which texts were seen, by 64 bits of hash in flat arrays: a million of them take 16 MB. Two different texts are taken for one
 * with a probability of n^2 / 2^65: for ten million texts three in a million.
 */
const FILL_MAX = 0.6;

export class Visited {
  #capacity = 1 << 16;
  #high = new Int32Array(this.#capacity);
  #low = new Int32Array(this.#capacity);
  /** Number of the text plus one; 0 is free. */
  #numbers = new Int32Array(this.#capacity);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the text; the next one, `size` before the call, when it is new. */
  number(text: string): number {
    if (this.#size > this.#capacity * FILL_MAX) this.#grow();
    const high = hash(text, 0x811c9dc5);
    const low = hash(text, 0x2c1b3c6d);
    const place = this.#place(high, low);
    const known = this.#numbers[place] ?? 0;
    if (known !== 0) return known - 1;
    this.#size += 1;
    this.#put(place, high, low, this.#size);
    return this.#size - 1;
  }

  #place(high: number, low: number): number {
    let place = (high ^ Math.imul(low, 0x9e3779b1)) & (this.#capacity - 1);
    while (this.#numbers[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low))
      place = (place + 1) & (this.#capacity - 1);
    return place;
  }

  #put(place: number, high: number, low: number, number: number): void {
    this.#high[place] = high;
    this.#low[place] = low;
    this.#numbers[place] = number;
  }

  #grow(): void {
    const [high, low, numbers] = [this.#high, this.#low, this.#numbers];
    this.#capacity *= 2;
    this.#high = new Int32Array(this.#capacity);
    this.#low = new Int32Array(this.#capacity);
    this.#numbers = new Int32Array(this.#capacity);
    for (const [index, number] of numbers.entries()) {
      if (number === 0) continue;
      const [top, bottom] = [high[index] ?? 0, low[index] ?? 0];
      this.#put(this.#place(top, bottom), top, bottom, number);
    }
  }
}

/** 32 bits, from a start of its own; well mixed at the end (the finalizer of MurmurHash3). */
function hash(text: string, start: number): number {
  let mixed = start | 0;
  for (let place = 0; place < text.length; place += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(place), 0x5bd1e995);
    mixed ^= mixed >>> 15;
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
