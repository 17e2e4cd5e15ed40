/**
 * What is on its way: orders to the venue, and answers about instruments. All take the same time, so that what was sent first arrives
 * first. What goes for one instrument at one moment is one batch.
 */

/** Of what may be under way at a time, a power of two; it doubles where more is. */
const ROOM = 256;

export class Arrivals {
  /** Of the batch that was taken last; an id is never 0. */
  market = 0;
  dueMs = 0;
  id = 0;
  #size = ROOM;
  #dueMs = new Float64Array(ROOM);
  #market = new Int32Array(ROOM);
  /** Number of the event of the timeline during which, or before which, a batch was sent. */
  #sentAt = new Int32Array(ROOM);
  /** Ids of the next batch to arrive and of the next to be made; a batch lies where its id falls in the ring. */
  #first = 1;
  #next = 1;
  #nextDueMs = Number.POSITIVE_INFINITY;

  /** Whether the next arrives before an event of that time whose timer was set so. */
  isDue(nowMs: number, setAt: number): boolean {
    if (this.#nextDueMs > nowMs) return false;
    return this.#nextDueMs < nowMs || setAt >= (this.#sentAt[this.#first & (this.#size - 1)] as number);
  }

  /** The next one is here: market, dueMs and id are its own from now on. */
  take(): void {
    const place = this.#first & (this.#size - 1);
    this.id = this.#first;
    this.market = this.#market[place] as number;
    this.dueMs = this.#dueMs[place] as number;
    this.#first += 1;
    this.#noteNext();
  }

  /** The batch that goes now, by its id. */
  batch(market: number, dueMs: number, sentAt: number): number {
    for (let id = this.#next - 1; id >= this.#first; id -= 1) {
      const place = id & (this.#size - 1);
      if (this.#dueMs[place] !== dueMs || this.#sentAt[place] !== sentAt) break;
      if (this.#market[place] === market) return id;
    }
    if (this.#next - this.#first === this.#size) this.#grow();
    const id = this.#next;
    const place = id & (this.#size - 1);
    this.#next += 1;
    this.#dueMs[place] = dueMs;
    this.#market[place] = market;
    this.#sentAt[place] = sentAt;
    if (id === this.#first) this.#noteNext();
    return id;
  }

  #noteNext(): void {
    const isAny = this.#first < this.#next;
    this.#nextDueMs = isAny
      ? (this.#dueMs[this.#first & (this.#size - 1)] as number)
      : Number.POSITIVE_INFINITY;
  }

  #grow(): void {
    const size = this.#size * 2;
    const [dueMs, market, sentAt] = [new Float64Array(size), new Int32Array(size), new Int32Array(size)];
    for (let id = this.#first; id < this.#next; id += 1) {
      dueMs[id & (size - 1)] = this.#dueMs[id & (this.#size - 1)] as number;
      market[id & (size - 1)] = this.#market[id & (this.#size - 1)] as number;
      sentAt[id & (size - 1)] = this.#sentAt[id & (this.#size - 1)] as number;
    }
    [this.#dueMs, this.#market, this.#sentAt, this.#size] = [dueMs, market, sentAt, size];
  }
}
