/**
 * One order book put together from a snapshot and the deltas after it ("Orderbook" of the V5 documentation): size 0 takes
 * a price away, a new snapshot replaces everything. A delta that is not newer is ignored; a book that is crossed has
 * missed one and is given up until the next snapshot, as is one that grows without end.
 */
import type { BookLevel } from "../public-books.ts";

export interface BookSides {
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

export interface BookChange extends BookSides {
  readonly updateId: number;
}

/** The deepest topic has 1,000 levels a side; a side that outgrows this by far was told levels without their ends. */
const SIDE_LEVELS_MAX = 5_000;

export class OrderBook {
  readonly #bids = new Map<string, string>();
  readonly #asks = new Map<string, string>();
  #updateId: number | null = null;
  #sorted: BookSides | null = null;

  get isKnown(): boolean {
    return this.#updateId !== null;
  }

  replace(snapshot: BookChange): void {
    this.clear();
    this.#updateId = snapshot.updateId;
    merge(this.#bids, snapshot.bids);
    merge(this.#asks, snapshot.asks);
  }

  /** False when there is nothing that it could change: no snapshot yet, or newer already. */
  change(delta: BookChange): boolean {
    if (this.#updateId === null || delta.updateId <= this.#updateId) return false;
    this.#updateId = delta.updateId;
    this.#sorted = null;
    merge(this.#bids, delta.bids);
    merge(this.#asks, delta.asks);
    if (Math.max(this.#bids.size, this.#asks.size) > SIDE_LEVELS_MAX) this.clear();
    return true;
  }

  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
    this.#updateId = null;
    this.#sorted = null;
  }

  /** Best first; null when unknown. A crossed book is cleared by this. */
  levels(): BookSides | null {
    if (this.#updateId === null) return null;
    if (this.#sorted !== null) return this.#sorted;
    const sides = { bids: sorted(this.#bids, -1), asks: sorted(this.#asks, 1) };
    if (isCrossed(sides)) {
      this.clear();
      return null;
    }
    this.#sorted = sides;
    return sides;
  }
}

function merge(side: Map<string, string>, levels: readonly BookLevel[]): void {
  for (const [price, size] of levels) {
    if (Number(size) === 0) side.delete(price);
    else side.set(price, size);
  }
}

function sorted(side: ReadonlyMap<string, string>, direction: 1 | -1): readonly BookLevel[] {
  return [...side].sort(([left], [right]) => (Number(left) - Number(right)) * direction);
}

function isCrossed({ bids, asks }: BookSides): boolean {
  const [bid] = bids[0] ?? [];
  const [ask] = asks[0] ?? [];
  return bid !== undefined && ask !== undefined && Number(bid) >= Number(ask);
}
