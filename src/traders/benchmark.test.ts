import { expect, it } from "vitest";
import { benchmarkReturns } from "./benchmark.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

it("gives the benchmark's return of each day, and none where a price of its beginning or end is not known", () => {
  const closes = new Map([
    [0, 100],
    [1, 110],
    [2, 99],
    [4, 50],
    [5, 55],
  ]);
  const markAt = (_: string, ms: number) => {
    const price = closes.get(ms / DAY_MS - 1);
    return price === undefined ? null : { price, atMs: ms };
  };
  const { symbol, returns } = benchmarkReturns({ markAt }, "BTCUSDT", [
    "1970-01-02",
    "1970-01-03",
    "1970-01-04",
    "1970-01-05",
    "1970-01-06",
  ]);
  expect(symbol).toBe("BTCUSDT");
  expect([...returns].map((value) => Math.round(value * 1e12) / 1e12)).toEqual([
    0.1,
    -0.1,
    Number.NaN,
    Number.NaN,
    0.1,
  ]);
});

it("takes no price from the day before for the day's own", () => {
  const at = (lateMs: number) => ({ markAt: (_: string, ms: number) => ({ price: ms, atMs: ms - lateMs }) });
  const day = ["1970-01-03"];
  expect(benchmarkReturns(at(4 * HOUR_MS), "BTCUSDT", day).returns[0]).toBe(0.5);
  expect(benchmarkReturns(at(DAY_MS), "BTCUSDT", day).returns[0]).toBeNaN();
});
