import { describe, expect, it } from "vitest";
import type { RoundTrip } from "../positions/round-trip.ts";
import { diversityOf, sectorConcentration } from "../style/diversity.ts";
import { activityOf } from "./activity.ts";
import { capacityOf } from "./capacity.ts";
import { holdingTimes } from "./holding-time.ts";
import { leverageOf } from "./leverage.ts";
import { martingaleOf } from "./martingale.ts";
import { profitConcentration, tradeProfit } from "./profit.ts";
import { timeInMarket } from "./time-in-market.ts";
import { volumeShare } from "./volume-share.ts";
import { tradeWinRate } from "./win-rate.ts";

const HOUR = 3_600_000;

function trip(pnl: number, more: Partial<RoundTrip> = {}): RoundTrip {
  const plain = {
    symbol: "BTCUSDT",
    side: "long",
    openMs: 0,
    closeMs: HOUR,
    fees: 1,
    maxQuantity: 1,
  } as const;
  return { ...plain, pnl, maxNotional: 100, adds: [], ...more };
}

describe("results of round trips", () => {
  // After a fee of 1 each: +10, +30, -20, 0.
  const trips = [trip(11), trip(31, { symbol: "ETHUSDT" }), trip(-19), trip(1)];

  it("count wins after fees, with Wilson's interval", () => {
    const { interval, ...rest } = tradeWinRate(trips);
    expect(rest).toEqual({ wins: 2, losses: 1, rate: 2 / 3 });
    expect(interval?.map((end) => end.toFixed(6))).toEqual(["0.207660", "0.938508"]);
    expect(tradeWinRate([])).toEqual({ wins: 0, losses: 0, rate: null, interval: null });
  });

  it("have a profit factor, a payoff and an expectancy", () => {
    const { expectancyError, ...rest } = tradeProfit(trips);
    expect(rest).toEqual({ profitFactor: 2, payoff: 1, expectancy: 5 });
    expect(expectancyError).toBeCloseTo(Math.sqrt((25 + 625 + 625 + 25) / 3 / 4), 12);
    expect(tradeProfit([])).toEqual({
      profitFactor: null,
      payoff: null,
      expectancy: null,
      expectancyError: null,
    });
    expect(tradeProfit([trip(11)])).toEqual({
      profitFactor: null,
      payoff: null,
      expectancy: 10,
      expectancyError: null,
    });
  });

  it("show how much came from how few", () => {
    expect(profitConcentration(trips)).toEqual({
      bestTrip: 0.75,
      bestTenth: 0.75,
      bestSymbol: 1,
      losesWithoutBest: true,
    });
    expect(profitConcentration([])).toEqual({
      bestTrip: null,
      bestTenth: null,
      bestSymbol: null,
      losesWithoutBest: null,
    });
  });

  it("show who sits on losses", () => {
    const held = [trip(11), trip(31, { closeMs: 3 * HOUR }), trip(-19, { closeMs: 10 * HOUR })];
    expect(holdingTimes(held)).toEqual({
      allMs: 3 * HOUR,
      winnersMs: 2 * HOUR,
      losersMs: 10 * HOUR,
      disposition: 5,
      longMs: 8.6 * HOUR,
    });
    expect(holdingTimes([])).toEqual({
      allMs: null,
      winnersMs: null,
      losersMs: null,
      disposition: null,
      longMs: null,
    });
  });
});

describe("the martingale score", () => {
  const add = (price: number, averageEntry: number) => ({ atMs: 1, quantity: 1, price, averageEntry });

  it("tells additions to losers from additions to winners, by side", () => {
    const trips = [
      trip(1, { adds: [add(90, 100), add(80, 95)] }),
      trip(1, { side: "short", adds: [add(90, 100)] }),
      trip(1, { side: "short", adds: [add(110, 100)] }),
      trip(1),
    ];
    const found = martingaleOf(trips);
    expect(found).toMatchObject({ tripsAveragedDown: 0.5, valueAddedLosing: 280 / 370, deepestLadder: 2 });
    expect(found.score).toBeCloseTo(Math.sqrt((0.5 * 280) / 370), 12);
  });

  it("is zero for who never adds, and unknown without a trip", () => {
    expect(martingaleOf([trip(1)])).toEqual({
      tripsAveragedDown: 0,
      valueAddedLosing: null,
      deepestLadder: 0,
      score: 0,
    });
    expect(martingaleOf([])).toMatchObject({ tripsAveragedDown: null, score: null });
  });
});

describe("leverage", () => {
  it("is exposure over equity; a ruined account has none", () => {
    const looks = [100, 300, -20].map((equity) => ({ equity, exposure: 300 }));
    expect(leverageOf(looks)).toEqual({ mean: 2, high: 2.9, max: 3 });
    expect(leverageOf([])).toEqual({ mean: null, high: null, max: null });
  });
});

describe("capacity", () => {
  const bar = { intervalMs: HOUR, sigma: 0.01, volume: 10_000 };
  const seen = (pnl: number, part: Partial<RoundTrip> = {}) => ({
    trip: trip(pnl, { fees: 0, maxQuantity: 100, maxNotional: 1_000, ...part }),
    entry: bar,
    exit: bar,
  });

  it("is where the impact of the copies takes half of the profit", () => {
    // Each end moves the price by 0.01 x sqrt(100 / 10,000) = 0.1 %: both cost 2 of 1,000.
    const multiple = capacityOf([seen(8)]) ?? expect.fail("none");
    expect(multiple).toBeCloseTo(4, 12);
    const costOf = (k: number) => k * 1_000 * 2 * (0.01 * Math.sqrt((100 * k) / 10_000));
    expect(costOf(multiple)).toBeCloseTo((multiple * 8) / 2, 10);
  });

  it("is less for who trades more of the market, and unknown for who earns nothing", () => {
    const large = capacityOf([seen(8, { maxQuantity: 400 })]) ?? expect.fail("none");
    expect(large).toBeCloseTo(1, 12);
    expect(capacityOf([seen(-8)])).toBeNull();
    expect(capacityOf([])).toBeNull();
    // Nothing is traded there: whoever comes is all of the market.
    const empty = { ...seen(8), entry: { ...bar, volume: 0 }, exit: { ...bar, volume: 0 } };
    expect(capacityOf([empty])).toBeCloseTo(0.04, 12);
  });

  it("knows which part of an hour's volume a trader is", () => {
    const quarter = { ...seen(1), entry: { ...bar, intervalMs: HOUR / 4 } };
    expect(volumeShare([seen(1)])).toBeCloseTo(0.01, 12);
    expect(volumeShare([quarter])).toBeCloseTo(0.0025, 12);
    expect(volumeShare([{ ...seen(1), entry: { ...bar, volume: 0 } }])).toBeNull();
  });
});

describe("activity", () => {
  const window = { fromMs: 0, untilMs: 48 * HOUR };

  it("counts overlapping positions once, and only inside the window", () => {
    const trips = [
      trip(1, { closeMs: 6 * HOUR }),
      trip(1, { openMs: 3 * HOUR, closeMs: 12 * HOUR }),
      trip(1, { openMs: 36 * HOUR, closeMs: 60 * HOUR }),
    ];
    expect(timeInMarket(trips, window)).toBe(0.5);
    expect(timeInMarket([], window)).toBe(0);
  });

  it("counts trips, active days and the longest pause", () => {
    expect(activityOf([trip(1), trip(1)], window)).toEqual({
      trips: 2,
      tripsPerDay: 1,
      activeDays: 0.5,
      longestPauseMs: 47 * HOUR,
    });
    expect(activityOf([], window)).toEqual({
      trips: 0,
      tripsPerDay: 0,
      activeDays: 0,
      longestPauseMs: 48 * HOUR,
    });
  });
});

describe("diversity", () => {
  const trips = [
    trip(1, { symbol: "A" }),
    trip(1, { symbol: "B", side: "short", closeMs: 30 * HOUR }),
    trip(1, { symbol: "C", closeMs: 300 * HOUR }),
    trip(1, { symbol: "D", side: "short", closeMs: 10 }),
  ];

  it("counts what is done in equal parts", () => {
    const { symbols, sides, horizons } = diversityOf(trips);
    expect([symbols, sides, horizons].map((value) => value?.toFixed(9))).toEqual([
      "4.000000000",
      "2.000000000",
      "4.000000000",
    ]);
    expect(diversityOf([])).toEqual({ symbols: null, sides: null, horizons: null });
  });

  it("puts symbols together by sector", () => {
    const sectors: Readonly<Record<string, string>> = { A: "memes", B: "memes" };
    expect(sectorConcentration(trips, (symbol) => sectors[symbol] ?? null)).toEqual({
      index: 0.375,
      largest: { sector: "memes", share: 0.5 },
      unknown: 0.5,
    });
    expect(sectorConcentration([], () => null)).toEqual({ index: null, largest: null, unknown: null });
  });
});
