import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMarketHistory } from "../market/history-folder.ts";
import type { MarketHistory } from "../market/market-history.ts";
import { openTraderMarks } from "./marks.ts";

const HOUR_MS = 3_600_000;
const ALL = { fromMs: 0, toMs: 100 * HOUR_MS };

let folder = "";
let history: MarketHistory;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "marks-"));
  history = openMarketHistory(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One bar of an hour, closed at `price` at 01:00. */
function bar(venue: string, symbol: string, price: number): void {
  const rows = {
    times: Float64Array.of(0),
    columns: [1, 1, 1, price, 1].map((value) => Float64Array.of(value)),
  };
  history.write({ venue, symbol, kind: "bars", intervalMs: HOUR_MS }, rows, [{ fromMs: 0, toMs: HOUR_MS }]);
}

const marks = () => openTraderMarks(history, "binance", ALL);

describe("marks of a trader's instruments", () => {
  it("are of its own venue first, then of its spot market, then of another", () => {
    bar("bybit", "AUSDT", 1);
    bar("bybit", "BUSDT", 2);
    bar("bybit", "CUSDT", 3);
    bar("binance-spot", "AUSDT", 4);
    bar("binance-spot", "BUSDT", 5);
    bar("binance", "AUSDT", 6);
    const { sourceOf } = marks();
    expect(["AUSDT", "BUSDT", "CUSDT", "DUSDT"].map((symbol) => sourceOf(symbol)?.venue)).toEqual([
      "binance",
      "binance-spot",
      "bybit",
      undefined,
    ]);
  });

  it("of a multiple are worth as many coins", () => {
    bar("binance", "PEPEUSDT", 0.00001);
    expect(marks().sourceOf("1000PEPEUSDT")).toEqual({ venue: "binance", symbol: "PEPEUSDT", units: 1000 });
    expect(marks().markAt("1000PEPEUSDT", HOUR_MS)?.price).toBeCloseTo(0.01, 12);
    expect(marks().markAt("kPEPE", HOUR_MS)?.price).toBeCloseTo(0.01, 12);
  });

  it("are known only when their bar has ended", () => {
    bar("binance", "AUSDT", 6);
    expect(marks().markAt("AUSDT", HOUR_MS - 1)).toBeNull();
    expect(marks().markAt("AUSDT", HOUR_MS)).toEqual({ price: 6, atMs: HOUR_MS });
    expect(marks().markAt("AUSDT", 50 * HOUR_MS)).toBeNull();
  });

  it("say what depends on them: it changes with their rows only", () => {
    bar("binance", "AUSDT", 6);
    const before = marks().basis(["AUSDT", "ZUSDT"]);
    bar("binance", "BUSDT", 6);
    expect(marks().basis(["AUSDT", "ZUSDT"])).toBe(before);
    bar("bybit", "ZUSDT", 6);
    expect(marks().basis(["AUSDT", "ZUSDT"])).not.toBe(before);
  });
});
