/** Judging many trials: what may teach about what, what luck alone would do, and whether something planted is found and nothing else. */
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { bestOfAll } from "./best-of-all.ts";
import { chosenAhead } from "./chosen-ahead.ts";
import { blocksOf, teachingDays } from "./folds.ts";
import { type JudgingOptions, judgedTrials } from "./judged-trials.ts";
import { overfittingOf } from "./overfitting.ts";
import { ratioOf, ratioOn } from "./trial-ratio.ts";

const OPTIONS: JudgingOptions = { folds: 5, purge: 2, embargo: 365, resamples: 200, seed: 1, earlier: [] };

interface Made {
  readonly trials: number;
  readonly days: number;
  /** Of all from the second half of the trials on: their mean return over the deviation of all. */
  readonly skill?: number;
  /** How much of a day goes on into the next. */
  readonly follows?: number;
}

/** Trials that have half of their variance in common; the first of them is the default. */
function made(seed: number, { trials, days, skill = 0, follows = 0 }: Made): readonly Float64Array[] {
  const random = seededRandom(seed);
  const series = () => {
    let before = 0;
    return Float64Array.from({ length: days }, () => {
      before = follows * before + normalQuantile(random() + 2 ** -33);
      return before;
    });
  };
  const market = series();
  return Array.from({ length: trials }, (_, at) => {
    const own = series();
    return market.map((value, day) => {
      const both = Math.SQRT1_2 * value + Math.SQRT1_2 * (own[day] ?? 0);
      return 0.01 * (both + (at >= trials / 2 ? skill : 0));
    });
  });
}

const share = <Thing>(things: readonly Thing[], holds: (thing: Thing) => boolean) =>
  things.filter(holds).length / things.length;

describe("the ratio of a trial", () => {
  it("is mean over deviation, of all days or some, and zero where nothing varies", () => {
    const returns = Float64Array.of(0.01, 0.03, 0.02, -0.02);
    expect(ratioOf(returns)).toBeCloseTo(0.01 / Math.sqrt(0.0014 / 3), 12);
    expect(ratioOn(returns, [0, 1])).toBeCloseTo(0.02 / Math.sqrt(0.0002), 12);
    expect(ratioOf(new Float64Array(9))).toBe(0);
    expect(ratioOf(new Float64Array(9).fill(0.1))).toBe(0);
    expect(ratioOf(Float64Array.of(0.1))).toBe(0);
  });
});

describe("days that may teach", () => {
  it("are in blocks as long as each other", () => {
    expect(blocksOf(11, 3)).toEqual([
      { from: 0, until: 3 },
      { from: 3, until: 7 },
      { from: 7, until: 11 },
    ]);
  });

  it("lie as far from what is judged as positions are held, and after it as far as is looked back", () => {
    const judged = [{ from: 5, until: 7 }];
    expect(teachingDays(12, judged, { purge: 0, embargo: 0 })).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
    expect(teachingDays(12, judged, { purge: 2, embargo: 0 })).toEqual([0, 1, 2, 9, 10, 11]);
    expect(teachingDays(12, judged, { purge: 2, embargo: 2 })).toEqual([0, 1, 2, 11]);
    expect(teachingDays(12, [...judged, { from: 0, until: 1 }], { purge: 1, embargo: 1 })).toEqual([
      3, 9, 10, 11,
    ]);
  });
});

/** 100 days of a default that gains a little, and a trial that is worse on all days but those: there it gains very much. */
function leaking(from: number, until: number): readonly Float64Array[] {
  const base = Float64Array.from({ length: 100 }, (_, day) => (day % 2 === 0 ? 0.012 : -0.01));
  const leak = base.map((value, day) => value + (day >= from && day < until ? 0.1 : -0.002));
  return [base, leak];
}

describe("options chosen on some days and held on others", () => {
  const chosen = (trials: readonly Float64Array[], purge: number, embargo: number, usesLater: boolean) =>
    chosenAhead(trials, { folds: 5, purge, embargo, usesLater }).blocks.map(
      ({ from, chosen: place }) => [from, place] as const,
    );

  it("are not chosen for what is still held across the border of a fold", () => {
    const trials = leaking(57, 60);
    expect(chosen(trials, 0, 0, false)).toContainEqual([60, 1]);
    expect(chosen(trials, 3, 0, false)).toContainEqual([60, 0]);
    // By the next fold it is over, and may be known.
    expect(chosen(trials, 3, 0, false)).toContainEqual([80, 1]);
  });

  it("are not chosen for days on which a strategy still looked back at what is judged", () => {
    const trials = leaking(43, 50);
    expect(chosen(trials, 3, 0, true)).toContainEqual([20, 1]);
    expect(chosen(trials, 3, 7, true)).toContainEqual([20, 0]);
  });

  it("are chosen by nothing that comes later, walking forward", () => {
    const trials = leaking(80, 100);
    expect(chosen(trials, 0, 0, false)).toEqual([
      [20, 0],
      [40, 0],
      [60, 0],
      [80, 0],
    ]);
    expect(chosen(trials, 0, 0, true).slice(0, 4)).toEqual([
      [0, 1],
      [20, 1],
      [40, 1],
      [60, 1],
    ]);
  });

  it("leave out folds before which too little is known, and put the days of the others together", () => {
    const [base = new Float64Array(), other = base] = leaking(0, 60);
    const found = chosenAhead([base, other], { folds: 10, purge: 5, embargo: 0, usesLater: false });
    expect(found.blocks[0]).toMatchObject({ from: 20, until: 30, taught: 15, chosen: 1 });
    expect(found.returns).toEqual(other.subarray(20));
    expect(found.base).toEqual(base.subarray(20));
  });
});

describe("the best of all by luck", () => {
  it("is not told from the default more often than is said where there is no skill", () => {
    const runs = Array.from({ length: 200 }, (_, seed) => {
      const trials = made(2_000 + seed, { trials: 10, days: 120 });
      return Math.min(...bestOfAll(trials, { resamples: 200, seed }).chances);
    });
    expect(share(runs, (chance) => chance < 0.05)).toBeLessThanOrEqual(0.09);
    expect(share(runs, (chance) => chance < 0.05)).toBeGreaterThan(0.01);
    expect(share(runs, (chance) => chance < 0.5)).toBeGreaterThan(0.4);
    expect(share(runs, (chance) => chance < 0.5)).toBeLessThan(0.6);
  });

  it("does not count twice what is the same", () => {
    const trials = made(5, { trials: 6, days: 120 });
    const options = { resamples: 300, seed: 1 };
    const { chances } = bestOfAll(trials, options);
    const doubled = bestOfAll([...trials, ...trials.slice(1)], options).chances;
    expect(doubled.slice(0, 6)).toEqual(chances);
    expect(doubled.slice(6)).toEqual(chances.slice(1));
  });

  it("leaves the default and what is behind it alone, and is not asked without resamples", () => {
    const [base = new Float64Array(), ...others] = made(6, { trials: 3, days: 60 });
    const worse = base.map((value) => value - 0.01);
    const { ahead, chances } = bestOfAll([base, worse, ...others], { resamples: 100, seed: 1 });
    expect(chances.slice(0, 2)).toEqual([1, 1]);
    expect(ahead[0]).toBe(0);
    expect(ahead[1]).toBeLessThan(0);
    expect(bestOfAll([base, worse], { resamples: 0, seed: 1 }).chances).toEqual([]);
  });
});

describe("the probability of overfitting", () => {
  const days = 40;
  const wave = Float64Array.from({ length: days }, (_, day) => (day % 2 === 0 ? 0.01 : -0.009));

  it("is none where one trial is best on every half, by every way to part the days", () => {
    const trials = [wave, wave.map((value) => value + 0.005), wave.map((value) => value - 0.005)];
    expect(overfittingOf(trials, 0)).toEqual({ probability: 0, blocks: 8, partings: 70 });
  });

  it("is one where what was good on one half is what is bad on the other", () => {
    // Each trial is good in half of the blocks and bad in the others, and for each the opposite is there.
    const masks = [0b00001111, 0b00110011, 0b01010101, 0b00111100, 0b01011010, 0b01100110, 0b01101001];
    const trials = masks.flatMap((mask) =>
      [1, -1].map((sign) =>
        wave.map((value, day) => value + ((mask >> Math.floor(day / 5)) & 1 ? 0.01 : -0.01) * sign),
      ),
    );
    expect(overfittingOf(trials, 0)?.probability).toBe(1);
  });

  it("is about a half of noise, and not told of too few days or one trial", () => {
    const found = Array.from({ length: 30 }, (_, seed) =>
      overfittingOf(made(500 + seed, { trials: 10, days: 100 }), 1),
    );
    const mean = found.reduce((sum, one) => sum + (one?.probability ?? 0), 0) / found.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.6);
    expect(overfittingOf(made(1, { trials: 10, days: 19 }), 0)).toBeNull();
    expect(overfittingOf(made(1, { trials: 10, days: 100 }), 10)).toBeNull();
    expect(overfittingOf(made(1, { trials: 1, days: 100 }), 0)).toBeNull();
  });
});

describe("what is judged together", () => {
  it("finds options that truly matter", () => {
    const runs = Array.from({ length: 20 }, (_, seed) =>
      judgedTrials(made(seed, { trials: 12, days: 300, skill: 0.35 }), OPTIONS),
    );
    expect(share(runs, ({ isBetter, isProven }) => isBetter && isProven)).toBeGreaterThanOrEqual(0.9);
    expect(runs.every(({ best }) => best >= 6)).toBe(true);
    expect(runs.every(({ overfitting }) => (overfitting?.probability ?? 1) < 0.05)).toBe(true);
  });

  it.each([
    ["", 0],
    [" whose days hang together", 0.3],
  ])("says no to noise%s, and each thing that is asked seldom holds by chance", (_, follows) => {
    const runs = Array.from({ length: 100 }, (__, seed) =>
      judgedTrials(made(9_000 + seed, { trials: 12, days: 120, follows }), OPTIONS),
    );
    const holds = (check: string) =>
      share(runs, ({ checks }) => checks.some((one) => one.check === check && one.holds));
    expect(share(runs, ({ isBetter }) => isBetter)).toBeLessThanOrEqual(0.07);
    expect(share(runs, ({ isBetter, isProven }) => isBetter && isProven)).toBeLessThanOrEqual(0.01);
    expect(holds("walk-forward")).toBeLessThanOrEqual(0.1);
    expect(holds("best-of-all")).toBeLessThanOrEqual(0.16);
    expect(holds("deflated-sharpe")).toBeLessThanOrEqual(0.12);
  });

  it("holds what was chosen forward by how it was lived through, where that is known", () => {
    const trials = made(3, { trials: 4, days: 100, skill: 0.5 });
    const forward = Float64Array.from({ length: 100 }, (_, day) => (day % 2 === 0 ? 0.01 : -0.01));
    const { walkForward } = judgedTrials(trials, { ...OPTIONS, forward });
    const [base = new Float64Array()] = trials;
    const days = walkForward.blocks.reduce((sum, { from, until }) => sum + until - from, 0);
    expect(walkForward.ahead?.days).toBe(days);
    const mean = base.subarray(20).reduce((sum, value) => sum + value, 0) / 80;
    expect(walkForward.ahead?.returnAhead).toBeCloseTo(-mean * 365, 9);
    for (const { sharpe } of walkForward.blocks) expect(sharpe).toBe(0);
  });

  it("is surer of less the more was tried before, on the same days or others", () => {
    const trials = made(3, { trials: 12, days: 120, skill: 0.2 });
    const alone = judgedTrials(trials, OPTIONS);
    const after = judgedTrials(trials, { ...OPTIONS, earlier: Array.from({ length: 60 }, () => null) });
    expect(after.counts).toMatchObject({ now: 12, earlier: 60, all: 72 });
    const { best } = alone;
    const [chance = 0, later = 0] = [alone.chances[best], after.chances[best]];
    expect(later).toBeCloseTo(1 - (1 - chance) ** 6, 12);
    expect(after.deflated?.byAll ?? 1).toBeLessThan(alone.deflated?.byAll ?? 0);
    expect(after.deflated?.luckiestOfAll ?? 0).toBeGreaterThan(alone.deflated?.luckiestOfAll ?? 1);
  });

  it("counts trials that are alike as few", () => {
    const [base = new Float64Array()] = made(4, { trials: 1, days: 100 });
    const alike = Array.from({ length: 20 }, (_, at) => base.map((value) => value * (1 + at)));
    const { counts } = judgedTrials(alike, OPTIONS);
    expect(counts.averageCorrelation).toBeCloseTo(1, 9);
    expect(counts.independent).toBe(2);
  });

  it("tells what loses less from what earns", () => {
    const [base = new Float64Array(), other = base] = made(2, { trials: 2, days: 300 });
    const loses = (returns: Float64Array, by: number) => returns.map((value) => value - by);
    const found = judgedTrials([loses(base, 0.006), loses(other, 0.001)], OPTIONS);
    expect(found).toMatchObject({ best: 1, isBetter: true, isProven: false });
  });

  it("knows a default that holds nothing", () => {
    const trials = made(8, { trials: 4, days: 200, skill: 0.5 });
    const found = judgedTrials([new Float64Array(200), ...trials], OPTIONS);
    expect(found.sharpes[0]).toBe(0);
    expect(found.walkForward.ahead?.sharpeAhead).toBeGreaterThan(0);
    expect(found.isBetter).toBe(true);
  });

  it("tells nothing of too few days, whatever they show", () => {
    const found = judgedTrials(made(1, { trials: 6, days: 36, skill: 3 }), OPTIONS);
    expect(found).toMatchObject({ isBetter: false, isLongEnough: false });
    expect(found.checks.find(({ check }) => check === "walk-forward")?.holds).toBe(false);
  });

  it("lets later days teach only where they are further away than is looked back", () => {
    const trials = made(1, { trials: 3, days: 200 });
    expect(judgedTrials(trials, OPTIONS).crossValidated).toBeNull();
    const near = judgedTrials(trials, { ...OPTIONS, embargo: 20 }).crossValidated;
    expect(near?.blocks).toHaveLength(5);
    expect(near?.blocks[1]?.taught).toBe(200 - 40 - 2 * 2 - 20);
  });

  it("is refused without trials, and of trials of different days", () => {
    expect(() => judgedTrials([], OPTIONS)).toThrow(RangeError);
    expect(() => judgedTrials([new Float64Array(9), new Float64Array(8)], OPTIONS)).toThrow(RangeError);
  });
});
