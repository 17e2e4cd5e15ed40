/** The shipped markets, house liquidity of every kind, recorded bars, candles and risk tiers. */
import { describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../../../test/shared.ts";
import { endOf, expectBalanced, limit, makeFixture, START_MS } from "../../../test/venue-fixture.ts";
import { shippedInstruments, synthesiseInstrument } from "./instruments.ts";
import { instrumentOfBars, parseBars, readBars } from "./recorded-bars.ts";
import { SimulatedVenue } from "./simulated-venue.ts";
import type { BookRow } from "./venue-types.ts";

const MINUTE_MS = 60_000;

function shippedVenue(kind: "flat" | "moving" = "flat"): SimulatedVenue {
  return new SimulatedVenue({ nowMs: () => START_MS, liquidity: { kind } });
}

/** Value within 10 basis points of the best price opposite, the farthest that a last price lies, on one side. */
function nearUsdt(book: BookRow, side: "bids" | "asks"): number {
  const from = Number(book[side === "bids" ? "asks" : "bids"][0]?.[0]);
  const near = book[side].filter(([price]) => Math.abs(Number(price) / from - 1) <= 0.001 + 1e-12);
  return near.reduce((sum, [price, size]) => sum + Number(price) * Number(size), 0);
}

describe("shipped instruments", () => {
  test("more than one page of them, among them the ones everybody asks for", () => {
    const symbols = shippedInstruments().map((one) => one.symbol);
    expect(symbols.length).toBeGreaterThan(500);
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(symbols).toEqual(
      expect.arrayContaining(["BTCUSDT", "ETHUSDT", "SOLUSDT", "1000PEPEUSDT", "SHIB1000USDT"]),
    );
  });

  test("BTCUSDT has the venue's filters", () => {
    expect(shippedVenue().instrument("BTCUSDT")).toMatchObject({
      tickSize: "0.1",
      qtyStep: "0.001",
      minOrderQty: "0.001",
      maxOrderQty: "1190",
      maxMktOrderQty: "500",
      maxLeverage: "100",
      minNotionalValue: "5",
      minPrice: "0.1",
      maxPrice: "1999999.8",
      fundingIntervalMinutes: 480,
      upperFundingRate: "0.00375",
    });
  });

  test("flat: at least ten million within ten basis points on both sides of every market", () => {
    const venue = shippedVenue();
    for (const { symbol, tickSize } of venue.instruments()) {
      const book = venue.book(symbol, 60);
      if (book === undefined) throw new Error(symbol);
      const coarse = Number(tickSize) / Number(book.bids[0]?.[0]) > 0.001;
      if (coarse) continue;
      expect(nearUsdt(book, "bids"), symbol).toBeGreaterThanOrEqual(10_000_000);
      expect(nearUsdt(book, "asks"), symbol).toBeGreaterThanOrEqual(10_000_000);
    }
  });

  test("flat: a price set between two ticks goes to the nearer one, and one out of range is refused", () => {
    const { venue } = makeFixture();
    for (const [set, last] of [
      ["60123.47", "60123.5"],
      ["0.12", "0.1"],
      ["59999.949", "59999.9"],
    ] as const) {
      venue.setPrice("BTCUSDT", set);
      expect(venue.ticker("BTCUSDT")).toMatchObject({ lastPrice: last, markPrice: last, indexPrice: last });
    }
    for (const bad of ["0", "0.04", "-1", "2000000"])
      expect(() => venue.setPrice("BTCUSDT", bad), bad).toThrow(RangeError);
  });

  test("flat: the book is the same after it was hit, and the last price stays", () => {
    const fixture = makeFixture();
    const before = fixture.venue.book("BTCUSDT", 20);
    fixture.place("a", { qty: "15" });
    expect(fixture.venue.book("BTCUSDT", 20)?.asks).toEqual(before?.asks);
    expect(fixture.venue.ticker("BTCUSDT")).toMatchObject({
      lastPrice: "60000",
      openInterest: "15",
      volume24h: "15",
    });
  });
});

describe("a moving market", () => {
  test("has a plausible volatility and spread, and trades on the tape", () => {
    const fixture = makeFixture({ liquidity: { kind: "moving" }, seed: 3 });
    fixture.advance(6 * 60 * MINUTE_MS);
    const closes = fixture.venue
      .klines("BTCUSDT", { intervalMs: 5 * MINUTE_MS, limit: 72 })
      .map((one) => Number(one.close));
    const returns = closes.slice(1).map((close, at) => Math.log((closes[at] ?? close) / close));
    const deviation = Math.sqrt(returns.reduce((sum, one) => sum + one * one, 0) / returns.length);
    const yearly = deviation * Math.sqrt(365 * 24 * 12);
    expect(yearly).toBeGreaterThan(0.25);
    expect(yearly).toBeLessThan(1.3);
    const book = fixture.venue.book("BTCUSDT", 1);
    const spread = Number(book?.asks[0]?.[0]) / Number(book?.bids[0]?.[0]) - 1;
    expect(spread).toBeLessThan(0.0005);
    expect(fixture.venue.recentTrades("BTCUSDT", 10)).toHaveLength(10);
  });

  test("what was taken from a level is gone until the next step", () => {
    const fixture = makeFixture({ liquidity: { kind: "moving" } });
    const best = fixture.venue.book("BTCUSDT", 1)?.asks[0];
    fixture.place("a", { qty: best?.[1] ?? "" });
    expect(Number(fixture.venue.book("BTCUSDT", 1)?.asks[0]?.[0])).toBeGreaterThan(Number(best?.[0]));
  });

  test("stands still where only other symbols move", () => {
    const fixture = makeFixture({ liquidity: { kind: "moving", symbols: ["ETHUSDT"] } });
    fixture.advance(10_000);
    expect(fixture.venue.ticker("BTCUSDT")?.lastPrice).toBe("60000");
    expect(fixture.venue.ticker("ETHUSDT")?.lastPrice).not.toBe("3000");
  });
});

describe("recorded bars", () => {
  const CSV = [
    "open_time_ms,open,high,low,close,volume",
    `${START_MS + MINUTE_MS},60100,60500,59900,60400,400`,
    `${START_MS},60000,60200,59800,60100,800`,
    "",
  ].join("\n");

  test("the price goes through open, both extremes and close of each bar", () => {
    const series = parseBars(CSV, "BTCUSDT.csv");
    const fixture = makeFixture({ liquidity: { kind: "bars", series } });
    const seen: string[] = [];
    for (let step = 0; step < 24; step++) {
      fixture.advance(step === 0 ? 0 : 5000);
      const last = fixture.venue.ticker("BTCUSDT")?.lastPrice ?? "";
      if (seen.at(-1) !== last) seen.push(last);
    }
    fixture.advance(5000);
    expect(seen).toEqual(["60000", "59800", "60200", "60100", "59900", "60500"]);
    expect(fixture.venue.klines("BTCUSDT", { intervalMs: MINUTE_MS, limit: 5 }).slice(1)).toEqual([
      {
        startMs: START_MS + MINUTE_MS,
        open: "60100",
        high: "60500",
        low: "59900",
        close: "60400",
        volume: "400",
        turnover: "24090000",
      },
      {
        startMs: START_MS,
        open: "60000",
        high: "60200",
        low: "59800",
        close: "60100",
        volume: "800",
        turnover: "48020000",
      },
    ]);
  });

  test("a resting order fills only when the bar goes through its price", () => {
    const series = parseBars(CSV, "BTCUSDT.csv");
    const fixture = makeFixture({ liquidity: { kind: "bars", series } });
    const through = fixture.place("a", limit("Buy", "59850"));
    const below = fixture.place("a", limit("Buy", "59799"));
    fixture.advance(MINUTE_MS - 1000);
    expect([endOf(fixture, "a", through), endOf(fixture, "a", below)]).toEqual(["Filled 0.1", "New 0"]);
    expectBalanced(fixture);
  });

  test.each([
    ["open,high,low,close,volume\n1,1,1,1,1", "no column open_time_ms"],
    ["open_time_ms,open,high,low,close,volume\n1,2,3,x,2,1", "not a number"],
    ["open_time_ms,open,high,low,close,volume\n1,2,3,4,2,1", "low must not be above high"],
  ])("refuses %j", (text, message) => {
    expect(() => parseBars(text, "X.csv")).toThrow(message);
  });

  test("of a mark price, without volumes, and of a perpetual named in another way", () => {
    const [mark] = parseBars("open_time_ms,open,high,low,close\n60000,10,12,9,11\n", "BTCUSDT.csv");
    expect(mark?.bars).toEqual([{ openTimeMs: 60_000, open: 10, high: 12, low: 9, close: 11, volume: 0 }]);
    expect(parseBars(CSV, "BTC-PERP_20211231_20220201.csv.gz").map(({ symbol }) => symbol)).toEqual([
      "BTCUSDT",
    ]);
  });

  test.each([
    ["0.00002345", "0.00000001", "1", "1000000"],
    ["0.6712", "0.0001", "1", "1000"],
    ["2.5", "0.1", "1", "10"],
    ["61234.5", "0.1", "0.0001", "0.1"],
  ])(
    "of an unlisted symbol at %s get an instrument on whose grid they lie",
    (price, tickSize, qtyStep, qty) => {
      const text = `open_time_ms,open,high,low,close,volume\n${START_MS},${price},${price},${price},${price},5\n`;
      const series = parseBars(text, "NEWUSDT.csv");
      const instruments = series.map(instrumentOfBars);
      expect(instruments).toMatchObject([{ symbol: "NEWUSDT", tickSize, qtyStep }]);
      const fixture = makeFixture({ liquidity: { kind: "bars", series }, instruments });
      expect(fixture.venue.ticker("NEWUSDT")?.lastPrice).toBe(price);
      const order = fixture.place("a", { symbol: "NEWUSDT", qty });
      expect(endOf(fixture, "a", order)).toBe(`Filled ${qty}`);
    },
  );

  test("of an unknown symbol are refused", () => {
    const series = parseBars(CSV, "NOUSDT.csv");
    expect(() => makeFixture({ liquidity: { kind: "bars", series } })).toThrow(RangeError);
  });

  test.skipIf(!hasShared)(
    `real files, one symbol each or many in one${sharedNote}`,
    () => {
      const one = readBars(sharedPath("data/market/binance_um/15m/BTCUSDT.csv.gz"));
      expect(one.map(({ symbol, barMs, bars }) => [symbol, barMs, bars.length > 10_000])).toEqual([
        ["BTCUSDT", 900_000, true],
      ]);
      const many = readBars(sharedPath("data/market/bybit_linear/1d_all_symbols.csv.gz"));
      expect(many.length).toBeGreaterThan(250);
      expect(many.reduce((sum, { unpricedBars }) => sum + unpricedBars, 0)).toBeLessThan(10);
    },
    20_000,
  );
});

describe("an external book", () => {
  const book = {
    symbol: "BTCUSDT",
    bids: [
      ["59999.9", "1"],
      ["59990", "2"],
    ],
    asks: [
      ["60000.1", "0.05"],
      ["60010", "2"],
    ],
  } as const;

  test("is what paper accounts trade against, once per update", () => {
    const fixture = makeFixture({ liquidity: { kind: "external" } });
    fixture.venue.applyExternalBook({ ...book, mark: "60000" });
    fixture.place("a", { qty: "0.1" });
    expect(fixture.venue.positions("a")[0]).toMatchObject({ avgPrice: "60005.05" });
    expect(fixture.venue.book("BTCUSDT", 1)?.asks).toEqual([["60010", "1.95"]]);
    fixture.venue.applyExternalBook({ ...book, mark: "60000" });
    expect(fixture.venue.book("BTCUSDT", 1)?.asks).toEqual([["60000.1", "0.05"]]);
  });

  test("fills a resting order as far as it crosses it", () => {
    const fixture = makeFixture({ liquidity: { kind: "external" } });
    fixture.venue.applyExternalBook(book);
    const id = fixture.place("a", limit("Buy", "59950"));
    fixture.venue.applyExternalBook({
      ...book,
      bids: [["59900", "1"]],
      asks: [
        ["59940", "0.04"],
        ["59960", "5"],
      ],
    });
    expect(endOf(fixture, "a", id)).toBe("PartiallyFilled 0.04");
    expect(() => fixture.venue.applyExternalBook({ ...book, mark: "x" })).toThrow(RangeError);
  });
});

test("an instrument made of what was observed accepts all of it", () => {
  const settings = synthesiseInstrument({
    symbol: "ODDUSDT",
    prices: ["0.01234", "0.0125000"],
    quantities: ["1.5", "2000"],
  });
  expect(settings).toMatchObject({
    tickSize: "0.00001",
    qtyStep: "0.1",
    basePrice: "0.0125",
    baseCoin: "ODD",
  });
  const fixture = makeFixture();
  fixture.venue.setInstrument({ ...settings, minNotionalValue: "0" });
  expect(fixture.place("a", { symbol: "ODDUSDT", qty: "2000" })).toMatch(/-/);
  expect(() => synthesiseInstrument({ symbol: "XUSDT", prices: [], quantities: [] })).toThrow(RangeError);
});

test("risk tiers join without a jump in maintenance margin", () => {
  const tiers = shippedVenue().riskLimits("BTCUSDT");
  expect(tiers[0]).toMatchObject({
    riskLimitValue: "2000000",
    maintenanceMarginRate: "0.005",
    maxLeverage: "100",
  });
  tiers.slice(1).forEach((tier, at) => {
    const before = tiers[at];
    if (before === undefined) return;
    const limitUsdt = Number(before.riskLimitValue);
    const margin = (row: typeof tier) =>
      limitUsdt * Number(row.maintenanceMarginRate) - Number(row.maintenanceDeduction);
    expect(margin(tier)).toBeCloseTo(margin(before), 2);
  });
});

test("candles fill quiet minutes with the price before", () => {
  const fixture = makeFixture();
  fixture.advance(90_000);
  fixture.venue.setPrice("BTCUSDT", "60100");
  fixture.advance(3 * MINUTE_MS);
  const rows = fixture.venue.klines("BTCUSDT", { intervalMs: MINUTE_MS, limit: 10 });
  expect(rows.map((row) => [(row.startMs - START_MS) / MINUTE_MS, row.open, row.close])).toEqual([
    [4, "60100", "60100"],
    [3, "60100", "60100"],
    [2, "60100", "60100"],
    [1, "60000", "60100"],
    [0, "60000", "60000"],
  ]);
});

test("the mark has candles of its own: trades move the last price, not the mark", () => {
  const fixture = makeFixture();
  fixture.venue.applyExternalBook({
    symbol: "BTCUSDT",
    bids: [["60099", "1"]],
    asks: [["60101", "1"]],
    last: "60100",
    mark: "60050",
  });
  fixture.advance(MINUTE_MS);
  const of = (price: "last" | "mark") =>
    fixture.venue
      .klines("BTCUSDT", { intervalMs: MINUTE_MS, limit: 2, price })
      .map((row) => [row.open, row.high, row.low, row.close]);
  expect(of("last")[1]).toEqual(["60000", "60100", "60000", "60100"]);
  expect(of("mark")[1]).toEqual(["60000", "60050", "60000", "60050"]);
});

describe("a past from before the start", () => {
  const bar = (minutes: number, open: number, high: number, low: number, close: number, volume: number) => ({
    ...{ openTimeMs: START_MS + minutes * MINUTE_MS, open, high, low, close, volume },
  });

  test("is told at its own length and in longer candles, and goes over into the venue's own", () => {
    const fixture = makeFixture();
    fixture.advance(90_000);
    fixture.venue.addPast("BTCUSDT", {
      bars: [bar(-5, 59900, 60300, 59800, 59950, 4), bar(-10, 59000, 59950, 58900, 59900, 6)],
      marks: [bar(-10, 59001, 59951, 58901, 59901, 0)],
    });
    const rows = (intervalMs: number, price: "last" | "mark" = "last") =>
      fixture.venue
        .klines("BTCUSDT", { intervalMs, limit: 10, price })
        .map((row) => [
          (row.startMs - START_MS) / MINUTE_MS,
          row.open,
          row.high,
          row.low,
          row.close,
          row.volume,
        ]);
    expect(rows(5 * MINUTE_MS)).toEqual([
      [0, "60000", "60000", "60000", "60000", "0"],
      [-5, "59900", "60300", "59800", "59950", "4"],
      [-10, "59000", "59950", "58900", "59900", "6"],
    ]);
    expect(rows(10 * MINUTE_MS)[1]).toEqual([-10, "59000", "60300", "58900", "59950", "10"]);
    expect(rows(5 * MINUTE_MS, "mark")[2]).toEqual([-10, "59001", "59951", "58901", "59901", "0"]);
  });

  test("is not forgotten for what happens later", () => {
    const fixture = makeFixture({ limits: { candlesKept: 4 } });
    const bars = Array.from({ length: 20 }, (_, at) => bar(-100 + 5 * at, 60000, 60000, 60000, 60000, 1));
    fixture.venue.addPast("BTCUSDT", { bars });
    fixture.advance(2 * MINUTE_MS);
    fixture.venue.setPrice("BTCUSDT", "60001");
    const rows = fixture.venue.klines("BTCUSDT", { intervalMs: 5 * MINUTE_MS, limit: 100 });
    expect(rows).toHaveLength(21);
  });

  test("funding follows what the venue settled itself, newest first", () => {
    const fixture = makeFixture();
    const hour = 60 * MINUTE_MS;
    fixture.venue.addPast("BTCUSDT", {
      funding: [
        { time: START_MS - 9 * hour, fundingRate: "-0.0002" },
        { time: START_MS - hour + 1, fundingRate: "0.0003" },
      ],
    });
    fixture.advance(2 * hour);
    expect(fixture.venue.fundingHistory("BTCUSDT").map((row) => row.fundingRate)).toEqual([
      "0.0001",
      "0.0003",
      "-0.0002",
    ]);
  });

  test.each([
    ["the future", { bars: [bar(5, 60000, 60000, 60000, 60000, 1)] }, "whole minute of the past"],
    ["no whole minute", { bars: [bar(-0.5, 60000, 60000, 60000, 60000, 1)] }, "whole minute of the past"],
    ["high below open", { bars: [bar(-5, 60000, 59000, 58000, 58500, 1)] }, "outside of low and high"],
    ["no volume", { bars: [bar(-5, 60000, 60000, 60000, 60000, -1)] }, "no volume"],
    ["no rate", { funding: [{ time: START_MS - 5, fundingRate: "much" }] }, "funding rate"],
  ])("%s is refused, and nothing is taken", (_what, past, complaint) => {
    const fixture = makeFixture();
    expect(() => fixture.venue.addPast("BTCUSDT", past)).toThrow(complaint);
    expect(fixture.venue.klines("BTCUSDT", { intervalMs: MINUTE_MS, limit: 10 })).toHaveLength(1);
  });
});
