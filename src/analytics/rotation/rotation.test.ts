import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterDay, beginning, hedgeRate, movementBound, playedWeights, regretBound } from "./hedge.ts";
import { type RotationInput, rotate } from "./rotation.ts";

const LARGEST = 0.1;

/** Gains of a few experts over some days; `gaps` says how often nothing is known. */
function gainsOf(gaps: boolean) {
  const gain = fc.double({ min: -LARGEST, max: LARGEST, noNaN: true });
  const cell = gaps
    ? fc.oneof({ weight: 4, arbitrary: gain }, { weight: 1, arbitrary: fc.constant(Number.NaN) })
    : gain;
  return fc
    .record({ experts: fc.integer({ min: 1, max: 8 }), days: fc.integer({ min: 1, max: 120 }) })
    .chain(({ experts, days }) =>
      fc.array(fc.array(cell, { minLength: days, maxLength: days }), {
        minLength: experts,
        maxLength: experts,
      }),
    );
}

const inputOf = (
  experts: readonly (readonly number[])[],
  parts: Partial<RotationInput> = {},
): RotationInput => ({
  experts,
  days: experts[0]?.length ?? 0,
  costs: experts.map(() => 0.001),
  share: 0.01,
  largest: LARGEST,
  ...parts,
});

describe("Hedge with a fixed share", () => {
  it("keeps its weights above nothing and at one in sum, whatever the days bring", () => {
    fc.assert(
      fc.property(gainsOf(true), fc.double({ min: 0, max: 0.5, noNaN: true }), (experts, share) => {
        const terms = {
          rate: hedgeRate({ experts: experts.length, days: 50, largest: LARGEST, cost: 0 }),
          share,
          largest: LARGEST,
        };
        let weights = beginning(experts.length);
        for (let day = 0; day < (experts[0]?.length ?? 0); day += 1) {
          const gains = Float64Array.from(experts, (row) => row[day] ?? Number.NaN);
          const played = playedWeights(weights, gains);
          const sum = played.reduce((total, weight) => total + weight, 0);
          if (gains.every(Number.isNaN)) expect(sum).toBe(0);
          else expect(sum).toBeCloseTo(1, 9);
          weights = afterDay(weights, gains, terms);
          expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 9);
          expect(weights.every((weight) => weight > 0 && weight >= share / experts.length - 1e-12)).toBe(
            true,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it("regrets no more than its bound on any sequence, gaps or not", () => {
    fc.assert(
      fc.property(gainsOf(true), fc.double({ min: 0, max: 0.2, noNaN: true }), (experts, share) => {
        const found = rotate(inputOf(experts, { share, costs: experts.map(() => 0) }));
        expect(found.best?.regret ?? 0).toBeLessThanOrEqual(found.bound + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it("regrets no more than that and what moving may cost at most, costs counted", () => {
    fc.assert(
      fc.property(gainsOf(false), fc.double({ min: 0, max: 0.05, noNaN: true }), (experts, cost) => {
        const input = inputOf(experts, { costs: experts.map(() => cost) });
        const found = rotate(input);
        const most = cost * movementBound(found.terms) * (input.days - 1);
        expect(found.cost).toBeLessThanOrEqual(most + 1e-9);
        expect(found.best?.regret ?? 0).toBeLessThanOrEqual(found.bound + most + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the bound against who knows its weights and always lets the heaviest lose", () => {
    const [experts, days] = [6, 400];
    const terms = {
      rate: hedgeRate({ experts, days, largest: LARGEST, cost: 0 }),
      share: 0.002,
      largest: LARGEST,
    };
    let weights = beginning(experts);
    const sums = new Float64Array(experts);
    let gained = 0;
    for (let day = 0; day < days; day += 1) {
      const heaviest = weights.reduce((best, weight, at) => (weight > (weights[best] ?? 0) ? at : best), 0);
      const gains = Float64Array.from({ length: experts }, (_, at) => (at === heaviest ? -LARGEST : LARGEST));
      gained += gains.reduce((sum, gain, at) => sum + gain * (weights[at] ?? 0), 0);
      for (const [at, gain] of gains.entries()) sums[at] = (sums[at] ?? 0) + gain;
      weights = afterDay(weights, gains, terms);
    }
    const regret = Math.max(...sums) - gained;
    expect(regret).toBeGreaterThan(0);
    expect(regret).toBeLessThanOrEqual(regretBound({ ...terms, experts, days }));
  });

  it("finds who becomes good later again, which it would not without the share", () => {
    const half = 300;
    const good = (from: number) =>
      Array.from({ length: 2 * half }, (_, day) => (day >= from && day < from + half ? LARGEST : -LARGEST));
    const weightOfLater = (share: number) =>
      rotate(inputOf([good(0), good(half)], { share })).weights[1] ?? 0;
    expect(weightOfLater(0.005)).toBeGreaterThan(0.9);
    expect(weightOfLater(0)).toBeLessThan(0.51);
  });

  it("moves less where moving costs more", () => {
    const days = Array.from({ length: 200 }, (_, day) => (day % 40 < 20 ? 0.02 : -0.02));
    const other = days.map((value) => -value);
    const turnovers = [0, 0.001, 0.01, 0.1].map(
      (cost) => rotate(inputOf([days, other], { costs: [cost, cost], share: 0 })).turnover,
    );
    expect(turnovers).toEqual([...turnovers].sort((one, two) => two - one));
  });
});

describe("a rotation", () => {
  it("counts what it gains, what it costs, and what others would have gained", () => {
    const found = rotate(
      inputOf(
        [
          [0.01, 0.01],
          [0, 0],
        ],
        { share: 0, costs: [0.01, 0.02] },
      ),
    );
    const { rate } = found.terms;
    const heavier = Math.exp(0.01 * rate) / (Math.exp(0.01 * rate) + 1);
    const change = heavier - 0.5;
    expect(found.turnover).toBeCloseTo(2 * change, 12);
    expect(found.cost).toBeCloseTo(0.03 * change, 12);
    expect(found.gain).toBeCloseTo(0.005 + 0.01 * heavier - found.cost, 12);
    expect(found.equalGain).toBeCloseTo(0.01, 12);
    expect(found.best).toMatchObject({ expert: 0, gain: 0.02 });
    expect(found.best?.regret).toBeCloseTo(0.02 - found.gain, 12);
    expect(found.beyond).toBe(0);
  });

  it("is of nobody and of no days, and says which days are beyond what the bound holds for", () => {
    expect(rotate(inputOf([]))).toMatchObject({ best: null, gain: 0, bound: 0 });
    expect([...rotate(inputOf([[], []])).weights]).toEqual([0.5, 0.5]);
    expect(rotate(inputOf([[0.5], [0.1]])).beyond).toBe(1);
    expect(() => rotate(inputOf([[0.1]], { days: 2 }))).toThrow(RangeError);
    expect(() => rotate(inputOf([[0.1]], { costs: [] }))).toThrow(RangeError);
  });

  it("looks at no day before it is over: another future changes nothing before it", () => {
    fc.assert(
      fc.property(gainsOf(true), (experts) => {
        const days = Math.floor((experts[0]?.length ?? 0) / 2);
        const changed = experts.map((row) => row.map((value, day) => (day < days ? value : 0.05)));
        expect(rotate(inputOf(changed, { days }))).toEqual(rotate(inputOf(experts, { days })));
      }),
      { numRuns: 50 },
    );
  });
});
