/** The features by hand: small markets and few trips, so that each number can be checked on paper. */
import { describe, expect, test } from "vitest";
import { companyOf } from "./companions.ts";
import { concentrationOf } from "./concentration.ts";
import { FEATURES, featuresOf } from "./features.ts";
import { ladderOf } from "./ladder.ts";
import { MarketView } from "./market-view.ts";
import type { StyleBars, StyleMarkets, StyleTrip } from "./style-trip.ts";
import { traitsOf } from "./traits.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);

const trip = (more: Partial<StyleTrip> = {}): StyleTrip => ({
  symbol: "BTCUSDT",
  side: "long",
  openMs: START + 400 * HOUR,
  closeMs: START + 410 * HOUR,
  pnl: 100,
  fees: 0,
  maxQuantity: 1,
  maxNotional: 10_000,
  adds: [],
  makerShare: null,
  ...more,
});

/** Hourly closes; high and low are the close. */
const hourly = (closes: readonly number[]): StyleBars => {
  const close = Float64Array.from(closes);
  const openMs = Float64Array.from(closes, (_, at) => START + at * HOUR);
  return { intervalMs: HOUR, openMs, high: close, low: close, close };
};
/** Up and down by one per cent, in turn. */
const shaken = (count: number) => Array.from({ length: count }, (_, at) => 100 * 1.01 ** (at % 2));
const MOVE = Math.log(1.01);

const markets = (
  bars: StyleBars | null,
  rates: readonly (readonly [number, number])[] = [],
): StyleMarkets => ({
  bars: () => bars,
  funding: () =>
    rates.length === 0
      ? null
      : { atMs: Float64Array.from(rates, ([ms]) => ms), rate: Float64Array.from(rates, ([, rate]) => rate) },
});
const featureOf = (trips: readonly StyleTrip[], name: string, seen: StyleMarkets = markets(null)) => {
  const at = FEATURES.findIndex((one) => one.name === name);
  return featuresOf(traitsOf(trips, seen))[at];
};

describe("a market as it was seen", () => {
  test("knows the last bar that had ended, and nothing of the one that was running", () => {
    const view = new MarketView(hourly(shaken(300)));
    expect(view.at(START + 10 * HOUR)).toBe(9);
    expect(view.at(START + 11 * HOUR - 1)).toBe(9);
    expect(view.at(START)).toBe(-1);
    expect(view.at(START + 303 * HOUR)).toBe(299);
    expect(view.at(START + 304 * HOUR)).toBe(-1);
  });

  test("measures a move in usual moves of its span", () => {
    const view = new MarketView(hourly([...shaken(200), 101 * 1.01]));
    expect(view.usualMove(199, HOUR)).toBeCloseTo(MOVE, 12);
    expect(view.usualMove(199, 4 * HOUR)).toBeCloseTo(2 * MOVE, 12);
    expect(view.move(199, HOUR)).toBeCloseTo(1, 12);
    expect(view.move(200, 2 * HOUR)).toBeCloseTo(2 / Math.SQRT2, 2);
    expect(view.move(5, HOUR)).toBeNaN();
  });

  test("tells the place in a range and what lies beyond it", () => {
    const closes = Array.from({ length: 100 }, (_, at) => 100 + at);
    const view = new MarketView(hourly([...closes, 150]));
    expect(view.placeInRange(99, 10 * HOUR)).toBe(1);
    expect(view.placeInRange(100, 100 * HOUR)).toBeCloseTo((150 - 101) / (199 - 101), 12);
    expect(view.breakoutOf(99, 48 * HOUR, HOUR)).toBe(1);
    expect(view.breakoutOf(100, 48 * HOUR, HOUR)).toBe(-1);
    expect(view.breakoutOf(10, 48 * HOUR, HOUR)).toBeNaN();
  });
});

describe("features", () => {
  test("of time, side, size and success", () => {
    const trips = [
      trip({ closeMs: START + 401 * HOUR }),
      trip({ openMs: START + 413 * HOUR, closeMs: START + 423 * HOUR, side: "short", pnl: -50 }),
      trip({
        openMs: START + 437 * HOUR,
        closeMs: START + 537 * HOUR,
        pnl: 10,
        fees: 20,
        maxNotional: 1_000,
      }),
      trip({ openMs: START + 600 * HOUR, closeMs: START + 700 * HOUR }),
    ];
    expect(featureOf(trips, "holding")).toBeCloseTo(1.5, 12);
    expect(featureOf(trips, "holding_spread")).toBeCloseTo(Math.sqrt(11 / 16), 12);
    expect(featureOf(trips, "win_rate")).toBe(0.5);
    expect(featureOf(trips, "side_balance")).toBe(0.5);
    expect(featureOf(trips, "size_spread")).toBeCloseTo(Math.sqrt(3) / 4, 12);
    // Hours 16, 5, 5 and 0: one pair of six shares its hour.
    expect(featureOf(trips, "active_hours")).toBeCloseTo(6 / 24, 12);
    expect(featureOf(trips, "move_taken")).toBeCloseTo(2, 12);
  });

  test("of the market before the entry count with the trade", () => {
    const bars = hourly([...shaken(400), 102, 103]);
    const [seen, openMs] = [markets(bars), START + 400 * HOUR];
    expect(featureOf([trip({ openMs })], "move_hour", seen)).toBeCloseTo(1, 12);
    expect(featureOf([trip({ openMs, side: "short" })], "move_hour", seen)).toBeCloseTo(-1, 12);
    expect(featureOf([trip({ openMs })], "range_place", seen)).toBe(1);
    expect(featureOf([trip({ openMs, side: "short" })], "range_place", seen)).toBe(0);
    expect(featureOf([trip({ openMs })], "breakouts", seen)).toBe(0);
    expect(featureOf([trip({ openMs: START + 402 * HOUR })], "breakouts", seen)).toBe(1);
    expect(featureOf([trip({ openMs })], "move_hour")).toBeNaN();
  });

  test("of funding: what was paid at the settlement before, and how many were held through", () => {
    const at = (hours: number) => START + hours * HOUR + 3;
    const seen = markets(null, [
      [at(392), 0.0002],
      [at(400), 0.5],
      [at(408), 0.0001],
    ]);
    expect(featureOf([trip({ side: "short" })], "funding_edge", seen)).toBeCloseTo(2, 12);
    expect(featureOf([trip()], "funding_edge", seen)).toBeCloseTo(-2, 12);
    expect(featureOf([trip()], "settlements", seen)).toBeCloseTo(Math.log(3), 12);
    expect(featureOf([trip()], "funding_edge")).toBeNaN();
  });

  test("of makers leave out what is not told", () => {
    expect(featureOf([trip({ makerShare: 1 }), trip({ makerShare: 0.5 }), trip()], "maker_share")).toBe(0.75);
    expect(featureOf([trip()], "maker_share")).toBeNaN();
  });
});

describe("additions", () => {
  const opened = trip().openMs;
  let minutes = 0;
  const add = (price: number, quantity: number, averageEntry = 100) => {
    minutes += 5;
    return { atMs: opened + minutes * 60_000, price, quantity, averageEntry };
  };

  test("in equal steps of growing quantity are a regular, growing ladder", () => {
    const adds = [add(99, 1), add(99 * 0.99, 2), add(99 * 0.99 ** 2, 4), add(99 * 0.99 ** 3, 8)];
    const { regularity, ...rest } = ladderOf(trip({ adds }));
    expect(rest).toEqual({ losing: 4, winning: 0, growth: 1 });
    expect(regularity).toBeCloseTo(1, 9);
  });

  test("within a minute of each other are one decision; at once after the opening they are part of it", () => {
    const at = (seconds: number, quantity: number) => ({
      ...{ atMs: opened + seconds * 1_000, price: 99, quantity, averageEntry: 100 },
    });
    const { losing, growth } = ladderOf(
      trip({ adds: [at(1, 9), at(2, 9), at(300, 1), at(330, 1), at(600, 4)] }),
    );
    expect({ losing, growth }).toEqual({ losing: 2, growth: 1 });
  });

  test("of a short are losing above its entry", () => {
    expect(ladderOf(trip({ side: "short", adds: [add(101, 1), add(99, 1)] }))).toMatchObject({
      ...{ losing: 1, winning: 1, regularity: 0, growth: 0 },
    });
  });
});

describe("company", () => {
  const openMs = START + 400 * HOUR;

  test("two contracts of one coin on two sides within seconds are twins", () => {
    const [one, other] = companyOf([
      trip({ openMs }),
      trip({ openMs: openMs + 20_000, symbol: "BTCPERP", side: "short", maxNotional: 9_500 }),
    ]);
    expect(one).toMatchObject({ hasTwin: true, hasCounter: false, openCount: 2 });
    expect(one?.netShare).toBeCloseTo(500 / 19_500, 12);
    expect(other).toMatchObject({ hasTwin: true });
  });

  test("two coins on two sides opened together are counters; one that was there long before is none", () => {
    const found = companyOf([
      trip({ openMs: openMs - 5 * HOUR, symbol: "SOLUSDT", side: "short" }),
      trip({ openMs }),
      trip({ openMs: openMs + 60_000, symbol: "ETHUSDT", side: "short" }),
      trip({ openMs: openMs + 60_000, symbol: "XRPUSDT", side: "short", maxNotional: 100 }),
    ]);
    expect(found.map(({ hasCounter }) => hasCounter)).toEqual([false, true, true, false]);
    expect(found.every(({ hasTwin }) => !hasTwin)).toBe(true);
  });

  test("a trip that is alone is all on one side", () => {
    expect(companyOf([trip()])[0]).toEqual({ netShare: 1, openCount: 1, hasTwin: false, hasCounter: false });
  });
});

describe("concentration", () => {
  const trips = [
    trip({ symbol: "1000PEPEUSDT", maxNotional: 2_000 }),
    trip({ symbol: "kPEPE", maxNotional: 3_000 }),
    trip({ symbol: "WIFUSDT", maxNotional: 1_000 }),
    trip({ symbol: "NEVERHEARDUSDT", maxNotional: 4_000 }),
  ];

  test("counts coins, not symbols, and sectors by the table", () => {
    const { coins, sectors } = concentrationOf(trips, new Map());
    expect(coins.index).toBeCloseTo(0.25 + 0.01 + 0.16, 12);
    expect(coins.largest).toEqual({ sector: "PEPE", share: 0.5 });
    expect(sectors.index).toBeCloseTo(0.36 + 0.16, 12);
    expect(sectors.largest).toEqual({ sector: "memes", share: 0.6 });
    expect(sectors.unknown).toBeCloseTo(0.4, 12);
  });

  test("the owner's own sectors go before the table", () => {
    const { sectors } = concentrationOf(
      trips,
      new Map([
        ["NEVERHEARD", "ai"],
        ["PEPE", "ai"],
      ]),
    );
    expect(sectors.largest).toEqual({ sector: "ai", share: 0.9 });
    expect(sectors.unknown).toBe(0);
  });
});
