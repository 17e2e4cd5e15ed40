/** What copying costs, in numbers that can be followed by hand: moves within bars, slippage, and each part of copyability. */
import { describe, expect, it } from "vitest";
import { moveBetween, type PathBars, pointAt, rangeVolatility, unseenMove } from "./bar-path.ts";
import { type CopyTally, copyabilityOf } from "./copyability.ts";
import { edgesLeft } from "./edges-left.ts";
import { slippageOf } from "./slippage.ts";

const MINUTE_MS = 60_000;
/** 100 to 110 in a range of 99 to 111, then 110 to 108 in a range of 107 to 112. */
const BARS: PathBars = {
  intervalMs: MINUTE_MS,
  openMs: Float64Array.of(0, MINUTE_MS),
  open: Float64Array.of(100, 110),
  high: Float64Array.of(111, 112),
  low: Float64Array.of(99, 107),
  close: Float64Array.of(110, 108),
  volume: Float64Array.of(50, 60),
};
const move = (fromMs: number, toMs: number) => {
  const [from, to] = [pointAt(BARS, fromMs), pointAt(BARS, toMs)];
  return from === null || to === null ? null : moveBetween(from, to);
};
/** ln(111 / 99) / sqrt(4 ln 2) and ln(112 / 107) / sqrt(4 ln 2). */
const [FIRST, SECOND] = [0.068_710_418_298_358, 0.027_427_652_325_222] as const;
const EXPECTED = 0.797_884_560_802_865;

describe("a move within bars", () => {
  it("is on the line from open to close, and what that leaves open is largest for half of a bar", () => {
    expect(rangeVolatility(111, 99)).toBeCloseTo(FIRST, 6);
    const quarter = move(0, 15_000);
    expect(quarter?.ratio).toBeCloseTo(102.5 / 100, 12);
    expect(quarter?.unknown).toBeCloseTo(EXPECTED * FIRST * Math.sqrt(0.25 * 0.75), 6);
    expect(move(10_000, 40_000)?.unknown).toBeCloseTo(EXPECTED * FIRST * 0.5, 6);
  });

  it("leaves nothing open at the ends of bars, and without time", () => {
    expect(move(0, MINUTE_MS)).toEqual({ ratio: 1.1, unknown: 0 });
    expect(move(20_000, 20_000)).toEqual({ ratio: 1, unknown: 0 });
  });

  it("adds what two bars leave open", () => {
    const across = move(30_000, 90_000);
    expect(across?.ratio).toBeCloseTo(109 / 105, 12);
    const deviation = Math.sqrt(FIRST ** 2 * 0.25 + SECOND ** 2 * 0.25);
    expect(across?.unknown).toBeCloseTo(EXPECTED * deviation, 6);
  });

  it("is not told outside of the bars", () => {
    expect(move(0, 2 * MINUTE_MS)).toBeNull();
    expect(pointAt(BARS, -1)).toBeNull();
  });

  it("that nobody sees goes as a market of a stated volatility", () => {
    const year = 365 * 86_400_000;
    expect(unseenMove(year / 4, 1)).toEqual({ ratio: 1, unknown: expect.closeTo(EXPECTED / 2, 12) });
    expect(unseenMove(0, 1).unknown).toBe(0);
  });
});

describe("slippage", () => {
  const order = { quantity: 4, price: 100, tick: 0.01, bar: { sigma: 0.02, volume: 100 } };
  const costs = { halfSpreadBps: 1, impactFactor: 1 };

  it("is half a spread and the square root of the share in the volume", () => {
    expect(slippageOf(costs, order)).toBeCloseTo(0.0001 + 0.02 * 0.2, 12);
    expect(slippageOf({ ...costs, impactFactor: 0.5 }, order)).toBeCloseTo(0.0001 + 0.01 * 0.2, 12);
  });

  it("is at least half a tick, unless there is to be no spread", () => {
    expect(slippageOf({ ...costs, impactFactor: 0 }, { ...order, tick: 0.1 })).toBeCloseTo(0.0005, 12);
    expect(slippageOf({ halfSpreadBps: 0, impactFactor: 0 }, { ...order, tick: 0.1 })).toBe(0);
  });

  it("takes the order for all of a bar without trades, and has no impact where none is told", () => {
    expect(slippageOf(costs, { ...order, bar: { sigma: 0.02, volume: 0 } })).toBeCloseTo(0.0201, 12);
    expect(slippageOf(costs, { ...order, bar: null })).toBe(0.0001);
  });
});

describe("copyability", () => {
  const tally: CopyTally = {
    gross: 100,
    net: 80,
    costs: 20,
    grossMovement: 380,
    changedValue: 1_000,
    orderedValue: 900,
    listedValue: 950,
    orders: 40,
    ordersInRate: 38,
    delayMs: 1_000,
    holdingMs: 50_000,
  };
  const parts = (more: Partial<CopyTally>) => copyabilityOf({ ...tally, ...more }).parts;

  it("is the geometric mean of its parts", () => {
    const { score, parts: all } = copyabilityOf(tally);
    expect(all).toEqual({ edge: 0.8, costs: 0.95, size: 0.9, holding: 0.98, listed: 0.95, bursts: 0.95 });
    expect(score).toBeCloseTo((0.8 * 0.95 * 0.9 * 0.98 * 0.95 * 0.95) ** (1 / 6), 12);
  });

  it("has the edge that is left, from all of it down to nothing", () => {
    expect(parts({ net: 120 }).edge).toBe(1);
    expect(parts({ net: -5 }).edge).toBe(0);
    expect(parts({ gross: 0 }).edge).toBeNull();
    expect(parts({ gross: -50, net: -70 }).edge).toBeNull();
  });

  it("has costs against what the positions moved by", () => {
    expect(parts({ costs: 380 }).costs).toBe(0.5);
    expect(parts({ costs: 0 }).costs).toBe(1);
    // A delay that helped is no merit.
    expect(parts({ costs: -40 }).costs).toBe(1);
    expect(parts({ grossMovement: 0 }).costs).toBeNull();
  });

  it("has the value that was large enough to be ordered", () => {
    expect(parts({ orderedValue: 0 }).size).toBe(0);
    expect(parts({ orderedValue: 0, changedValue: 0 }).size).toBeNull();
  });

  it("has the time that is left of a round trip", () => {
    expect(parts({ holdingMs: 4_000 }).holding).toBe(0.75);
    expect(parts({ holdingMs: 900 }).holding).toBe(0);
    expect(parts({ holdingMs: 0 }).holding).toBe(0);
    expect(parts({ holdingMs: null }).holding).toBeNull();
  });

  it("has what the follower's venue lists", () => {
    expect(parts({ listedValue: 0 }).listed).toBe(0);
    expect(parts({ listedValue: null }).listed).toBeNull();
  });

  it("has the orders that fit into the venue's rate", () => {
    expect(parts({ ordersInRate: 10 }).bursts).toBe(0.25);
    expect(parts({ orders: 0, ordersInRate: 0 }).bursts).toBeNull();
  });

  it("is nothing with a part at nothing, and leaves out what is not known", () => {
    expect(copyabilityOf({ ...tally, orderedValue: 0 }).score).toBe(0);
    const unknown = { gross: -1, grossMovement: 0, changedValue: 0, listedValue: null, orders: 0 };
    expect(copyabilityOf({ ...tally, ...unknown }).score).toBeCloseTo(0.98, 12);
    expect(copyabilityOf({ ...tally, ...unknown, holdingMs: null }).score).toBeNull();
  });
});

describe("what is left of many", () => {
  const edge = (gross: number, net: number, score: number | null) => ({
    ...{ gross, net, score, delay: 1, slippage: 2, fees: 3, sizes: gross - net - 6, funding: 0 },
  });

  it("is of those who earned, each by itself and all together", () => {
    const all = [edge(100, 50, 0.5), edge(100, 80, 0.8), edge(200, -20, 0.2), edge(-50, -90, null)];
    expect(edgesLeft(all)).toEqual({
      traders: 4,
      earned: 3,
      stillEarn: 2,
      kept: { low: expect.closeTo(0.2, 12), median: 0.5, high: 0.65 },
      taken: { delay: 0.0075, slippage: 0.015, fees: 0.0225, sizes: (44 + 14 + 214) / 400, funding: -0 },
      copyability: 0.5,
    });
  });

  it("is nothing where nobody earned", () => {
    expect(edgesLeft([edge(-1, -5, null)])).toEqual({
      ...{ traders: 1, earned: 0, stillEarn: 0, kept: null, taken: null, copyability: null },
    });
  });
});
