/** The index of orders: finds by either id what is kept, and keeps client ids taken longer than their orders. */
import { describe, expect, it } from "vitest";
import { OrderIndex } from "./order-index.ts";
import type { Order } from "./state.ts";

/** The index looks at nothing else of an order. */
function order(number: number, linkId = `link-${number}`): Order {
  return { number, linkId } as Order;
}

describe("order index", () => {
  it("finds orders by number and by the client's id, among gaps", () => {
    const index = new OrderIndex(1_000);
    const orders = Array.from({ length: 500 }, (_, at) => order(3 + at * 7));
    for (const one of orders) index.add(one);
    expect(orders.map(({ number }) => index.byNumber(number))).toEqual(orders);
    expect(orders.map(({ linkId }) => index.byLinkId(linkId))).toEqual(orders);
    for (const absent of [-1, 0, 4, 3 + 500 * 7, Number.NaN]) expect(index.byNumber(absent)).toBeUndefined();
    expect(index.byLinkId("link-4")).toBeUndefined();
    expect(index.byLinkId("")).toBeUndefined();
  });

  it("forgets orders but not their ids, however many", () => {
    const index = new OrderIndex(10_000);
    const orders = Array.from({ length: 5_000 }, (_, at) => order(at + 1));
    for (const one of orders) index.add(one);
    const kept = orders.filter(({ number }) => number % 10 === 0);
    for (const one of orders) if (one.number % 10 !== 0) index.forget(one);
    for (const one of orders) if (one.number % 10 !== 0) index.forget(one);
    const later = order(6_000);
    index.add(later);
    expect(orders.filter(({ number }) => index.byNumber(number) !== undefined)).toEqual(kept);
    expect(kept.map(({ number }) => index.byNumber(number))).toEqual(kept);
    expect(index.byNumber(6_000)).toBe(later);
    expect(index.byLinkId("link-1")).toBeUndefined();
    expect(orders.every(({ linkId }) => index.isTaken(linkId))).toBe(true);
  });

  it("keeps at least the newest client ids, at most twice as many", () => {
    const index = new OrderIndex(100);
    for (let number = 1; number <= 1_000; number += 1) index.add(order(number));
    const taken = Array.from({ length: 1_000 }, (_, at) => at + 1).filter((number) =>
      index.isTaken(`link-${number}`),
    );
    expect(taken.length).toBeGreaterThanOrEqual(100);
    expect(taken.length).toBeLessThanOrEqual(200);
    expect(taken).toEqual(Array.from(taken, (_, at) => 1_000 - taken.length + 1 + at));
  });

  it("lets a released id be given again, to the later order", () => {
    const index = new OrderIndex(10);
    index.add(order(1, "again"));
    index.release("again");
    expect(index.isTaken("again")).toBe(false);
    const second = order(2, "again");
    index.add(second);
    expect(index.byLinkId("again")).toBe(second);
  });

  it("takes orders without a client's id", () => {
    const index = new OrderIndex(10);
    const nameless = order(1, "");
    index.add(nameless);
    expect(index.byNumber(1)).toBe(nameless);
    expect(index.isTaken("")).toBe(false);
  });
});
