/** Take profit, stop loss, trailing stops and conditional orders on a flat market that is moved by hand. */
import { describe, expect, test } from "vitest";
import { endOf, type Fixture, limit, makeFixture, positionsOf } from "../../../test/venue-fixture.ts";

/** Conditional orders as `type status quantity @trigger cancelType`, oldest first. */
function stops(fixture: Fixture): string[] {
  const rows = [...fixture.venue.openOrders("a"), ...fixture.venue.orderHistory("a")];
  return rows
    .filter((row) => row.stopOrderType !== "")
    .sort((left, right) => (left.orderId < right.orderId ? -1 : 1))
    .map((row) =>
      `${row.stopOrderType} ${row.orderStatus} ${row.qty} @${row.triggerPrice} ${row.cancelType}`.trim(),
    );
}

function edit(fixture: Fixture, settings: Record<string, string>, positionIdx: 0 | 1 | 2 = 0) {
  const request = { symbol: "BTCUSDT", positionIdx, tpslMode: "Full" as const, ...settings };
  const outcome = fixture.venue.setTradingStop("a", request);
  return outcome.kind === "done" ? "done" : outcome.reason;
}

describe("stops attached to an order", () => {
  test("full: the take profit closes all and cancels the stop loss", () => {
    const fixture = makeFixture();
    fixture.place("a", { takeProfit: "61000", stopLoss: "59000", orderLinkId: "parent" });
    fixture.place("a", {});
    expect(stops(fixture)).toEqual(["TakeProfit Untriggered 0.2 @61000", "StopLoss Untriggered 0.2 @59000"]);
    expect(fixture.venue.openOrders("a")[0]).toMatchObject({
      parentOrderLinkId: "parent",
      reduceOnly: true,
      createType: "CreateByStopLoss",
    });
    fixture.venue.setPrice("BTCUSDT", "61000");
    expect(positionsOf(fixture, "a")).toEqual([]);
    expect(stops(fixture)).toEqual([
      "TakeProfit Filled 0.2 @61000",
      "StopLoss Deactivated 0.2 @59000 CancelByOCOSlCanceledByTpTriggered",
    ]);
  });

  test("full: the stop loss cancels the take profit", () => {
    const fixture = makeFixture();
    fixture.place("a", { side: "Sell", takeProfit: "59000", stopLoss: "61000" });
    fixture.venue.setPrice("BTCUSDT", "61500");
    expect(stops(fixture)[0]).toBe("TakeProfit Deactivated 0.1 @59000 CancelByOCOTpCanceledBySlTriggered");
    expect(fixture.venue.executions("a")[0]).toMatchObject({ execPrice: "61500.1", closedSize: "0.1" });
  });

  test("partial: sized by the fills of their own order, each pair on its own", () => {
    const fixture = makeFixture();
    const partial = { tpslMode: "Partial", stopLoss: "59000" } as const;
    fixture.place("a", { ...partial, takeProfit: "61000", tpLimitPrice: "61000", tpOrderType: "Limit" });
    fixture.place("a", { ...partial, qty: "0.3", takeProfit: "62000" });
    fixture.venue.setPrice("BTCUSDT", "61000");
    expect(positionsOf(fixture, "a")).toEqual(["BTCUSDT 0 Buy 0.3@60000.1"]);
    expect(stops(fixture)).toEqual([
      "PartialTakeProfit Filled 0.1 @61000",
      "PartialStopLoss Deactivated 0.1 @59000 CancelByOCOSlCanceledByTpTriggered",
      "PartialTakeProfit Untriggered 0.3 @62000",
      "PartialStopLoss Untriggered 0.3 @59000",
    ]);
  });

  test("come with the fills of a resting order", () => {
    const fixture = makeFixture();
    fixture.place("a", limit("Buy", "59500", { stopLoss: "59000" }));
    expect(stops(fixture)).toEqual([]);
    fixture.venue.setPrice("BTCUSDT", "59500");
    expect(stops(fixture)).toEqual(["StopLoss Untriggered 0.1 @59000"]);
  });

  test("go when the position closes or flips", () => {
    for (const qty of ["0.1", "0.3"]) {
      const fixture = makeFixture();
      fixture.place("a", { takeProfit: "61000" });
      fixture.place("a", { side: "Sell", qty });
      expect(stops(fixture)).toEqual(["TakeProfit Deactivated 0.1 @61000 CancelByTpSlTsClear"]);
    }
  });

  test("follow the size of the position", () => {
    const fixture = makeFixture();
    fixture.place("a", { takeProfit: "61000" });
    fixture.place("a", { side: "Sell", qty: "0.04" });
    expect(stops(fixture)).toEqual(["TakeProfit Untriggered 0.06 @61000"]);
  });
});

describe("trading stop", () => {
  test("sets, moves, refuses what changes nothing, removes", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    expect(edit(fixture, { takeProfit: "61000", stopLoss: "59000" })).toBe("done");
    expect(edit(fixture, { takeProfit: "61000" })).toBe("stops-not-modified");
    expect(edit(fixture, { takeProfit: "61500" })).toBe("done");
    expect(fixture.venue.positions("a")[0]).toMatchObject({ takeProfit: "61500", stopLoss: "59000" });
    expect(edit(fixture, { stopLoss: "0" })).toBe("done");
    expect(edit(fixture, { stopLoss: "0" })).toBe("stops-not-modified");
    expect(stops(fixture)).toEqual([
      "TakeProfit Untriggered 0.1 @61500",
      "StopLoss Deactivated 0.1 @59000 CancelByUser",
    ]);
  });

  test.each([
    [{ takeProfit: "59000" }, "take-profit-wrong-side"],
    [{ stopLoss: "61000" }, "stop-loss-wrong-side"],
    [{ stopLoss: "59000.05" }, "invalid-price"],
    [{ takeProfit: "61000", tpLimitPrice: "61000" }, "stop-limit-requires-partial"],
    [{ trailingStop: "70000" }, "trailing-stop-invalid"],
    [{ tpslMode: "Partial", takeProfit: "61000", tpSize: "0.0001" }, "stop-quantity-invalid"],
  ])("refused: %j", (settings, reason) => {
    const fixture = makeFixture();
    fixture.place("a", {});
    expect(edit(fixture, settings)).toBe(reason);
    expect(stops(fixture)).toEqual([]);
  });

  test("needs a position, and the index of the mode", () => {
    const fixture = makeFixture();
    expect(edit(fixture, { takeProfit: "61000" })).toBe("stops-need-position");
    expect(edit(fixture, { takeProfit: "61000" }, 1)).toBe("position-index-mismatch");
  });

  test("at most 20 partial stops", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    const add = () => edit(fixture, { tpslMode: "Partial", takeProfit: "61000", tpSize: "0.01" });
    for (let n = 0; n < 20; n++) expect(add()).toBe("done");
    expect(add()).toBe("too-many-partial-stops");
  });

  test("a trailing stop follows the best price and never goes back", () => {
    const fixture = makeFixture();
    fixture.place("a", {});
    expect(edit(fixture, { trailingStop: "500", activePrice: "60200" })).toBe("done");
    fixture.venue.setPrice("BTCUSDT", "59600");
    fixture.venue.setPrice("BTCUSDT", "60300");
    fixture.venue.setPrice("BTCUSDT", "60900");
    fixture.venue.setPrice("BTCUSDT", "60401");
    expect(positionsOf(fixture, "a")).toHaveLength(1);
    fixture.venue.setPrice("BTCUSDT", "60400");
    expect(positionsOf(fixture, "a")).toEqual([]);
    expect(stops(fixture)).toEqual(["TrailingStop Filled 0.1 @60400"]);
  });
});

describe("conditional orders", () => {
  test("a stop entry triggers in its direction, reserving no margin before", () => {
    const fixture = makeFixture();
    const id = fixture.place("a", { triggerPrice: "60500", triggerDirection: 1, qty: "1" });
    expect(fixture.venue.wallet("a")).toMatchObject({ totalInitialMargin: "0" });
    fixture.venue.setPrice("BTCUSDT", "60499.9");
    expect(endOf(fixture, "a", id)).toBe("Untriggered 0");
    fixture.venue.setPrice("BTCUSDT", "60500");
    expect(endOf(fixture, "a", id)).toBe("Filled 1");
    const states = fixture.events.flatMap((event) =>
      event.kind === "order-changed" ? [event.row.orderStatus] : [],
    );
    expect(states).toEqual(["Untriggered", "Triggered", "New", "Filled"]);
  });

  test("a limit entry rests after its trigger", () => {
    const fixture = makeFixture();
    const id = fixture.place("a", limit("Buy", "60400", { triggerPrice: "60500", triggerDirection: 1 }));
    fixture.venue.setPrice("BTCUSDT", "60600");
    expect(endOf(fixture, "a", id)).toBe("New 0");
  });

  test("by mark price it waits for the mark", () => {
    const fixture = makeFixture({ liquidity: { kind: "external" } });
    const book = { symbol: "BTCUSDT", bids: [["60600", "5"]], asks: [["60601", "5"]] } as const;
    const id = fixture.place("a", { triggerPrice: "60500", triggerDirection: 1, triggerBy: "MarkPrice" });
    fixture.venue.applyExternalBook({ ...book, mark: "60499", last: "60600" });
    expect(endOf(fixture, "a", id)).toBe("Untriggered 0");
    fixture.venue.applyExternalBook({ ...book, mark: "60500", last: "60600" });
    expect(endOf(fixture, "a", id)).toBe("Filled 0.1");
  });

  test("what the account cannot carry by then is rejected, what has nothing to reduce is cancelled", () => {
    const fixture = makeFixture();
    const entry = fixture.place("a", { triggerPrice: "60500", triggerDirection: 1, qty: "30" });
    const exit = fixture.place("a", {
      side: "Sell",
      triggerPrice: "60500",
      triggerDirection: 1,
      reduceOnly: true,
    });
    fixture.venue.setPrice("BTCUSDT", "60500");
    expect(endOf(fixture, "a", entry)).toBe("Rejected 0 EC_Others");
    expect(endOf(fixture, "a", exit)).toBe("Cancelled 0 CancelByReduceOnly");
  });

  test("cancelled before its trigger it is Deactivated; amended it waits for the new price", () => {
    const fixture = makeFixture();
    const orderId = fixture.place("a", { triggerPrice: "60500", triggerDirection: 1 });
    fixture.venue.amendOrder("a", { symbol: "BTCUSDT", orderId, triggerPrice: "60700" });
    fixture.venue.setPrice("BTCUSDT", "60600");
    fixture.venue.cancelOrder("a", { symbol: "BTCUSDT", orderId });
    expect(endOf(fixture, "a", orderId)).toBe("Deactivated 0 CancelByUser");
  });
});
