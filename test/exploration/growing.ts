/** Whole numbers in a row, four bytes each, that grows as they are added. */
export class Growing {
  #numbers = new Int32Array(1 << 12);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(...numbers: readonly number[]): void {
    for (const number of numbers) {
      if (this.#length === this.#numbers.length) {
        const longer = new Int32Array(this.#length * 2);
        longer.set(this.#numbers);
        this.#numbers = longer;
      }
      this.#numbers[this.#length] = number;
      this.#length += 1;
    }
  }

  /** 0 beyond the end. */
  at(place: number): number {
    return this.#numbers[place] ?? 0;
  }
}
