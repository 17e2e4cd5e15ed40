/** The recorded market: points of bars, levels of the slippage models, and what is told of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { impactOf } from "../../analytics/copying/slippage.ts";
import { InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import { makeInstrument } from "../../core/model/instrument.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { PriceTape, type TapeBars } from "./price-tape.ts";
import { RecordedBooks } from "./recorded-books.ts";
import { levelsOf, type ModelLevel, SLIPPAGE_DEFAULTS, type SlippageModel } from "./slippage.ts";

const MINUTE_MS = 60_000;

type Row = readonly [openMs: number, open: number, high: number, low: number, close: number, volume: number];

function bars(intervalMs: number, rows: readonly Row[]): TapeBars {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at] ?? 0);
  return {
    intervalMs,
    ...{ openMs: column(0), open: column(1), high: column(2), low: column(3), close: column(4) },
    volume: column(5),
  };
}

describe("the tape of a symbol", () => {
  const hour = bars(60 * MINUTE_MS, [
    [0, 100, 103, 99, 102, 10],
    [3_600_000, 102, 110, 101, 105, 20],
  ]);

  it("goes through open, the nearer extreme, the other and the close", () => {
    const tape = new PriceTape([hour], null);
    const points = [];
    for (let ms = -1; ; ) {
      const point = tape.pointAfter(ms);
      if (point === null || point.atMs >= 3_600_000) break;
      points.push([point.atMs, point.price]);
      ms = point.atMs;
    }
    expect(points).toEqual([
      [0, 100],
      [1_200_000, 99],
      [2_400_000, 103],
      [3_599_999, 102],
    ]);
    expect(tape.pointAt(2_399_999)).toEqual({ atMs: 1_200_000, price: 99 });
    expect(tape.pointAt(-1)).toBeNull();
  });

  it("knows of volatility and volume only what had ended", () => {
    const tape = new PriceTape([hour], null);
    expect(tape.pastBar(3_599_999)).toBeNull();
    expect(tape.pastBar(3_600_000)).toMatchObject({ volume: 10 });
    expect(tape.pastBar(7_199_999)).toMatchObject({ volume: 10 });
    expect(tape.pastBar(7_200_000)).toMatchObject({ volume: 20 });
    expect(tape.pastBar(7_200_000 + 3 * 3_600_000)).toBeNull();
  });

  it("takes the shortest bars that tell of a time, and the longer ones elsewhere", () => {
    const short = bars(5 * MINUTE_MS, [[600_000, 50, 51, 49, 50, 1]]);
    const tape = new PriceTape([short, hour], null);
    expect(tape.bars).toBe(2);
    expect(tape.pointAt(600_000)).toEqual({ atMs: 600_000, price: 50 });
    expect(tape.pointAt(3_600_000)).toEqual({ atMs: 3_600_000, price: 102 });
    expect(tape.holds(600_000, 51.5, 0.02)).toBe(true);
    expect(tape.holds(600_000, 60, 0.02)).toBe(false);
    expect(tape.holds(30_000_000, 60, 0.02)).toBeNull();
  });
});

/** What an order at market of `quantity` pays beyond the middle on average, as a share of it; null where the levels do not hold it. */
function paid(levels: readonly ModelLevel[], quantity: number): number | null {
  let [left, cost] = [quantity, 0];
  for (const { distance, quantity: size } of levels) {
    const taken = Math.min(left, size);
    cost += taken * distance;
    left -= taken;
    if (left <= 0) return cost / quantity;
  }
  return null;
}

describe("slippage", () => {
  const bar = { intervalMs: 5 * MINUTE_MS, sigma: 0.002, volume: 1_000 };
  const market = { price: 100, tick: 0.001, step: 0.001, bar, doubt: 0 };

  it("by impact is half a spread and the square-root law, or up to 2 % of it more between two levels", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.001, 0.1, 1),
        fc.nat(20_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (step, more, share) => {
          const quantity = (1 + Math.floor(more ** share)) * step;
          const found = paid(levelsOf(SLIPPAGE_DEFAULTS.impact, { ...market, step }), quantity) ?? 0;
          const law = impactOf(quantity, { sigma: 0.002, volume: 1_000 });
          expect(found - 0.0001).toBeLessThanOrEqual(law * 1.02);
          expect(found - 0.0001).toBeGreaterThanOrEqual(law * (1 - 1e-9));
        },
      ),
    );
  });

  it("by impact has levels of whole steps, up to more than all that was traded", () => {
    const levels = levelsOf(SLIPPAGE_DEFAULTS.impact, { ...market, step: 1 });
    for (const { quantity } of levels) expect(quantity).toBe(Math.round(quantity));
    expect(paid(levels, 14_000)).not.toBeNull();
  });

  it("fixed is the same for every size", () => {
    const levels = levelsOf({ kind: "fixed", bps: 7 }, { ...market, doubt: 0.1 });
    expect(paid(levels, 1)).toBeCloseTo(0.0007, 12);
    expect(paid(levels, 5_000_000)).toBeCloseTo(0.0007, 12);
  });

  it("by depth holds the share of a minute's volume within ten basis points", () => {
    const levels = levelsOf({ kind: "depth", halfSpreadBps: 1, minuteShare: 0.5 }, market);
    const near = levels.filter(({ distance }) => distance < 0.0001 + 0.001);
    const held = near.reduce((sum, { quantity }) => sum + quantity, 0);
    // A minute has 200 of the bar's 1,000: half of that is 100, give or take a level.
    expect(held).toBeGreaterThan(80);
    expect(held).toBeLessThan(140);
  });

  it.each<SlippageModel>([SLIPPAGE_DEFAULTS.impact, SLIPPAGE_DEFAULTS.depth, SLIPPAGE_DEFAULTS.fixed])(
    "never gets better with size (%j)",
    (model) => {
      const distances = levelsOf(model, market).map(({ distance }) => distance);
      expect(distances).toEqual(distances.toSorted((one, other) => one - other));
    },
  );

  it("is half a tick where the spread would be less, and any size where no bar is known", () => {
    const levels = levelsOf(SLIPPAGE_DEFAULTS.impact, { price: 1, tick: 0.01, step: 1, bar: null, doubt: 0 });
    expect(levels).toHaveLength(1);
    expect(levels[0]?.distance).toBeCloseTo(0.005, 12);
  });
});

describe("recorded books", () => {
  const venue = VenueId("bybit");
  const instrument = makeInstrument({
    venue,
    symbol: "BTCUSDT",
    baseCoin: "BTC",
    settleCoin: "USDT",
    status: "trading",
    tickSize: "0.1",
    quantityStep: "0.001",
    minQuantity: "0.001",
    maxLimitQuantity: "1000",
    maxMarketQuantity: "500",
    minNotional: "5",
    minPrice: "0.1",
    maxPrice: "1000000",
    maxLeverage: "100",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
  });
  const id = InstrumentId("BTCUSDT", venue);
  const rates = { atMs: Float64Array.of(28_800_003), rate: Float64Array.of(0.0001) };
  const tape = new PriceTape([bars(3_600_000, [[0, 100, 103, 99, 102, 1_000]])], rates);

  function opened(slippage: SlippageModel = { kind: "fixed", bps: 10 }, told: PriceTape | null = tape) {
    const clock = new VirtualClock(0);
    const prices: string[] = [];
    const changed: number[] = [];
    const books = new RecordedBooks({
      venue,
      instruments: new Map([[id, instrument]]),
      tapeOf: () => told,
      clock,
      slippage,
      onPrice: ({ mark }) => prices.push(mark),
    }).listen({ changed: () => changed.push(clock.nowMs()) });
    return { clock, books, prices, changed };
  }

  it("stand round the newest price, away from it on the grid", () => {
    const { books } = opened();
    expect(books.read(id)).toBeNull();
    books.follow([id]);
    expect(books.read(id)).toMatchObject({ mark: "100.0", bids: [["99.9", expect.any(String)]] });
    expect(books.read(id)?.asks[0]?.[0]).toBe("100.1");
  });

  it("move with the points of the bars and with what traders pay", () => {
    const { books, clock, prices, changed } = opened();
    books.follow([id]);
    clock.runUntil(1_200_000);
    clock.runUntil(1_500_000);
    books.paid(id, 101.5);
    clock.runUntil(2_400_000);
    expect(prices).toEqual(["100.0", "99.0", "101.5", "103.0"]);
    expect(changed).toEqual([0, 1_200_000, 1_500_000, 2_400_000]);
  });

  it("do not take a price for one that is off the bar and the last price", () => {
    const { books, prices } = opened();
    books.follow([id]);
    books.paid(id, 130);
    expect(prices).toEqual(["100.0"]);
    expect(books.strange).toBe(1);
  });

  it.each<readonly [string, string[], readonly (readonly [hours: number, price: number])[]]>([
    [
      "believe a far price once the last one is old",
      ["0.7", "1.4"],
      [
        [0, 0.7],
        [50, 1.4],
      ],
    ],
    [
      "the lower ones likewise",
      ["100.0", "50.0"],
      [
        [0, 100],
        [50, 50],
      ],
    ],
    [
      "not one that no such time explains",
      ["100.0"],
      [
        [0, 100],
        [50, 100_000],
      ],
    ],
    [
      "not a far one soon after the last",
      ["100.0", "101.0"],
      [
        [0, 100],
        [1, 140],
        [2, 101],
      ],
    ],
    [
      "believe it when a second fill says the same",
      ["100.0", "141.0"],
      [
        [0, 100],
        [1, 140],
        [2, 141],
      ],
    ],
    [
      "not when both are of one moment",
      ["100.0"],
      [
        [0, 100],
        [1, 140],
        [1, 140],
      ],
    ],
    [
      "not when the old price was paid between",
      ["100.0", "101.0"],
      [
        [0, 100],
        [1, 140],
        [2, 101],
        [3, 141],
      ],
    ],
  ])("where no bar tells of the time %s", (_name, believed, fills) => {
    const { books, clock, prices } = opened({ kind: "fixed", bps: 10 }, null);
    books.follow([id]);
    for (const [hours, price] of fills) {
      clock.runUntil(hours * 3_600_000);
      books.paid(id, price);
    }
    expect(prices).toEqual(believed);
    expect(books.strange).toBe(fills.length - believed.length);
  });

  it("keep to the bar of the time, whoever confirms what is off it", () => {
    const { books, clock, prices } = opened();
    books.follow([id]);
    for (const minute of [1, 2, 3]) {
      clock.runUntil(minute * 60_000);
      books.paid(id, 130);
    }
    expect(prices).toEqual(["100.0"]);
    expect(books.strange).toBe(3);
  });

  it("judge a first price of what nobody followed by the newest that is known", () => {
    const { books, clock, prices } = opened();
    clock.runUntil(50 * 3_600_000);
    books.paid(id, 200);
    clock.runUntil(50 * 3_600_000 + 60_000);
    books.paid(id, 300);
    books.follow([id]);
    expect(prices).toEqual(["200.0"]);
    expect(books.strange).toBe(1);
  });

  it("doubt a paid price more and more, for a minute", () => {
    const { books, clock } = opened(SLIPPAGE_DEFAULTS.impact);
    books.follow([id]);
    clock.runUntil(3_600_000);
    books.paid(id, 102);
    const ask = () => Number(books.read(id)?.asks[0]?.[0]);
    const at = [ask()];
    for (const wait of [1_000, 30_000, 60_000, 120_000]) {
      clock.runUntil(3_600_000 + wait);
      at.push(ask());
    }
    expect(at).toEqual(at.toSorted((one, other) => one - other));
    expect(at[2]).toBeGreaterThan(at[0] ?? 0);
    expect(at[4]).toBe(at[3]);
    const unread = opened(SLIPPAGE_DEFAULTS.impact);
    unread.books.follow([id]);
    unread.clock.runUntil(3_600_000);
    unread.books.paid(id, 102);
    unread.clock.runUntil(3_720_000);
    expect(unread.books.read(id)?.asks[0]?.[0]).toBe(String(at[4]));
  });

  it("tell the rate of the next settlement within an interval, until it was charged", () => {
    const { books, clock } = opened();
    books.follow([id]);
    expect(books.read(id)?.fundingRate).toBe("0");
    clock.runUntil(1_200_000);
    expect(books.read(id)?.fundingRate).toBe("0.00010000");
  });
});
