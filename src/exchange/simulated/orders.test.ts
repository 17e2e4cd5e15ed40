/** What becomes of each type of order on a flat market: best bid = last, best ask = one tick above. */
import { describe, expect, test } from "vitest";
import { endOf, limit, makeFixture, orderOf, positionsOf } from "../../../test/venue-fixture.ts";
import type { OrderRequest } from "./venue-types.ts";

describe("types of orders", () => {
  const cases: [string, Partial<OrderRequest>, string][] = [
    ["market buy fills at the ask", {}, "Filled 0.1"],
    ["market sell fills at the bid", { side: "Sell" }, "Filled 0.1"],
    ["limit away from the market rests", limit("Buy", "59500"), "New 0"],
    ["limit through the market fills", limit("Buy", "60100"), "Filled 0.1"],
    [
      "IOC away from the market ends",
      limit("Buy", "59500", { timeInForce: "IOC" }),
      "Cancelled 0 UNKNOWN EC_NoImmediateQtyToFill",
    ],
    ["FOK that fits fills", limit("Buy", "60100", { timeInForce: "FOK" }), "Filled 0.1"],
    [
      "FOK that does not fit ends",
      limit("Buy", "60000.1", { timeInForce: "FOK", qty: "9" }),
      "Cancelled 0 UNKNOWN EC_CancelForNoFullFill",
    ],
    [
      "PostOnly that would take ends",
      limit("Buy", "60000.1", { timeInForce: "PostOnly" }),
      "Cancelled 0 UNKNOWN EC_PostOnlyWillTakeLiquidity",
    ],
    ["PostOnly that rests", limit("Buy", "60000", { timeInForce: "PostOnly" }), "New 0"],
    [
      "slippage in ticks bounds a market order",
      { qty: "12", slippageToleranceType: "TickSize", slippageTolerance: "1" },
      "Cancelled 6.211 UNKNOWN EC_NoImmediateQtyToFill",
    ],
  ];
  test.each(cases)("%s", (_, order, expected) => {
    const fixture = makeFixture();
    const id = fixture.place("a", { ...order });
    expect(endOf(fixture, "a", id).replace(/6\.\d+/, "6.211")).toBe(expected);
  });

  test("an accepted order shows itself in order: New, execution, Filled, position, wallet", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    const kinds = fixture.events.map((event) =>
      event.kind === "order-changed" ? `order ${event.row.orderStatus}` : event.kind,
    );
    expect(kinds).toEqual([
      "order New",
      "executed",
      "public-trade",
      "order Filled",
      "position-changed",
      "wallet-changed",
    ]);
  });

  test("all fills of a sweeping order share one sequence number", () => {
    const fixture = makeFixture({}, "one-way");
    fixture.venue.transfer("a", "USDT", "10000000");
    fixture.place("a", { qty: "100" });
    const rows = fixture.venue.executions("a");
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map((row) => row.seq)).size).toBe(1);
    expect(fixture.venue.positions("a")[0]?.seq).toBe(rows[0]?.seq);
  });
});

describe("refusals leave nothing behind", () => {
  const cases: [string, Partial<OrderRequest>, string][] = [
    ["off the step", { qty: "0.0015" }, "invalid-quantity"],
    ["no number", { qty: "1e3" }, "invalid-quantity"],
    ["zero", { qty: "0" }, "quantity-below-minimum"],
    ["above the market maximum", { qty: "501" }, "quantity-above-maximum"],
    ["no price", { orderType: "Limit" }, "price-missing"],
    ["off the tick", limit("Buy", "60000.05"), "invalid-price"],
    ["above the band", limit("Buy", "61000"), "price-above-limit"],
    ["below the band", limit("Sell", "59000"), "price-below-limit"],
    ["below the minimum value", limit("Buy", "3000", { qty: "0.001" }), "notional-below-minimum"],
    ["hedge index in one-way mode", { positionIdx: 1 }, "position-index-mismatch"],
    ["reduce-only on nothing", { reduceOnly: true }, "reduce-only-flat"],
    ["more than the balance", { qty: "20" }, "insufficient-balance"],
    ["long id", { orderLinkId: "x".repeat(37) }, "invalid-order-link-id"],
    ["odd id", { orderLinkId: "a b" }, "invalid-order-link-id"],
    [
      "rising trigger already passed",
      { triggerPrice: "60000", triggerDirection: 1 },
      "trigger-already-passed-rising",
    ],
    [
      "falling trigger already passed",
      { triggerPrice: "60000", triggerDirection: 2 },
      "trigger-already-passed-falling",
    ],
    ["take profit below a buy", { takeProfit: "59000" }, "take-profit-wrong-side"],
    ["stop loss above a buy", { stopLoss: "61000" }, "stop-loss-wrong-side"],
    ["limit stop over all", { takeProfit: "61000", tpLimitPrice: "61000" }, "stop-limit-requires-partial"],
    [
      "slippage ticks",
      { slippageToleranceType: "TickSize", slippageTolerance: "10001" },
      "slippage-ticks-out-of-range",
    ],
    [
      "slippage percent",
      { slippageToleranceType: "Percent", slippageTolerance: "10.01" },
      "slippage-percent-out-of-range",
    ],
  ];
  test.each(cases)("%s", (_, order, reason) => {
    const fixture = makeFixture();
    expect(fixture.place("a", order)).toBe(reason);
    expect(fixture.events).toEqual([]);
    expect(fixture.venue.openOrders("a")).toEqual([]);
  });

  test("unknown account and symbol", () => {
    const { venue } = makeFixture();
    expect(venue.placeOrder("nobody", orderOf({}))).toMatchObject({ reason: "unknown-account" });
    expect(venue.placeOrder("a", orderOf({ symbol: "NOUSDT" }))).toMatchObject({ reason: "unknown-symbol" });
  });

  test("an order link id is never used twice", () => {
    const fixture = makeFixture();
    fixture.place("a", { orderLinkId: "one" });
    expect(fixture.place("a", { orderLinkId: "one" })).toBe("duplicate-order-link-id");
    expect(fixture.place("b", { orderLinkId: "one" })).toMatch(/-/);
  });

  test("500 active and 10 conditional orders per symbol", () => {
    const fixture = makeFixture();
    fixture.venue.transfer("a", "USDT", "100000000");
    for (let n = 0; n < 500; n++) fixture.place("a", limit("Buy", "59500"));
    expect(fixture.place("a", limit("Buy", "59500"))).toBe("too-many-active-orders");
    for (let n = 0; n < 10; n++) fixture.place("a", { triggerPrice: "61000", triggerDirection: 1 });
    expect(fixture.place("a", { triggerPrice: "61000" })).toBe("too-many-conditional-orders");
  });
});

describe("accounts trade with each other", () => {
  test("price first, then age, then the house", () => {
    const fixture = makeFixture();
    const late = fixture.place("b", limit("Sell", "60000.1", { qty: "0.05" }));
    const second = fixture.place("c", limit("Sell", "60000.1", { qty: "0.05" }));
    fixture.place("a", { qty: "0.06" });
    expect([endOf(fixture, "b", late), endOf(fixture, "c", second)]).toEqual([
      "Filled 0.05",
      "PartiallyFilled 0.01",
    ]);
    expect(fixture.venue.executions("b")[0]).toMatchObject({
      isMaker: true,
      feeRate: "0.0002",
      execFee: "0.600001",
    });
  });

  test.each([
    ["None", "Filled 0.1", "Filled 0.1"],
    ["CancelMaker", "Cancelled 0 CancelBySmp", "Filled 0.1"],
    ["CancelTaker", "New 0", "Cancelled 0 CancelBySmp"],
    ["CancelBoth", "Cancelled 0 CancelBySmp", "Cancelled 0 CancelBySmp"],
  ] as const)("self-match policy %s", (smpType, maker, taker) => {
    const fixture = makeFixture();
    const resting = fixture.place("a", limit("Sell", "60000.1"));
    const incoming = fixture.place("a", { smpType });
    expect([endOf(fixture, "a", resting), endOf(fixture, "a", incoming)]).toEqual([maker, taker]);
  });

  test("a resting order fills when the price comes to it", () => {
    const fixture = makeFixture();
    const id = fixture.place("a", limit("Buy", "59500"));
    fixture.venue.setPrice("BTCUSDT", "59500.1");
    expect(endOf(fixture, "a", id)).toBe("New 0");
    fixture.venue.setPrice("BTCUSDT", "59500");
    expect(endOf(fixture, "a", id)).toBe("Filled 0.1");
    expect(fixture.venue.executions("a")[0]).toMatchObject({ execPrice: "59500", isMaker: true });
  });
});

describe("amending and cancelling", () => {
  test("a smaller size keeps its place, a larger one loses it", () => {
    const fixture = makeFixture();
    const first = fixture.place("b", limit("Sell", "60000.1"));
    const second = fixture.place("c", limit("Sell", "60000.1"));
    fixture.venue.amendOrder("b", { symbol: "BTCUSDT", orderId: first, qty: "0.08" });
    fixture.place("a", { qty: "0.01" });
    expect(endOf(fixture, "b", first)).toBe("PartiallyFilled 0.01");
    fixture.venue.amendOrder("b", { symbol: "BTCUSDT", orderId: first, qty: "0.2" });
    fixture.place("a", { qty: "0.1" });
    expect([endOf(fixture, "b", first), endOf(fixture, "c", second)]).toEqual([
      "PartiallyFilled 0.01",
      "Filled 0.1",
    ]);
  });

  test("a price amended through the market takes", () => {
    const fixture = makeFixture();
    const id = fixture.place("a", limit("Buy", "59500"));
    fixture.venue.amendOrder("a", { symbol: "BTCUSDT", orderId: id, price: "60010" });
    expect(endOf(fixture, "a", id)).toBe("Filled 0.1");
    expect(fixture.venue.wallet("a")?.coins[0]?.totalOrderIM).toBe("0");
  });

  test.each([
    [{ price: "59500" }, "order-not-modified"],
    [{ qty: "0.0001" }, "invalid-quantity"],
    [{ price: "70000" }, "price-above-limit"],
    [{ qty: "50" }, "insufficient-balance"],
    [{ triggerPrice: "58000" }, "order-not-amendable"],
  ])("refused: %j", (change, reason) => {
    const fixture = makeFixture();
    const orderId = fixture.place("a", limit("Buy", "59500"));
    expect(fixture.venue.amendOrder("a", { symbol: "BTCUSDT", orderId, ...change })).toMatchObject({
      reason,
    });
    expect(fixture.venue.order("a", { orderId })).toMatchObject({ price: "59500", qty: "0.1" });
  });

  test("quantity must stay above what is filled", () => {
    const fixture = makeFixture();
    const orderId = fixture.place("b", limit("Sell", "60000.1"));
    fixture.place("a", { qty: "0.05" });
    const outcome = fixture.venue.amendOrder("b", { symbol: "BTCUSDT", orderId, qty: "0.05" });
    expect(outcome).toMatchObject({ reason: "quantity-not-above-filled" });
  });

  test("cancel once, by either id", () => {
    const fixture = makeFixture();
    const orderId = fixture.place("a", limit("Buy", "59500", { orderLinkId: "mine" }));
    expect(fixture.venue.cancelOrder("a", { symbol: "BTCUSDT", orderLinkId: "mine" })).toMatchObject({
      orderId,
    });
    expect(fixture.venue.cancelOrder("a", { symbol: "BTCUSDT", orderId })).toMatchObject({
      reason: "order-not-found",
    });
    expect(endOf(fixture, "a", orderId)).toBe("Cancelled 0 CancelByUser");
  });

  test("cancel all by kind", () => {
    const fixture = makeFixture();
    fixture.place("a", { takeProfit: "61000" });
    fixture.place("a", limit("Buy", "59500"));
    fixture.place("a", { triggerPrice: "61000" });
    const count = (filter: "active" | "stop-entry" | "conditional") =>
      fixture.venue.cancelAll("a", { symbol: "BTCUSDT", filter }).length;
    expect([count("active"), count("stop-entry"), count("conditional")]).toEqual([1, 1, 1]);
  });
});

describe("reduce-only", () => {
  test("is cut down to the position, and refused on its own side", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    expect(fixture.place("a", { reduceOnly: true })).toBe("reduce-only-same-side");
    const id = fixture.place("a", { side: "Sell", qty: "5", reduceOnly: true });
    expect(endOf(fixture, "a", id)).toBe("Filled 0.1");
    expect(positionsOf(fixture, "a")).toEqual([]);
  });

  test("quantity 0 with both close flags closes everything", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    fixture.place("a", { side: "Sell", qty: "0", reduceOnly: true, closeOnTrigger: true });
    expect(positionsOf(fixture, "a")).toEqual([]);
  });

  test("a resting one shrinks with the position and ends with it", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    const orderId = fixture.place("a", limit("Sell", "60500", { reduceOnly: true }));
    fixture.place("a", { side: "Sell", qty: "0.04" });
    expect(fixture.venue.order("a", { orderId })).toMatchObject({ qty: "0.06", orderStatus: "New" });
    fixture.place("a", { side: "Sell", qty: "0.2" });
    expect(endOf(fixture, "a", orderId)).toBe("Cancelled 0 CancelByReduceOnly");
    expect(positionsOf(fixture, "a")).toEqual(["BTCUSDT 0 Sell 0.14@60000"]);
  });

  test("in hedge mode an order against a leg only ever closes it", () => {
    const fixture = makeFixture({}, "hedge");
    expect(fixture.place("a", { positionIdx: 2 })).toBe("reduce-only-flat");
    fixture.place("a", { positionIdx: 1 });
    fixture.place("a", { positionIdx: 2, side: "Sell", qty: "0.3" });
    fixture.place("a", { positionIdx: 1, side: "Sell", qty: "9" });
    expect(positionsOf(fixture, "a")).toEqual(["BTCUSDT 2 Sell 0.3@60000"]);
  });
});

test("one order flips a one-way position and says what it closed", () => {
  const fixture = makeFixture();
  fixture.place("a", {});
  fixture.place("a", { side: "Sell", qty: "0.25" });
  expect(positionsOf(fixture, "a")).toEqual(["BTCUSDT 0 Sell 0.15@60000"]);
  expect(fixture.venue.executions("a")[0]).toMatchObject({ closedSize: "0.1", execPnl: "-0.01" });
  expect(fixture.venue.closedPnl("a")[0]).toMatchObject({
    closedSize: "0.1",
    fillCount: 1,
    openFee: "3.3000055",
    closeFee: "3.3",
  });
});

test("a limiter holds fills back until time passes, and the book is never crossed", () => {
  const fixture = makeFixture();
  fixture.venue.setFillLimiter((_, __, lots) => Math.floor(lots / 2));
  const id = fixture.place("a", limit("Buy", "60010"));
  const ioc = fixture.place("a", { qty: "0.1" });
  expect([endOf(fixture, "a", id), endOf(fixture, "a", ioc)]).toEqual([
    "PartiallyFilled 0.05",
    "Cancelled 0.05 UNKNOWN EC_NoImmediateQtyToFill",
  ]);
  const book = fixture.venue.book("BTCUSDT", 1);
  expect(Number(book?.bids[0]?.[0])).toBeLessThan(Number(book?.asks[0]?.[0]));
  fixture.venue.setFillLimiter(undefined);
  fixture.advance(100);
  expect(endOf(fixture, "a", id)).toBe("Filled 0.1");
});

test("what is held back leaves whole steps, also where the step is coarser than it once was", () => {
  const fixture = makeFixture();
  fixture.venue.setInstrument({ symbol: "BTCUSDT", qtyStep: "0.1", minOrderQty: "0.1" });
  fixture.venue.setFillLimiter(() => 250);
  const id = fixture.place("a", { qty: "0.7" });
  expect(endOf(fixture, "a", id)).toBe("Cancelled 0.2 UNKNOWN EC_NoImmediateQtyToFill");
});
