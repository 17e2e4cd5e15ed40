/**
 * What a trader of the demo makes of a market: whether it runs, and how far it has gone from where it was of late. Both are counted in
 * looks, not in time, so that the same rule works on hours, minutes and seconds.
 */

/** Looks after which half of what was seen is forgotten. */
export interface Memory {
  readonly quick: number;
  readonly slow: number;
}

export class Signals {
  readonly #memory: Memory;
  #quick = 0;
  #slow = 0;
  /** Mean square of a look's move. */
  #square = 0;
  #last = 0;
  #looks = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  look(price: number): void {
    const log = Math.log(price);
    if (this.#looks === 0) [this.#quick, this.#slow, this.#last] = [log, log, log];
    this.#looks += 1;
    this.#quick += (log - this.#quick) * pace(this.#memory.quick);
    this.#slow += (log - this.#slow) * pace(this.#memory.slow);
    this.#square += ((log - this.#last) ** 2 - this.#square) * pace(this.#memory.slow);
    this.#last = log;
  }

  /** How far the quick mean is above the slow one, in deviations; 0 before there is enough to go by. */
  get trend(): number {
    return this.#inDeviations(this.#quick - this.#slow, this.#memory.slow - this.#memory.quick);
  }

  /** How far the price is above its quick mean, in deviations. */
  get stretch(): number {
    return this.#inDeviations(this.#last - this.#quick, this.#memory.quick);
  }

  #inDeviations(distance: number, looks: number): number {
    const deviation = Math.sqrt(this.#square * Math.max(1, looks));
    return this.#looks < this.#memory.quick || deviation === 0 ? 0 : distance / deviation;
  }
}

function pace(halfLife: number): number {
  return 1 - 0.5 ** (1 / halfLife);
}
