/** Every switch of what the documentation leaves open, run both ways. */
import { describe, expect, test } from "vitest";
import { endOf, limit, makeFixture } from "../../../test/venue-fixture.ts";
import type { OrderRequest, VenueBehaviour } from "./venue-types.ts";

/** Buys 0.1 first if told to, then places the order: its end, or the reason of its refusal. */
function outcome(behaviour: Partial<VenueBehaviour>, order: Partial<OrderRequest>, holds: boolean): string {
  const fixture = makeFixture({ behaviour });
  if (holds) fixture.place("a", {});
  const id = fixture.place("a", order);
  const end = endOf(fixture, "a", id);
  return end === "no such order" ? id : end;
}

describe("outcomes", () => {
  const id40 = { orderLinkId: "x".repeat(40) };
  const excess = { side: "Sell", qty: "0.3", reduceOnly: true } as const;
  const fok = limit("Buy", "60000.1", { timeInForce: "FOK", qty: "9" });
  const passed = { triggerPrice: "59000", triggerDirection: 1 } as const;
  const cases: [Partial<VenueBehaviour>, Partial<OrderRequest>, boolean, string][] = [
    [{ orderLinkIdBound: "strict" }, id40, false, "invalid-order-link-id"],
    [{ orderLinkIdBound: "lenient" }, id40, false, "Filled 0.1"],
    [{ reduceOnlyExcess: "cut" }, excess, true, "Filled 0.1"],
    [{ reduceOnlyExcess: "refuse" }, excess, true, "reduce-only-excess"],
    [
      { fillOrKillReason: "EC_CancelForNoFullFill" },
      fok,
      false,
      "Cancelled 0 UNKNOWN EC_CancelForNoFullFill",
    ],
    [{ fillOrKillReason: "EC_NoEnoughQtyToFill" }, fok, false, "Cancelled 0 UNKNOWN EC_NoEnoughQtyToFill"],
    [{ passedTrigger: "refuse" }, passed, false, "trigger-already-passed-rising"],
    [{ passedTrigger: "trigger-at-once" }, passed, false, "Filled 0.1"],
    [{ priceBeyondBand: "refuse" }, limit("Sell", "50000"), false, "price-below-limit"],
    [{ priceBeyondBand: "clamp" }, limit("Sell", "50000"), false, "Filled 0.1"],
  ];
  test.each(cases)("%j", (behaviour, order, holds, expected) => {
    expect(outcome(behaviour, order, holds)).toBe(expected);
  });
});

test.each([
  [true, ["New", "Filled"]],
  [false, ["Filled"]],
])("newForImmediateOrders %s", (newForImmediateOrders, expected) => {
  const fixture = makeFixture({ behaviour: { newForImmediateOrders } });
  fixture.place("a", {});
  const states = fixture.events.flatMap((event) =>
    event.kind === "order-changed" ? [event.row.orderStatus] : [],
  );
  expect(states).toEqual(expected);
});

test.each([
  [true, 2],
  [false, 0],
])("positionPushOnEveryOrder %s", (positionPushOnEveryOrder, pushes) => {
  const fixture = makeFixture({ behaviour: { positionPushOnEveryOrder } });
  const orderId = fixture.place("a", limit("Buy", "59500"));
  fixture.venue.cancelOrder("a", { symbol: "BTCUSDT", orderId });
  expect(fixture.events.filter((event) => event.kind === "position-changed")).toHaveLength(pushes);
});

test.each([
  ["refuse", "refused"],
  ["accept", "accepted"],
] as const)("emptyAmend %s", (emptyAmend, kind) => {
  const fixture = makeFixture({ behaviour: { emptyAmend } });
  const orderId = fixture.place("a", limit("Buy", "59500"));
  expect(fixture.venue.amendOrder("a", { symbol: "BTCUSDT", orderId, price: "59500" }).kind).toBe(kind);
});

test.each([
  ["forever", "duplicate-order-link-id"],
  ["while-open", "accepted"],
] as const)("orderLinkIdReserved %s", (orderLinkIdReserved, expected) => {
  const fixture = makeFixture({ behaviour: { orderLinkIdReserved } });
  const first = fixture.place("a", { orderLinkId: "again" });
  const second = fixture.place("a", { orderLinkId: "again" });
  expect(second === first || !second.includes("-0bed-") ? second : "accepted").toBe(expected);
});

test("unwatched accounts and symbols make no events", () => {
  const fixture = makeFixture({ isWatched: (account) => account === "b", isSymbolWatched: () => false });
  fixture.place("a", {});
  fixture.venue.setPrice("BTCUSDT", "60100");
  expect(fixture.events).toEqual([]);
  fixture.place("b", {});
  expect(new Set(fixture.events.map((event) => ("account" in event ? event.account : "public")))).toEqual(
    new Set(["b"]),
  );
});
