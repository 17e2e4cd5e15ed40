import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMarketHistory } from "../market/history-folder.ts";
import { tableOf } from "../market/table.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { openTraderMarks } from "./marks.ts";
import { traderStyle } from "./style.ts";
import { openStyleMarkets } from "./style-markets.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2024, 4, 1);
const NOWHERE = { bars: () => null, funding: () => null };

const fill = (hours: number, more: Partial<TraderFillRecord> = {}): TraderFillRecord => ({
  ...{ kind: "trade", timeMs: START + hours * HOUR, symbol: "BTCUSDT", quoteAsset: "USDT" },
  ...{ side: "buy", leg: "net", price: "100", quantity: "1", realizedPnl: null, fee: "0", feeAsset: "USDT" },
  ...{ liquidity: "unknown", tradeId: "", orderId: "", positionBefore: null, closedQuantity: null },
  leverage: null,
  ...more,
});

async function* pages(fills: readonly TraderFillRecord[]) {
  yield fills;
}
const styleOf = (fills: readonly TraderFillRecord[]) =>
  traderStyle({ fills: pages(fills), markets: NOWHERE, sectors: new Map() });

describe("the style of stored fills", () => {
  test("is told from whole round trips, with who was the maker weighed by value", async () => {
    const { verdict, concentration } = await styleOf([
      fill(0, { liquidity: "maker", quantity: "3" }),
      fill(1, { side: "sell", liquidity: "taker", quantity: "3", price: "200" }),
      fill(2, { symbol: "ETHUSDT" }),
      fill(3, { symbol: "ETHUSDT", side: "sell", price: "99" }),
    ]);
    expect(verdict).toMatchObject({ label: "unknown", trips: 2 });
    expect(verdict.features).toMatchObject({ win_rate: 0.5, maker_share: 1 / 3 });
    expect(concentration.coins.largest).toEqual({ sector: "BTC", share: 0.75 });
    expect(concentration.sectors.largest?.sector).toBe("bitcoin");
  });

  test("counts a fill that turns a position round for both of its trips", async () => {
    const { verdict } = await styleOf([
      fill(0, { liquidity: "taker" }),
      fill(1, { side: "sell", quantity: "2", liquidity: "maker" }),
      fill(2, { liquidity: "maker" }),
    ]);
    // 200 of 300, then 300 of 300.
    expect(verdict.trips).toBe(2);
    expect(verdict.features.maker_share).toBeCloseTo((200 / 300 + 1) / 2, 12);
  });

  test("has no trip of what was held before the history", async () => {
    const { verdict } = await styleOf([
      fill(0, { side: "sell", leg: "long" }),
      fill(1, { leg: "long" }),
      fill(2, { side: "sell", leg: "long" }),
    ]);
    expect(verdict.trips).toBe(1);
  });
});

describe("the markets of a trader", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "style-markets-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("are the shortest bars that cover the time, of another venue's name for the coin where need be", () => {
    const history = openMarketHistory(folder);
    const range = { fromMs: START, toMs: START + 240 * HOUR };
    const put = (symbol: string, intervalMs: number, days: number) => {
      const toMs = START + days * 24 * HOUR;
      const fromMs = START - 8 * 24 * HOUR;
      const rows: number[][] = [];
      for (let ms = fromMs; ms < toMs; ms += intervalMs) rows.push([ms, 1, 2, 0.5, 1.5, 9]);
      const id = { venue: "bybit", symbol, kind: "bars", intervalMs } as const;
      history.write(id, tableOf(rows, 5), [{ fromMs, toMs }]);
    };
    put("1000PEPEUSDT", 5 * MINUTE, 1);
    put("1000PEPEUSDT", HOUR, 10);
    put("1000PEPEUSDT", 24 * HOUR, 10);
    put("BTCUSDT", 24 * HOUR, 10);
    const rate = { venue: "bybit", symbol: "1000PEPEUSDT", kind: "funding", intervalMs: 0 } as const;
    history.write(rate, tableOf([[START, 0.0003]], 1), []);
    const markets = openStyleMarkets(history, openTraderMarks(history, "hyperliquid", range), range);
    expect(markets.bars("kPEPE")?.intervalMs).toBe(HOUR);
    expect([...(markets.funding("kPEPE")?.rate ?? [])]).toEqual([0.0003]);
    expect(markets.bars("BTC")).toBeNull();
    expect(markets.bars("SOL")).toBeNull();
    expect(markets.funding("SOL")).toBeNull();
  });
});
