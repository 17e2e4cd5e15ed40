import { describe, expect, it } from "vitest";
import { momentsOf } from "../metrics/moments.ts";
import { sharpeRatio } from "../metrics/sharpe.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { bootstrapIntervals } from "../selection/bootstrap.ts";
import { drawnTogether } from "./drawn-together.ts";
import { type LockStepRecord, lockStepGroups, lockStepPairs } from "./lock-step.ts";
import { rankRecords } from "./rank-records.ts";
import { sharpeInterval } from "./sharpe-interval.ts";

const TAIL = 0.05;
const Z = 1.6448536269514722;

/** `n` days that come to exactly this mean and deviation (n even): one half above, one half below. */
function record(name: string, { n, mean, deviation }: { n: number; mean: number; deviation: number }) {
  const step = deviation * Math.sqrt((n - 1) / n);
  return {
    name,
    returns: Float64Array.from({ length: n }, (_, day) => mean + (day % 2 === 0 ? step : -step)),
  };
}

describe("ratios that are drawn together", () => {
  it("stay as they are where fewer than four tell nothing of each other", () => {
    const [one] = drawnTogether([0.2, -0.1, 0.4], [0.01, 0.04, 0.01], TAIL);
    expect(one?.value).toBe(0.2);
    expect(one?.lower).toBeCloseTo(0.2 - Z * 0.1, 12);
    expect(one?.upper).toBeCloseTo(0.2 + Z * 0.1, 12);
  });

  it("lose most where the record is short, and keep their order where records are alike", () => {
    const values = [0.3, 0.3, 0.1, 0, -0.2];
    const [long, short, lower, zero, least] = drawnTogether(values, [0.001, 0.05, 0.05, 0.05, 0.05], TAIL);
    expect(long?.value).toBeGreaterThan(0.25);
    expect(short?.value).toBeLessThan(0.2);
    const lowerBounds = [long, short, lower, zero, least].map((one) => one?.lower ?? Number.NaN);
    expect(lowerBounds).toEqual([...lowerBounds].sort((a, b) => b - a));
  });

  it("are never drawn towards more than zero: who is looked at did well before", () => {
    const drawn = drawnTogether([0.2, 0.2, 0.2, 0.2], [0.01, 0.01, 0.01, 0.01], TAIL);
    for (const { value } of drawn) expect(value).toBeLessThan(0.2);
  });

  it("lie under their lower bound about as often as it says, and above their upper one", () => {
    const random = seededRandom(7);
    const normal = () => normalQuantile(random() * 0.999999 + 5e-7);
    let [below, above, count] = [0, 0, 0];
    for (let world = 0; world < 300; world += 1) {
      const truths = Array.from({ length: 10 }, () => 0.1 * normal());
      const variances = truths.map(() => 0.002 + 0.02 * random());
      const seen = truths.map((truth, at) => truth + Math.sqrt(variances[at] ?? 0) * normal());
      for (const [at, { lower, upper }] of drawnTogether(seen, variances, TAIL).entries()) {
        const truth = truths[at] ?? 0;
        if (truth < lower) below += 1;
        if (truth > upper) above += 1;
        count += 1;
      }
    }
    expect(below / count).toBeGreaterThan(0.02);
    expect(below / count).toBeLessThan(0.07);
    expect(above / count).toBeGreaterThan(0.02);
    expect(above / count).toBeLessThan(0.08);
  });
});

describe("a ranking of records", () => {
  const options = { screened: 2 };
  const long = record("long", { n: 1000, mean: 0.001, deviation: 0.01 });
  const short = record("short", { n: 30, mean: 0.0015, deviation: 0.01 });

  it("puts the surer record above the better looking one (pain 42)", () => {
    const { ranked } = rankRecords([short, long], options);
    expect(ranked.map(({ name }) => name)).toEqual(["long", "short"]);
    expect(ranked[0]?.sharpe).toBeCloseTo(0.1 * Math.sqrt(365), 10);
    expect(ranked[1]?.sharpe).toBeCloseTo(0.15 * Math.sqrt(365), 10);
  });

  it("says how sure it is by the formulas of the record's own moments", () => {
    // Two equally likely values: no skew, kurtosis 1, so the error is 1 / sqrt(n - 1).
    const [only] = rankRecords([long], { ...options, screened: 1 }).ranked;
    expect(only?.lowerBound).toBeCloseTo((0.1 - Z / Math.sqrt(999)) * Math.sqrt(365), 6);
    expect(only?.probabilisticSharpe).toBeCloseTo(0.99921, 4);
    expect(only?.daysNeeded).toBe(Math.ceil(1 + (Z / 0.1) ** 2));
    expect(only?.conclusion).toBe("skill-likely");
  });

  it("takes no record for surer because a lucky day left it a skew", () => {
    const calm = record("calm", { n: 100, mean: 0.002, deviation: 0.01 });
    const lucky = { ...calm, name: "lucky", returns: calm.returns.with(0, 0.08) };
    const { ranked } = rankRecords([calm, lucky], options);
    const found = ranked.find(({ name }) => name === "lucky");
    const { mean, deviation, skew } = momentsOf(lucky.returns);
    const sharpe = (mean ?? 0) / (deviation ?? 1);
    expect(skew).toBeGreaterThan(2);
    expect(found?.lowerBound).toBeLessThanOrEqual((sharpe - Z / Math.sqrt(99)) * Math.sqrt(365) + 1e-9);
  });

  it("believes the best the less the more were looked at, whoever gave no figure counted (pain 42)", () => {
    const [few] = rankRecords([long, short], options).ranked;
    const { ranked, luckiestSharpe } = rankRecords([long, short], { ...options, screened: 5_000 });
    expect(ranked[0]?.deflatedSharpe ?? 1).toBeLessThan(few?.deflatedSharpe ?? 0);
    expect(ranked[0]?.qValue).toBe(1);
    expect(ranked[0]?.conclusion).toBe("unproven");
    expect(luckiestSharpe).toBeGreaterThan(0);
    const [hundred] = rankRecords([long, short], { ...options, screened: 100 }).ranked;
    expect(hundred?.qValue).toBeCloseTo(100 * (hundred?.pValue ?? 0), 12);
  });

  it("names what loses, and leaves out what never varies", () => {
    const loser = record("loser", { n: 400, mean: -0.002, deviation: 0.01 });
    const flat = { name: "flat", returns: new Float64Array(50) };
    const { ranked, withoutSharpe } = rankRecords([loser, flat], options);
    expect(ranked).toMatchObject([{ name: "loser", conclusion: "losing", daysNeeded: null }]);
    expect(withoutSharpe).toEqual(["flat"]);
  });

  it("makes the same intervals of the same seed", () => {
    const made = () => sharpeInterval(long.returns, 365, { resamples: 50, seed: 1 });
    expect(made()).toEqual(made());
    expect(made()).not.toBeNull();
    expect(sharpeInterval(long.returns, 365, { resamples: 0, seed: 1 })).toBeNull();
  });

  it("makes the intervals that any figure's resampling makes, and none of what never varies", () => {
    const random = seededRandom(3);
    let before = 0;
    const returns = Float64Array.from({ length: 60 }, () => {
      before = 0.4 * before + 0.03 * (random() - 0.45);
      return before;
    });
    const measure = (sample: Float64Array) => ({ sharpe: sharpeRatio(momentsOf(sample), 365) });
    const options = { resamples: 200, seed: 7 };
    const { intervals, blockLength } = bootstrapIntervals(returns, measure, { ...options, confidence: 0.95 });
    const found = sharpeInterval(returns, 365, options) ?? expect.fail("no interval");
    expect(blockLength).toBeGreaterThan(1);
    expect(found[0]).toBeCloseTo(intervals.sharpe?.[0] ?? 0, 10);
    expect(found[1]).toBeCloseTo(intervals.sharpe?.[1] ?? 0, 10);
    for (const flat of [[], [0.1], [0.1, 0.1, 0.1]])
      expect(sharpeInterval(Float64Array.from(flat), 365, options)).toBeNull();
  });
});

describe("lock-step", () => {
  const trader = (seconds: readonly number[], returns: readonly number[] = []): LockStepRecord => ({
    moments: { "BTCUSDT buy": seconds },
    series: { name: "", firstRow: 0, returns: Float64Array.from(returns) },
  });
  const every = (count: number, step: number, from = 0) =>
    Array.from({ length: count }, (_, at) => from + at * step);

  it("is trading the same within a second nearly always (pain 42)", () => {
    const [one, late, other] = [trader(every(20, 60)), trader(every(20, 60, 1)), trader(every(20, 60, 30))];
    expect(lockStepPairs([one, late, other])).toEqual([
      { one: 0, other: 1, shared: 20, share: 1, correlation: null },
    ]);
  });

  it("is not a few seconds in common, unless the days go the same way too", () => {
    const days = every(12, 1).map((day) => Math.sin(day * day));
    const [half, other] = [every(20, 60), [...every(8, 60), ...every(12, 60, 510)]];
    expect(lockStepPairs([trader(half), trader(other)])).toEqual([]);
    const pairs = lockStepPairs([trader(half, days), trader(other, days)]);
    expect(pairs).toMatchObject([{ one: 0, other: 1, shared: 8 }]);
    const opposite = days.map((day) => -day);
    expect(lockStepPairs([trader(half, days), trader(other, opposite)])).toEqual([]);
  });

  it("is nothing that a crowd does at once", () => {
    const crowd = Array.from({ length: 1_001 }, () => trader(every(20, 60)));
    expect(lockStepPairs(crowd)).toEqual([]);
    expect(lockStepPairs(crowd.slice(0, 3))).toHaveLength(3);
  });

  it("joins those who are joined by a third", () => {
    const pair = { shared: 10, share: 1, correlation: null };
    const pairs = [
      { one: 3, other: 4, ...pair },
      { one: 0, other: 3, ...pair },
    ];
    expect(lockStepGroups(5, pairs)).toEqual([[0, 3, 4]]);
  });
});
