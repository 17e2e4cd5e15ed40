/** Margin, leverage, position mode, funding, liquidation, transfers and resets, with the ledger checked each time. */
import { describe, expect, test } from "vitest";
import {
  endOf,
  expectBalanced,
  type Fixture,
  limit,
  makeFixture,
  positionsOf,
  START_MS,
} from "../../../test/venue-fixture.ts";

const HOUR_MS = 3_600_000;

function balance(fixture: Fixture, account = "a"): string | undefined {
  return fixture.venue.wallet(account)?.totalWalletBalance;
}

function leverage(fixture: Fixture, buy: string, sell = buy) {
  const outcome = fixture.venue.setLeverage("a", { symbol: "BTCUSDT", buyLeverage: buy, sellLeverage: sell });
  return outcome.kind === "done" ? "done" : outcome.reason;
}

describe("margin", () => {
  test("a resting order reserves margin until it goes", () => {
    const fixture = makeFixture();
    const orderId = fixture.place("a", limit("Buy", "59500", { qty: "10" }));
    expect(fixture.venue.wallet("a")).toMatchObject({
      totalInitialMargin: "60154.5",
      totalAvailableBalance: "39845.5",
    });
    expect(fixture.place("a", limit("Buy", "59500", { qty: "7" }))).toBe("insufficient-balance");
    fixture.venue.cancelOrder("a", { symbol: "BTCUSDT", orderId });
    expect(fixture.venue.wallet("a")).toMatchObject({
      totalInitialMargin: "0",
      totalAvailableBalance: "100000",
    });
  });

  test("closing needs none", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "16" });
    fixture.venue.setPrice("BTCUSDT", "56000");
    expect(Number(fixture.venue.wallet("a")?.totalAvailableBalance)).toBeLessThan(0);
    fixture.place("a", { side: "Sell", qty: "16" });
    expect(positionsOf(fixture, "a")).toEqual([]);
    expectBalanced(fixture);
  });

  test("leverage: bounds, tiers, repeats, and what the margin cannot carry", () => {
    const fixture = makeFixture();
    const asked = ["10", "100.01", "0.5", "12.345", "20"];
    expect(asked.map((text) => leverage(fixture, text))).toEqual([
      "leverage-not-modified",
      "leverage-out-of-range",
      "leverage-out-of-range",
      "leverage-out-of-range",
      "done",
    ]);
    expect(leverage(fixture, "5", "6")).toBe("leverage-sides-differ");
    fixture.place("a", { qty: "30" });
    expect(leverage(fixture, "2")).toBe("insufficient-balance");
    expect(fixture.venue.positions("a")[0]).toMatchObject({ leverage: "20" });
  });

  test("the value of a position is limited by its leverage", () => {
    const fixture = makeFixture();
    fixture.venue.transfer("a", "USDT", "100000000");
    leverage(fixture, "100");
    expect(fixture.place("a", { qty: "34" })).toBe("position-limit-exceeded");
    expect(fixture.place("a", { qty: "33" })).toMatch(/-/);
  });

  test("settings move the position's time, not its sequence", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    fixture.clock.nowMs += 5000;
    leverage(fixture, "20");
    expect(fixture.venue.positions("a")[0]).toMatchObject({ seq: 1, updatedTime: START_MS + 5000 });
  });
});

test("position mode: refused with a position or orders, else switched; the others follow the default", () => {
  const fixture = makeFixture();
  const mode = (to: "hedge" | "one-way", symbol?: string) => {
    const outcome = fixture.venue.switchMode("a", symbol === undefined ? { mode: to } : { mode: to, symbol });
    return outcome.kind === "done" ? "done" : outcome.reason;
  };
  fixture.place("a", {});
  const eth = fixture.place("a", limit("Buy", "2990", { symbol: "ETHUSDT" }));
  expect(mode("hedge", "BTCUSDT")).toBe("position-exists");
  expect(mode("hedge", "ETHUSDT")).toBe("orders-exist");
  expect(mode("one-way", "ETHUSDT")).toBe("position-mode-not-modified");
  fixture.venue.cancelOrder("a", { symbol: "ETHUSDT", orderId: eth });
  expect(mode("hedge")).toBe("done");
  const modes = ["BTCUSDT", "ETHUSDT", "1000PEPEUSDT"].map((symbol) =>
    fixture.venue.positionModeOf("a", symbol),
  );
  expect(modes).toEqual(["one-way", "hedge", "hedge"]);
  expect(fixture.venue.positions("a", "ETHUSDT").map((row) => row.positionIdx)).toEqual([1, 2]);
});

describe("funding", () => {
  test("longs pay shorts at the interval's end, once", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "1" });
    fixture.place("b", { qty: "1", side: "Sell" });
    fixture.venue.setFundingRate("BTCUSDT", "0.0002");
    const before = [balance(fixture), balance(fixture, "b")].map(Number);
    fixture.events.length = 0;
    fixture.advance(HOUR_MS);
    const after = [balance(fixture), balance(fixture, "b")].map(Number);
    expect(after.map((value, at) => Number((value - (before[at] ?? 0)).toFixed(8)))).toEqual([-12, 12]);
    expect(fixture.venue.executions("a")[0]).toMatchObject({
      execType: "Funding",
      execFee: "12",
      orderType: "UNKNOWN",
    });
    expect(fixture.venue.transactionLog("b")[0]).toMatchObject({
      type: "SETTLEMENT",
      funding: "12",
      feeRate: "-0.0002",
    });
    expect(fixture.events.map((event) => event.kind)).toContain("funding-settled");
    fixture.advance(HOUR_MS);
    expect(balance(fixture)).toBe(String(after[0]));
    expectBalanced(fixture);
  });

  test("a negative rate turns it round, and every interval counts", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "1" });
    fixture.venue.setFundingRate("BTCUSDT", "-0.0001");
    fixture.advance(17 * HOUR_MS);
    const funding = fixture.venue.executions("a").filter((row) => row.execType === "Funding");
    expect(funding.map((row) => row.execFee)).toEqual(["-6", "-6", "-6"]);
    expect(fixture.venue.fundingHistory("BTCUSDT")).toHaveLength(3);
  });
});

describe("liquidation", () => {
  test("at the price that the position showed, everything goes and the fund bears the rest", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "16" });
    const resting = fixture.place("a", limit("Sell", "60500", { reduceOnly: true }));
    const liqPrice = Number(fixture.venue.positions("a")[0]?.liqPrice);
    fixture.venue.setPrice("BTCUSDT", (liqPrice + 1).toFixed(1));
    expect(positionsOf(fixture, "a")).toHaveLength(1);
    fixture.events.length = 0;
    fixture.venue.setPrice("BTCUSDT", (liqPrice - 1).toFixed(1));
    expect(positionsOf(fixture, "a")).toEqual([]);
    expect(endOf(fixture, "a", resting)).toBe("Cancelled 0 CancelAllBeforeLiq");
    expect(fixture.venue.executions("a")[0]).toMatchObject({
      execType: "BustTrade",
      createType: "CreateByTakeOver_PassThrough",
    });
    expect(fixture.venue.transactionLog("a")[0]).toMatchObject({ type: "LIQUIDATION", size: "0" });
    expect(fixture.events.find((event) => event.kind === "liquidated")).toMatchObject({
      side: "Buy",
      size: "16",
    });
    const states = fixture.events.flatMap((event) =>
      event.kind === "position-changed" ? [event.row.positionStatus] : [],
    );
    expect(states[0]).toBe("Liq");
    expect(Number(balance(fixture))).toBeGreaterThanOrEqual(0);
    expect(Number(balance(fixture))).toBeLessThan(5);
    expect(Number(fixture.venue.ledger().insurance)).toBeGreaterThan(0);
    expectBalanced(fixture);
  });

  test.each(["40000", "90000"])("a gap to %s leaves nobody below zero", (price) => {
    const fixture = makeFixture({}, "hedge");
    fixture.place("a", { qty: "10", positionIdx: 1 });
    fixture.place("a", { qty: "2", positionIdx: 2, side: "Sell" });
    fixture.place("b", { qty: "10", positionIdx: 2, side: "Sell" });
    fixture.venue.setPrice("BTCUSDT", price);
    for (const account of ["a", "b"]) expect(Number(balance(fixture, account))).toBeGreaterThanOrEqual(0);
    expect(Number(fixture.venue.ledger().insurance)).toBeLessThan(0);
    expectBalanced(fixture);
  });
});

describe("money in and out", () => {
  test("withdrawals are bounded by what is available", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "1" });
    expect(fixture.venue.transfer("a", "USDT", "-95000")).toMatchObject({
      reason: "withdrawal-exceeds-available",
    });
    expect(fixture.venue.transfer("a", "USDT", "-50000")).toEqual({ kind: "done" });
    expect(fixture.venue.transfer("a", "USDT", "1e5")).toMatchObject({ reason: "invalid-amount" });
    expect(fixture.venue.transfer("a", "BTC", "2")).toEqual({ kind: "done" });
    expect(fixture.venue.wallet("a")?.coins.map((row) => row.coin)).toEqual(["USDT", "BTC"]);
    expectBalanced(fixture);
  });

  test("a reset forgets everything but the books of the venue", () => {
    const fixture = makeFixture();
    fixture.place("a", { takeProfit: "61000", orderLinkId: "again" });
    fixture.place("a", limit("Buy", "59500"));
    fixture.venue.resetAccount("a", { balances: { USDT: "5" }, positionMode: "hedge" });
    expect(balance(fixture)).toBe("5");
    expect([
      fixture.venue.positions("a"),
      fixture.venue.openOrders("a"),
      fixture.venue.executions("a"),
    ]).toEqual([[], [], []]);
    expect(fixture.place("a", { orderLinkId: "again", positionIdx: 1, qty: "0.0001" })).toBe(
      "invalid-quantity",
    );
    fixture.venue.setPrice("BTCUSDT", "61000");
    expectBalanced(fixture);
  });
});

describe("instruments that change", () => {
  test("status and reduce-only bind new orders", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    fixture.venue.setInstrument({ symbol: "BTCUSDT", reduceOnly: true });
    expect(fixture.place("a", {})).toBe("symbol-reduce-only");
    expect(fixture.place("a", { side: "Sell", qty: "0.05" })).toMatch(/-/);
    fixture.venue.setInstrument({ symbol: "BTCUSDT", status: "Closed" });
    expect(fixture.place("a", { side: "Sell", qty: "0.05" })).toBe("symbol-not-trading");
  });

  test("positions and orders survive finer and coarser steps exactly", () => {
    const fixture = makeFixture();
    fixture.place("a", { qty: "0.123", stopLoss: "59000" });
    const orderId = fixture.place("a", limit("Buy", "59500"));
    fixture.venue.setInstrument({
      symbol: "BTCUSDT",
      tickSize: "0.01",
      qtyStep: "0.0001",
      minOrderQty: "0.0001",
    });
    expect(positionsOf(fixture, "a")).toEqual(["BTCUSDT 0 Buy 0.123@60000.1"]);
    expect(fixture.venue.order("a", { orderId })).toMatchObject({ qty: "0.1", price: "59500" });
    fixture.venue.setInstrument({ symbol: "BTCUSDT", tickSize: "1", qtyStep: "0.01", minOrderQty: "0.01" });
    expect(fixture.place("a", { qty: "0.123" })).toBe("invalid-quantity");
    fixture.venue.setPrice("BTCUSDT", "59000");
    expect(positionsOf(fixture, "a")).toEqual([]);
    expectBalanced(fixture);
  });

  test("a new one can be listed", () => {
    const fixture = makeFixture();
    fixture.venue.setInstrument({ symbol: "NEWUSDT", tickSize: "0.01", qtyStep: "1", basePrice: "2.5" });
    expect(fixture.place("a", { symbol: "NEWUSDT", qty: "10" })).toMatch(/-/);
    expect(() => fixture.venue.setInstrument({ symbol: "BADUSDT", tickSize: "0.01" })).toThrow(RangeError);
    expect(() => fixture.venue.setInstrument({ symbol: "BTCUSDT", qtyStep: "0" })).toThrow(RangeError);
  });
});
