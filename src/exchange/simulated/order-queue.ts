/**
 * One side of the book of the accounts' own resting orders: best price first, oldest first at a price. House liquidity is
 * not in here (see liquidity.ts). Adding and removing cost the search for the price and nothing per order.
 */
import type { Order, Sign } from "./state.ts";

export interface PriceLevel {
  readonly price: number;
  lots: number;
  first: Order | undefined;
  last: Order | undefined;
}

export class OrderQueue {
  /** +1 for bids, -1 for asks. */
  readonly #sign: Sign;
  /** Worst first, so that the best is the array's end. */
  #levels: PriceLevel[] = [];
  readonly #byPrice = new Map<number, PriceLevel>();

  constructor(sign: Sign) {
    this.#sign = sign;
  }

  get best(): PriceLevel | undefined {
    return this.#levels[this.#levels.length - 1];
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0;
  }

  add(order: Order): void {
    const level = this.#byPrice.get(order.price) ?? this.#insert(order.price);
    order.previous = level.last;
    order.next = undefined;
    if (level.last === undefined) level.first = order;
    else level.last.next = order;
    level.last = order;
    level.lots += order.lots - order.filled;
  }

  remove(order: Order): void {
    const level = this.#byPrice.get(order.price);
    if (level === undefined) throw new Error(`order ${order.id} is not in the book`);
    if (order.previous === undefined) level.first = order.next;
    else order.previous.next = order.next;
    if (order.next === undefined) level.last = order.previous;
    else order.next.previous = order.previous;
    order.next = undefined;
    order.previous = undefined;
    level.lots -= order.lots - order.filled;
    if (level.first === undefined) this.#drop(level);
  }

  /** Takes lots off a resting order in place; its place in the queue stays. */
  shrink(order: Order, lots: number): void {
    const level = this.#byPrice.get(order.price);
    if (level !== undefined) level.lots -= lots;
  }

  /** Best first. */
  *levels(): Generator<PriceLevel> {
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at];
      if (level !== undefined) yield level;
    }
  }

  /** All orders, best price first, oldest first. */
  orders(): Order[] {
    const found: Order[] = [];
    for (const level of this.levels()) {
      for (let order = level.first; order !== undefined; order = order.next) found.push(order);
    }
    return found;
  }

  #insert(price: number): PriceLevel {
    const level: PriceLevel = { price, lots: 0, first: undefined, last: undefined };
    this.#levels.splice(this.#positionOf(price), 0, level);
    this.#byPrice.set(price, level);
    return level;
  }

  #drop(level: PriceLevel): void {
    this.#byPrice.delete(level.price);
    this.#levels.splice(this.#positionOf(level.price), 1);
  }

  /** Index of the first level that is not worse. */
  #positionOf(price: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const level = this.#levels[middle];
      if (level !== undefined && (level.price - price) * this.#sign < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
