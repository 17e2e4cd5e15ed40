import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { averageCorrelation } from "./average-correlation.ts";
import { automaticBlockLength } from "./block-length.ts";
import { bootstrapIntervals } from "./bootstrap.ts";
import { expectedMaximum, independentTrials } from "./deflated-sharpe.ts";
import { benjaminiHochberg, benjaminiYekutieli, holmAdjusted, storey } from "./false-discovery.ts";
import { figureIntervals } from "./figure-intervals.ts";
import { minimumTrackRecord, probabilisticSharpe } from "./probabilistic-sharpe.ts";
import { sharpeStatistics } from "./sharpe-statistics.ts";
import { shrunkByVariance, shrunkToMean, shrunkToZero } from "./shrinkage.ts";
import { evidenceOfTable } from "./table-evidence.ts";
import { wilsonInterval } from "./wilson.ts";

/** Normal returns in which each day keeps `memory` of the one before. */
function normalReturns(n: number, seed: number, { memory = 0, mean = 0 } = {}): Float64Array {
  const random = seededRandom(seed);
  let last = 0;
  return Float64Array.from({ length: n }, () => {
    last = memory * last + normalQuantile(random() * 0.999999 + 5e-7);
    return mean + 0.01 * last;
  });
}

const series = (name: string, returns: Float64Array, firstRow = 0) => ({ name, firstRow, returns });

describe("how sure a Sharpe ratio is", () => {
  it("grows with the record: at its minimum length the probability is the one asked for", () => {
    const statistics = sharpeStatistics(normalReturns(500, 3, { mean: 0.001 }));
    if (statistics === null) throw new Error("no ratio");
    const n = minimumTrackRecord(statistics, 0, 0.95) ?? Number.NaN;
    const longer = {
      ...statistics,
      n,
      standardError: statistics.standardError * Math.sqrt((500 - 1) / (n - 1)),
    };
    expect(probabilisticSharpe(longer, 0).probability).toBeCloseTo(0.95, 12);
    expect(minimumTrackRecord(statistics, statistics.sharpePerDay, 0.95)).toBeNull();
  });

  it("is unknown for no returns, for one and for equal ones", () => {
    expect([[], [0.1], [0.1, 0.1, 0.1]].map((values) => sharpeStatistics(Float64Array.from(values)))).toEqual(
      [null, null, null],
    );
  });

  it("falls with the number of trials, of which alike ones count less", () => {
    expect([1, 10, 100].map((trials) => expectedMaximum(trials).toFixed(3))).toEqual([
      "0.000",
      "1.575",
      "2.531",
    ]);
    expect([0, 0.5, 1].map((correlation) => independentTrials(100, correlation))).toEqual([101, 51, 2]);
  });
});

describe("false discovery", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

  it("never lowers a p-value, keeps their order, and is strictest where least is assumed", () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const [plain, dependent, holm] = [
          benjaminiHochberg(values),
          benjaminiYekutieli(values),
          holmAdjusted(values),
        ];
        for (const [at, p] of values.entries()) {
          expect(plain[at]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          expect(dependent[at]).toBeGreaterThanOrEqual((plain[at] ?? 0) * (1 - 1e-12));
          expect(holm[at]).toBeGreaterThanOrEqual(p);
          for (const [other, q] of values.entries())
            if (q < p) expect(plain[other]).toBeLessThanOrEqual(plain[at] ?? 0);
        }
      }),
    );
  });

  it("has nothing to say without a test", () => {
    expect([benjaminiHochberg([]), holmAdjusted([]), storey([])]).toEqual([[], [], null]);
    // Tests without success need not be told one by one.
    const values = [0.001, 0.4, 0.02, 1];
    const untold = [...values, ...new Array<number>(96).fill(1)];
    const found = benjaminiHochberg(values, untold.length);
    for (const [at, q] of benjaminiHochberg(untold).slice(0, 4).entries())
      expect(found[at]).toBeCloseTo(q, 12);
  });
});

describe("estimates drawn together", () => {
  it("stay as they are where there are too few", () => {
    expect(shrunkToZero([1, 2], [1, 1])).toEqual({ factor: 1, values: [1, 2] });
    expect(shrunkToMean([1, 2, 6], [1, 1, 1])).toEqual({ grandMean: 3, factor: 1, values: [1, 2, 6] });
    expect([shrunkToMean([], []), shrunkByVariance([], []), shrunkByVariance([1], [0])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("are drawn further the less certain they are", () => {
    const found = shrunkByVariance([3, -3, 3, -3], [1, 1, 4, 4]);
    expect(found?.shrinkage[0]).toBeLessThan(found?.shrinkage[2] ?? 0);
    expect(found?.values[0]).toBeGreaterThan(found?.values[2] ?? 0);
  });
});

describe("the stationary bootstrap", () => {
  it("takes longer blocks the longer a series remembers", () => {
    const lengths = [0, 0.5, 0.9].map((memory) => automaticBlockLength(normalReturns(1_000, 11, { memory })));
    expect(lengths[0]).toBeLessThan(6);
    expect(lengths[1]).toBeGreaterThan(lengths[0] ?? 0);
    expect(lengths[2]).toBeGreaterThan(2 * (lengths[1] ?? 0));
    expect(lengths[2]).toBeLessThanOrEqual(Math.ceil(3 * Math.sqrt(1_000)));
    expect(
      [[], [1], [1, 1, 1, 1, 1, 1]].map((values) => automaticBlockLength(Float64Array.from(values))),
    ).toEqual([1, 1, 1]);
  });

  it("has the block length of the formula for a series whose memory is known", () => {
    // AR(1): G / g(0) = 2 phi / (1 - phi^2), so b = (G^2 / g(0)^2)^(1/3) n^(1/3).
    const n = 200_000;
    const wanted = ((2 * 0.5) / (1 - 0.25)) ** (2 / 3) * n ** (1 / 3);
    const found = automaticBlockLength(normalReturns(n, 5, { memory: 0.5 }));
    expect(Math.abs(found / wanted - 1)).toBeLessThan(0.15);
  });

  it("covers the true mean about as often as it says, and repeats itself", () => {
    const mean = (sample: Float64Array) => ({
      mean: sample.reduce((sum, value) => sum + value, 0) / sample.length,
    });
    const options = { resamples: 200, seed: 1, confidence: 0.9 };
    let covered = 0;
    for (let seed = 100; seed < 300; seed += 1) {
      const [low, high] = bootstrapIntervals(normalReturns(120, seed), mean, options).intervals.mean ?? [
        1, -1,
      ];
      if (low <= 0 && high >= 0) covered += 1;
    }
    expect(covered / 200).toBeGreaterThan(0.82);
    expect(covered / 200).toBeLessThan(0.97);
    const returns = normalReturns(50, 1);
    expect(bootstrapIntervals(returns, mean, options)).toEqual(bootstrapIntervals(returns, mean, options));
    expect(bootstrapIntervals(returns, mean, options)).not.toEqual(
      bootstrapIntervals(returns, mean, { ...options, seed: 2 }),
    );
  });

  it("has no interval for a figure that is undefined, and none at all without returns", () => {
    const options = { resamples: 50, seed: 1, confidence: 0.95 };
    expect(figureIntervals(new Float64Array(20), 365, options).intervals).toMatchObject({
      sharpe: null,
      total_return: [0, 0],
    });
    expect(figureIntervals(new Float64Array(), 365, options).intervals).toMatchObject({
      sharpe: null,
      total_return: null,
      max_drawdown: null,
    });
  });
});

describe("a table of returns", () => {
  const one = series("one", normalReturns(60, 1));
  const two = series("two", normalReturns(60, 2));
  const flat = series("flat", new Float64Array(60));

  it("of nobody, of one and of the motionless proves nothing, and says so", () => {
    expect(evidenceOfTable({ dates: [], series: [] })).toMatchObject({
      probabilistic_sharpe: [],
      deflated_sharpe: [],
    });
    const found = evidenceOfTable({ dates: [], series: [one, flat] });
    expect(found).toMatchObject({ deflated_sharpe: [], without_sharpe: ["flat"] });
    expect(found.false_discovery.map(({ names }) => names)).toEqual([["one"], ["one"]]);
    expect(found.wilson_intervals.rows[1]).toEqual({
      id: "flat",
      wins: 0,
      n: 0,
      "95": null,
      "90": null,
      "99": null,
    });
  });

  it("has the same average correlation by pairs as all at once", () => {
    const three = series("three", normalReturns(60, 3));
    const shifted = { ...flat, firstRow: 1 };
    const atOnce = averageCorrelation([one, two, three]);
    expect(averageCorrelation([one, two, three, shifted])).toBeCloseTo(atOnce ?? Number.NaN, 13);
    expect([averageCorrelation([]), averageCorrelation([one]), averageCorrelation([one, flat])]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

it("the average correlation of very many is that of a sample in which each occurs as often", () => {
  const many = Array.from({ length: 40 }, (_, at) => {
    const common = normalReturns(200, 1);
    const own = normalReturns(200, 100 + at);
    return series(
      `t${at}`,
      common.map((value, day) => value + (own[day] ?? 0)),
      at % 3,
    );
  });
  const whole = averageCorrelation(many) ?? Number.NaN;
  const sampled = averageCorrelation(many, 300) ?? Number.NaN;
  expect(sampled).not.toBe(whole);
  expect(Math.abs(sampled - whole)).toBeLessThan(0.05);
});

it("Wilson's interval stays within 0 and 1 and has no width of nothing", () => {
  expect(wilsonInterval(0, 0, 0.95)).toBeNull();
  expect(wilsonInterval(0, 5, 0.95)?.[0]).toBe(0);
  expect(wilsonInterval(5, 5, 0.95)?.[1]).toBeLessThanOrEqual(1);
});
