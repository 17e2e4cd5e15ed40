/** Which bars tell the price after the delay: the shortest that hold both moments, of whichever market has the coin. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMarketHistory } from "../../market/history-folder.ts";
import type { SeriesId } from "../../market/market-history.ts";
import { openMarketMoves } from "./market-moves.ts";

const FROM = Date.UTC(2024, 4, 31, 23);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moves-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bars of which each closes by so many percent above its open, from 100 on, at a volume. */
function write(
  id: Omit<SeriesId, "kind">,
  bars: number,
  { percent = 0, volume = 10, fromMs = FROM } = {},
): void {
  const times = Float64Array.from({ length: bars }, (_, at) => fromMs + at * id.intervalMs);
  const open = times.map((_, at) => 100 * (1 + percent / 100) ** at);
  const close = open.map((price) => price * (1 + percent / 100));
  const columns = [open, close, open, close, times.map(() => volume)];
  const covered = [{ fromMs, toMs: fromMs + bars * id.intervalMs }];
  openMarketHistory(folder).write({ ...id, kind: "bars" }, { times, columns }, covered);
}

const moves = (venue = "binance") => openMarketMoves(openMarketHistory(folder), venue);

describe("the bars of a move", () => {
  it("are the shortest that hold both moments, the traders' own of equal ones", () => {
    write({ venue: "binance", symbol: "XUSDT", intervalMs: HOUR }, 3, { percent: 6 });
    write({ venue: "binance-spot", symbol: "XUSDT", intervalMs: MINUTE }, 60, { percent: 1 });
    write({ venue: "elsewhere", symbol: "XUSDT", intervalMs: HOUR }, 3, { percent: 60 });
    const found = moves().between("XUSDT", FROM, FROM + MINUTE / 2);
    expect(found).toMatchObject({ intervalMs: MINUTE, ratio: expect.closeTo(1.005, 12) });
    // Half past the end of the minutes: the hours, of the own venue.
    const later = moves().between("XUSDT", FROM + 59.5 * MINUTE, FROM + 60.5 * MINUTE);
    expect(later?.intervalMs).toBe(HOUR);
    expect(moves("elsewhere").between("XUSDT", FROM + HOUR, FROM + 1.5 * HOUR)?.ratio).toBeCloseTo(1.3, 12);
  });

  it("are of the same coin in other units, with the volume in those that were asked for", () => {
    write({ venue: "bybit", symbol: "PEPEUSDT", intervalMs: MINUTE }, 5, { volume: 3_000 });
    const found = moves().between("1000PEPEUSDT", FROM, FROM + 1_000);
    expect(found?.bar?.volume).toBeCloseTo(3, 12);
    expect(moves().between("WIFUSDT", FROM, FROM + 1_000)).toBeNull();
    expect(moves().between("1000PEPEUSDT", FROM - 1_000, FROM)).toBeNull();
  });

  it("are read over the end of a month, as files are cut", () => {
    write({ venue: "binance", symbol: "XUSDT", intervalMs: 5 * MINUTE }, 24, { percent: 1 });
    const midnight = FROM + HOUR;
    const found = moves().between("XUSDT", midnight - 150_000, midnight + 150_000);
    expect(found?.ratio).toBeCloseTo((1.01 * 1.005) / 1.005, 12);
  });

  it("name what figures depend on", () => {
    write({ venue: "binance", symbol: "XUSDT", intervalMs: HOUR }, 3);
    const before = moves().basis(["XUSDT", "YUSDT"]);
    write({ venue: "bybit", symbol: "ZUSDT", intervalMs: HOUR }, 3);
    expect(moves().basis(["XUSDT", "YUSDT"])).toBe(before);
    write({ venue: "bybit", symbol: "XUSDT", intervalMs: HOUR }, 3);
    expect(moves().basis(["XUSDT", "YUSDT"])).not.toBe(before);
  });
});
