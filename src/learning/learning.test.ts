import { describe, expect, it } from "vitest";
import { normalQuantile } from "../analytics/numeric/normal.ts";
import { seededRandom } from "../analytics/numeric/random.ts";
import { type Example, examplesOf, type LearningPeriod } from "./example.ts";
import { JUDGED_MIN, learnFrom } from "./judgement.ts";
import { bestPenalty, PENALTIES, purgedFolds } from "./penalty.ts";
import { fitRidge, predicted } from "./ridge.ts";
import { scaled, scaleOf } from "./scale.ts";

const OPTIONS = { top: 10, resamples: 300, seed: 1 };
const DAYS = 30;

function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => normalQuantile(random() + 2 ** -33);
}

const example = (features: readonly number[], target: number, beginDay = 0): Example => ({
  features,
  target,
  beginDay,
  endDay: beginDay + DAYS,
});

describe("features made alike", () => {
  it("have mean zero and deviation one, and end at the edges", () => {
    const values = Array.from({ length: 1_001 }, (_, at) => at).with(1_000, 1e9);
    const scale = scaleOf(values);
    const all = values.map((value) => scaled(value, scale));
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const square = all.reduce((sum, value) => sum + value ** 2, 0) / (all.length - 1);
    expect(mean).toBeCloseTo(0, 10);
    expect(square).toBeCloseTo(1, 10);
    expect(scaled(1e9, scale)).toBe(scaled(975, scale));
  });

  it("count as average where they are not known or never vary", () => {
    expect(scaled(Number.NaN, scaleOf([1, 2, 3]))).toBe(0);
    expect(scaled(Number.POSITIVE_INFINITY, scaleOf([1, 2, 3]))).toBe(0);
    expect(scaled(7, scaleOf([7, 7, Number.NaN]))).toBe(0);
    expect(scaled(7, scaleOf([Number.NaN]))).toBe(0);
  });
});

describe("ridge regression", () => {
  it("is the least squares that a penalty draws to zero: of one feature by its formula", () => {
    const examples = Array.from({ length: 400 }, (_, at) => example([at], 3 * at));
    const { weights, constant, scales } = fitRidge(examples, 1);
    const [scale] = scales;
    // Features and targets have the same edges; in scaled units the slope without a penalty is 3 deviations.
    const inputs = examples.map(({ features: [value = 0] }) => scaled(value, scale ?? expect.fail("none")));
    const square = inputs.reduce((sum, value) => sum + value ** 2, 0) / inputs.length;
    expect(weights[0]).toBeCloseTo((3 * (scale?.deviation ?? 0) * square) / (square + 1), 9);
    expect(constant).toBeCloseTo(3 * 199.5, 9);
  });

  it("shares what two equal features say between them", () => {
    const normal = normals(1);
    const examples = Array.from({ length: 200 }, () => {
      const value = normal();
      return example([value, value, normal()], value);
    });
    const model = fitRidge(examples, 0.01);
    const [one = 0, other = 0, third = 1] = model.weights;
    expect(one).toBeCloseTo(other, 9);
    expect(one).toBeGreaterThan(0.3);
    expect(Math.abs(third)).toBeLessThan(0.1);
    expect(predicted(model, [Number.NaN, Number.NaN, Number.NaN])).toBeCloseTo(model.constant, 12);
  });

  it("has nothing to learn from no example", () => {
    expect(() => fitRidge([], 1)).toThrow(RangeError);
  });
});

describe("the penalty", () => {
  it("is tried on parts whose time, and a period round it, taught nothing", () => {
    const examples = Array.from({ length: 20 }, (_, at) => example([at], 0, at * DAYS));
    const folds = purgedFolds(examples, DAYS);
    expect(folds).toHaveLength(5);
    for (const { training, trial } of folds) {
      const from = Math.min(...trial.map(({ beginDay }) => beginDay)) - DAYS;
      const until = Math.max(...trial.map(({ endDay }) => endDay)) + DAYS;
      for (const { beginDay, endDay } of training) expect(endDay <= from || beginDay >= until).toBe(true);
      expect(training.length).toBeGreaterThanOrEqual(14);
    }
  });

  it("is weak where a feature tells, strong where none does and where nothing can be tried", () => {
    const normal = normals(2);
    const made = (share: number) =>
      Array.from({ length: 300 }, (_, at) => {
        const features = Array.from({ length: 10 }, normal);
        return example(features, share * (features[0] ?? 0) + normal(), Math.floor(at / 20) * DAYS);
      });
    expect(bestPenalty(made(3), DAYS)).toBeLessThanOrEqual(0.1);
    expect(bestPenalty(made(0), DAYS)).toBeGreaterThanOrEqual(3);
    expect(bestPenalty(made(3).slice(0, 20), DAYS)).toBe(Math.max(...PENALTIES));
  });
});

/** Skill that the first feature tells with `share`; the baseline's order is chance. */
function past(periods: number, share: number, seed: number): readonly LearningPeriod[] {
  const normal = normals(seed);
  return Array.from({ length: periods }, (_, at) => ({
    beginDay: at * DAYS,
    days: DAYS,
    candidates: Array.from({ length: 24 }, (_, place) => {
      const skill = normal();
      const outcome = Float64Array.from({ length: DAYS }, () => 0.003 * share * skill + 0.02 * normal());
      const features = [skill, normal(), normal()];
      return { name: `t${place}`, returns: new Float64Array(60), outcome, features };
    }),
  }));
}

describe("what was learned", () => {
  it("is better where a feature tells who is good, and says by how much", () => {
    const { judgement, model } = learnFrom(past(24, 1, 5), OPTIONS);
    expect(judgement).toMatchObject({ isBetter: true, examples: 24 * 24 });
    expect(judgement.ahead?.sharpeInterval?.[0]).toBeGreaterThan(0);
    expect(judgement.reason).toContain("above the simple ranking's");
    expect(model?.weights[0]).toBeGreaterThan(Math.abs(model?.weights[1] ?? 0) * 3);
  });

  it("is hardly ever taken for better where nothing tells", () => {
    const better = Array.from({ length: 20 }, (_, seed) =>
      learnFrom(past(12, 0, 100 + seed), OPTIONS),
    ).filter(({ judgement }) => judgement.isBetter);
    expect(better.length).toBeLessThanOrEqual(2);
  });

  it("chose at each beginning by what had come out by then", () => {
    const whole = past(10, 1, 7);
    // The last period's outcome is nobody's lesson: it moves no choice, so only its own days differ.
    const last = whole.at(-1) ?? expect.fail("none");
    const turned = {
      ...last,
      candidates: last.candidates.map((c) => ({ ...c, outcome: c.outcome.map((r) => -r) })),
    };
    const [plus, minus] = [whole, [...whole.slice(0, -1), turned]].map(
      (periods) => learnFrom(periods, OPTIONS).judgement.ahead?.returnAhead ?? 0,
    );
    const before = learnFrom(whole.slice(0, -1), OPTIONS).judgement.ahead;
    const days = before?.days ?? 0;
    const sum = ((before?.returnAhead ?? 0) * days * 2) / (days + DAYS);
    expect((plus ?? 0) + (minus ?? 0)).toBeCloseTo(sum, 9);
  });

  it("is not used of too short a past, and none is made of no past", () => {
    const { judgement, model } = learnFrom(past(JUDGED_MIN, 3, 9), OPTIONS);
    expect(judgement).toMatchObject({ isBetter: false });
    expect(judgement.reason).toContain(`${JUDGED_MIN} are needed`);
    expect(model).not.toBeNull();
    expect(learnFrom([], OPTIONS)).toMatchObject({
      judgement: { periods: 0, examples: 0, ahead: null, isBetter: false },
      model: null,
    });
  });

  it("has a target of zero of days on which nothing happened", () => {
    const [period] = past(1, 0, 1);
    const [one] = period?.candidates ?? [];
    if (period === undefined || one === undefined) return expect.fail("none");
    const still = { ...period, candidates: [{ ...one, outcome: new Float64Array(DAYS) }] };
    expect(examplesOf(still)[0]).toMatchObject({ target: 0, beginDay: 0, endDay: DAYS });
  });
});
