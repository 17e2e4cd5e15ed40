/**
 * An account's orders by their ids. Orders come with rising numbers, so that the place of one is found by halving, and
 * adding one costs no more than a push; ids given by clients stay taken for longer than their orders are kept.
 */
import type { Order } from "./state.ts";

/** Ids of forgotten orders are cleared away once there are so many, and more than of known ones. */
const HOLES_MIN = 1_000;

export class OrderIndex {
  readonly #linkIdsKept: number;
  /** Ascending, and beside each its order; undefined when that is forgotten. */
  #numbers: number[] = [];
  #orders: (Order | undefined)[] = [];
  #holes = 0;
  /** To order numbers: the newest, and as many before them. */
  #linkIds = new Map<string, number>();
  #olderLinkIds = new Map<string, number>();

  /** At least the newest `linkIdsKept` ids given by clients stay taken, at most twice as many. */
  constructor(linkIdsKept: number) {
    this.#linkIdsKept = linkIdsKept;
  }

  /** Its number must be above those of all orders before it. */
  add(order: Order): void {
    this.#numbers.push(order.number);
    this.#orders.push(order);
    if (order.linkId === "") return;
    if (this.#linkIds.size >= this.#linkIdsKept) {
      this.#olderLinkIds = this.#linkIds;
      this.#linkIds = new Map();
    }
    this.#linkIds.set(order.linkId, order.number);
  }

  byNumber(number: number): Order | undefined {
    return this.#orders[this.#placeOf(number)];
  }

  byLinkId(linkId: string): Order | undefined {
    const number = this.#linkIds.get(linkId) ?? this.#olderLinkIds.get(linkId);
    return number === undefined ? undefined : this.byNumber(number);
  }

  isTaken(linkId: string): boolean {
    return this.#linkIds.has(linkId) || (this.#olderLinkIds.size > 0 && this.#olderLinkIds.has(linkId));
  }

  /** The id may be given again. */
  release(linkId: string): void {
    this.#linkIds.delete(linkId);
    this.#olderLinkIds.delete(linkId);
  }

  /** The order is no longer found; its id stays taken. */
  forget(order: Order): void {
    const place = this.#placeOf(order.number);
    if (this.#orders[place] === undefined) return;
    this.#orders[place] = undefined;
    this.#holes += 1;
    if (this.#holes >= HOLES_MIN && this.#holes * 2 > this.#orders.length) this.#closeHoles();
  }

  /** Where a number is; -1 when it is not there. */
  #placeOf(number: number): number {
    let low = 0;
    let high = this.#numbers.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#numbers[middle] ?? 0;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #closeHoles(): void {
    this.#numbers = this.#numbers.filter((_, place) => this.#orders[place] !== undefined);
    this.#orders = this.#orders.filter((order) => order !== undefined);
    this.#holes = 0;
  }
}
