/** What a portfolio may lose: parts that sum to it, known answers, and the figures of single records where there is one part. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawdownsOf } from "../metrics/drawdown.ts";
import { momentsOf } from "../metrics/moments.ts";
import { exactShortfall, historicalValueAtRisk, parametricValueAtRisk } from "../metrics/tail-risk.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { betaOn, partedBeta } from "./benchmark-beta.ts";
import { type PortfolioRisk, portfolioRisk, riskIntervals } from "./portfolio-risk.ts";

const TERMS = { confidence: 0.95, periodsPerYear: 365 };
const FIGURES = [
  "valueAtRisk",
  "shortfall",
  "normalValueAtRisk",
  "normalShortfall",
  "annualVolatility",
  "deepestFall",
  "fallNow",
] as const satisfies readonly (keyof PortfolioRisk)[];

const table = fc
  .record({ parts: fc.integer({ min: 1, max: 6 }), days: fc.integer({ min: 2, max: 200 }) })
  .chain(({ parts, days }) =>
    fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: days, maxLength: days }), {
      minLength: parts,
      maxLength: parts,
    }),
  )
  .map((rows) => rows.map((row) => Float64Array.from(row)));
const confidence = fc.constantFrom(0.9, 0.95, 0.99);

/** `days` results of a normal of this deviation. */
function normal(days: number, deviation: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from(
    { length: days },
    () => deviation * normalQuantile((random() + 1e-10) / (1 + 2e-10)),
  );
}

const scaled = (results: Float64Array, by: number) => results.map((one) => by * one);

describe("the risk of a portfolio", () => {
  it("is the sum of what its parts have in it, every figure of it", () => {
    fc.assert(
      fc.property(table, confidence, (parts, level) => {
        const risk = portfolioRisk(parts, { ...TERMS, confidence: level });
        for (const name of FIGURES) {
          const { whole, parts: shares } = risk[name];
          const sum = shares.reduce((total, one) => total + one, 0);
          const size = shares.reduce((total, one) => total + Math.abs(one), 1);
          expect(Math.abs(sum - whole), name).toBeLessThan(1e-9 * size);
        }
      }),
    );
  });

  it("has nothing of a part that holds nothing, and is the same without it", () => {
    fc.assert(
      fc.property(table, (parts) => {
        const nothing = new Float64Array(parts[0]?.length ?? 0);
        const [with_, without] = [portfolioRisk([...parts, nothing], TERMS), portfolioRisk(parts, TERMS)];
        for (const name of FIGURES) {
          expect(Math.abs(with_[name].parts.at(-1) ?? 1), name).toBe(0);
          expect(with_[name].whole, name).toBe(without[name].whole);
        }
      }),
    );
  });

  it("grows in proportion to what is held", () => {
    fc.assert(
      fc.property(table, fc.constantFrom(0.25, 2, 8), (parts, by) => {
        const one = portfolioRisk(parts, TERMS);
        const more = portfolioRisk(
          parts.map((part) => scaled(part, by)),
          TERMS,
        );
        for (const name of FIGURES) expect(more[name].whole).toBeCloseTo(by * one[name].whole, 9);
      }),
    );
  });

  it("has a shortfall of the whole that is at most the sum of those of its parts alone", () => {
    fc.assert(
      fc.property(table, confidence, (parts, level) => {
        const terms = { ...TERMS, confidence: level };
        const alone = parts.map((part) => portfolioRisk([part], terms).shortfall.whole);
        const sum = alone.reduce((total, one) => total + one, 0);
        expect(portfolioRisk(parts, terms).shortfall.whole).toBeLessThanOrEqual(sum + 1e-9);
      }),
    );
  });

  it("is, of one part, what its record's own figures are", () => {
    fc.assert(
      fc.property(table, ([results = new Float64Array(0)]) => {
        const risk = portfolioRisk([results], TERMS);
        const moments = momentsOf(results);
        expect(risk.valueAtRisk.whole).toBeCloseTo(-(historicalValueAtRisk(results) ?? Number.NaN), 9);
        expect(risk.shortfall.whole).toBeCloseTo(-(exactShortfall(results) ?? Number.NaN), 9);
        expect(risk.normalValueAtRisk.whole).toBeCloseTo(-(parametricValueAtRisk(moments) ?? Number.NaN), 9);
        expect(risk.annualVolatility.whole).toBeCloseTo((moments.deviation ?? 0) * Math.sqrt(365), 9);
      }),
    );
  });

  it("finds what was planted: two leaders of known deviations and a known correlation", () => {
    const days = 160_000;
    const [common, own] = [normal(days, 0.01, 1), normal(days, 0.01, 2)];
    // Deviations 0.02 and 0.01, correlation 0.6, held at 1.5 and 1 times equity.
    const first = scaled(common, 3);
    const second = common.map((value, day) => 0.6 * value + 0.8 * (own[day] ?? 0));
    const risk = portfolioRisk([first, second], TERMS);
    const deviation = Math.sqrt(0.03 ** 2 + 0.01 ** 2 + 2 * 0.6 * 0.03 * 0.01);
    expect(risk.valueAtRisk.whole).toBeCloseTo(1.6449 * deviation, 3);
    expect(risk.shortfall.whole).toBeCloseTo(2.0627 * deviation, 3);
    expect(risk.normalShortfall.whole).toBeCloseTo(2.0627 * deviation, 3);
    expect(risk.annualVolatility.whole).toBeCloseTo(deviation * Math.sqrt(365), 2);
    const share = (0.03 ** 2 + 0.6 * 0.03 * 0.01) / deviation ** 2;
    for (const name of ["valueAtRisk", "shortfall", "annualVolatility"] as const)
      expect((risk[name].parts[0] ?? 0) / risk[name].whole).toBeCloseTo(share, 1);
  });

  it("counts a hedge as less than nothing", () => {
    const results = normal(1_000, 0.01, 3);
    const risk = portfolioRisk([scaled(results, 2), scaled(results, -1)], TERMS);
    expect(risk.shortfall.parts[1]).toBeCloseTo(-(risk.shortfall.whole ?? 0), 9);
    expect(risk.annualVolatility.whole).toBeCloseTo(
      portfolioRisk([results], TERMS).annualVolatility.whole,
      9,
    );
  });

  it("tells the deepest fall of the sum and where it stands now", () => {
    const parts = [
      Float64Array.of(0.1, -0.2, 0.05, -0.1, 0.3, -0.05),
      Float64Array.of(0, -0.1, 0, 0, 0.1, 0),
    ];
    const { deepestFall, fallNow } = portfolioRisk(parts, TERMS);
    expect(deepestFall.whole).toBeCloseTo(0.35, 12);
    expect(deepestFall.parts.map((part) => part.toFixed(9))).toEqual(["0.250000000", "0.100000000"]);
    expect(fallNow.whole).toBeCloseTo(0.05, 12);
    const small = Float64Array.of(1e-6, -3e-6, 2e-6);
    expect(portfolioRisk([small], TERMS).deepestFall.whole).toBeCloseTo(-drawdownsOf(small).deepest, 9);
  });

  it("has intervals that hold the truth about as often as they say", () => {
    let held = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const found = riskIntervals([normal(365, 0.01, 100 + seed)], TERMS, { resamples: 200, seed });
      const [low, high] = found?.annualVolatility ?? [1, 0];
      const truth = 0.01 * Math.sqrt(365);
      held += low <= truth && truth <= high ? 1 : 0;
    }
    expect(held).toBeGreaterThanOrEqual(34);
    expect(riskIntervals([normal(365, 0.01, 1)], TERMS, { resamples: 0, seed: 1 })).toBeNull();
  });
});

describe("beta", () => {
  it("is the slope on the days that count and of which the benchmark is known", () => {
    const benchmark = normal(200, 0.02, 5);
    const results = benchmark.map((value, day) => (day % 3 === 0 ? 1 : 1.5 * value));
    benchmark[1] = Number.NaN;
    const counts = (day: number) => day % 3 !== 0;
    expect(betaOn(results, benchmark, { counts, daysMin: 30 })).toEqual({
      beta: expect.closeTo(1.5, 9),
      days: 132,
    });
    expect(betaOn(results, benchmark, { counts, daysMin: 133 })).toBeNull();
    expect(betaOn(results, new Float64Array(200), { counts, daysMin: 30 })).toBeNull();
  });

  it("of the whole is the sum of its parts'", () => {
    expect(partedBeta([0.5, -0.2])).toEqual({ whole: expect.closeTo(0.3, 12), parts: [0.5, -0.2] });
  });
});
