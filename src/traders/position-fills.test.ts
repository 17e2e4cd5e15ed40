import { describe, expect, it } from "vitest";
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { positionFills } from "./position-fills.ts";

/** `+3 (2)` buys 3, of which 2 close something, as the venue says. */
function record(text: string): TraderFillRecord {
  const [, sign, quantity = "", closed = ""] = /^([+-])(\S+) \((\S+)\)$/.exec(text) ?? [];
  return {
    kind: "trade",
    timeMs: 1,
    symbol: "BTCUSDT",
    quoteAsset: "USDT",
    side: sign === "+" ? "buy" : "sell",
    leg: "untold",
    price: "100",
    quantity,
    realizedPnl: null,
    fee: "-0.3",
    feeAsset: "USDT",
    liquidity: "taker",
    tradeId: "",
    orderId: "",
    positionBefore: null,
    closedQuantity: closed,
    leverage: null,
  };
}

function held(...texts: readonly string[]) {
  const ledger = new PositionLedger("average-cost");
  for (const text of texts) for (const fill of positionFills(record(text))) ledger.apply(fill);
  const books = [...ledger.books].filter(({ quantity }) => !quantity.isZero);
  return Object.fromEntries(books.map(({ leg, quantity }) => [leg, quantity.toString()]));
}

describe("fills that tell how much they closed, and no leg", () => {
  it.each([
    ["long and short at once", ["+2 (0)", "-3 (0)", "-1 (1)"], { long: "1", short: "-3" }],
    ["one position that turns round", ["+2 (0)", "-3 (2)"], { short: "-1" }],
    ["what was carried in", ["-2 (2)", "+1 (0)"], { long: "1" }],
  ])("are right for %s", (_, texts, positions) => {
    expect(held(...texts)).toEqual(positions);
  });

  it("share their fee by quantity", () => {
    const fills = positionFills(record("-3 (2)"));
    expect(fills.map(({ leg, quantity, fee }) => [leg, quantity.toString(), fee.toString()])).toEqual([
      ["long", "2", "-0.2"],
      ["short", "1", "-0.1"],
    ]);
  });
});
