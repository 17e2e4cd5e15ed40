import { describe, expect, it } from "vitest";
import type { FillGroup, TraderFillRecord } from "../store/trader-store.ts";
import { FillGroups } from "./fill-groups.ts";

const TRADERS = 1_000;

function fill(timeMs: number, tradeId: string): TraderFillRecord {
  return {
    kind: "trade",
    timeMs,
    symbol: "BTCUSDT",
    quoteAsset: "USDT",
    side: "buy",
    leg: "net",
    price: "1",
    quantity: "1",
    realizedPnl: null,
    fee: "0",
    feeAsset: "USDT",
    liquidity: "unknown",
    tradeId,
    orderId: "",
    positionBefore: null,
    closedQuantity: null,
    leverage: null,
  };
}

/** Two moments of two fills each, of every trader; trade ids in the order of the file. */
function gathered(moments: readonly number[]) {
  const groups: FillGroup[] = [];
  const gathering = new FillGroups({ isBackwards: false, onGroup: (group) => groups.push(group) });
  for (let trader = 0; trader < TRADERS; trader += 1) {
    const key = { venue: "other", trader: `t${trader}` };
    for (const timeMs of moments)
      for (const place of ["a", "b"]) gathering.add(key, fill(timeMs, `${timeMs}${place}`));
  }
  const before = groups.length;
  gathering.end();
  return { before, groups };
}

const idsOf = ({ fills }: FillGroup) => fills.map(({ tradeId }) => tradeId).join(" ");

describe("fills of a moment", () => {
  it("are told before the end of a file of many traders: what waits is bounded", () => {
    const { before, groups } = gathered([1, 2]);
    expect(before).toBe(2 * TRADERS - 200);
    expect(groups).toHaveLength(2 * TRADERS);
    expect(new Set(groups.map(idsOf))).toEqual(new Set(["1a 1b", "2a 2b"]));
  });

  it("are oldest first, whichever way the file runs", () => {
    const { groups } = gathered([2, 1]);
    expect(new Set(groups.map(idsOf))).toEqual(new Set(["2b 2a", "1b 1a"]));
  });
});
