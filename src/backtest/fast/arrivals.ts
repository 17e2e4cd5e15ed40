/**
 * What is on its way: orders to the venue, and answers about instruments. All take the same time, so that what was sent first arrives
 * first. What goes for one instrument at one moment is one batch.
 */
export interface Arrival {
  readonly market: number;
  readonly dueMs: number;
  /** Never 0. */
  readonly id: number;
}

interface Batch extends Arrival {
  /** Number of the event of the timeline during which, or before which, it was sent. */
  readonly sentAt: number;
}

/** What was taken is forgotten in strides, so that taking costs nothing. */
const FORGOTTEN = 1_024;

export class Arrivals {
  #waiting: Batch[] = [];
  #first = 0;
  #lastId = 0;

  /** Whether the next arrives before an event of that time whose timer was set so. */
  isDue(nowMs: number, setAt: number): boolean {
    const next = this.#waiting[this.#first];
    if (next === undefined || next.dueMs > nowMs) return false;
    return next.dueMs < nowMs || setAt >= next.sentAt;
  }

  take(): Arrival {
    const next = this.#waiting[this.#first];
    if (next === undefined) throw new Error("nothing is on its way");
    this.#first += 1;
    if (this.#first === FORGOTTEN) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return next;
  }

  /** The batch that goes now, by its number. */
  batch(market: number, dueMs: number, sentAt: number): number {
    for (let at = this.#waiting.length - 1; at >= this.#first; at -= 1) {
      const known = this.#waiting[at];
      if (known === undefined || known.dueMs !== dueMs || known.sentAt !== sentAt) break;
      if (known.market === market) return known.id;
    }
    this.#lastId += 1;
    this.#waiting.push({ market, dueMs, sentAt, id: this.#lastId });
    return this.#lastId;
  }
}
