/** `dynamic_copying`: weights go where the results are, by leader, style or strategy, and what that was worth is told. */
import { describe, expect, it } from "vitest";
import type { OptionsByStrategy } from "../../src/strategies/kind.ts";
import { strategyKindOf } from "../../src/strategies/registry.ts";
import { strategyExperts } from "../../src/strategies/strategy-experts.ts";
import { decided, verdictOn, weightsOf } from "./decided.ts";
import { madeEvidence, madeRecord } from "./made-evidence.ts";

const good = { trader: "good", mean: 0.004, deviation: 0.01, seed: 1, style: "trend_following" };
const fair = { trader: "fair", mean: 0.001, deviation: 0.01, seed: 2, style: "mean_reversion" };
const poor = { trader: "poor", mean: -0.004, deviation: 0.01, seed: 3, style: "mean_reversion" };
const leaders = [poor, good, fair];
/** Options by which nobody passes. */
const NOBODY = { min_days: 3_650 };

describe("dynamic copying", () => {
  it("gives more to who did better, and says what rotation was worth", () => {
    const found = decided("dynamic_copying", leaders);
    const { good: first = 0, fair: second = 0, poor: third = 0 } = weightsOf(found);
    expect(first).toBeGreaterThan(second);
    expect(second).toBeGreaterThan(third);
    expect(first + second + third).toBeCloseTo(1, 9);
    expect(found.notes[0]).toMatch(
      /^over 200 days this rotation would have gained -?[\d.]+ %, [\d.]+ % of costs taken off/,
    );
    expect(found.notes[1]).toMatch(
      /^regret: the best, good, would have gained [\d.]+ % more on its days \(at most [\d.]+ %/,
    );
    expect(found.notes[2]).toMatch(/^all in equal parts would have gained -?[\d.]+ %$/);
  });

  it("moves faster the smaller a day counts (largest_day), and back to equal parts by fixed_share", () => {
    const ahead = (options: Readonly<Record<string, unknown>>) => {
      const { good: first = 0, poor: third = 0 } = weightsOf(
        decided("dynamic", leaders, { max_weight: 1, ...options }),
      );
      return first - third;
    };
    expect(ahead({ largest_day: 0.02 })).toBeGreaterThan(ahead({ largest_day: 0.2 }));
    expect(ahead({ fixed_share: 0.2 })).toBeLessThan(ahead({ fixed_share: 0 }));
  });

  it("leaves out whose part becomes too small (min_weight), and all but the heaviest (max_traders)", () => {
    const found = decided("dynamic", leaders, { largest_day: 0.005, fixed_share: 0, min_weight: 0.1 });
    expect(verdictOn(found, "poor")).toMatchObject({
      reason: "rotated-out",
      isIn: false,
      numbers: { least: 0.1 },
    });
    const one = decided("dynamic", leaders, { max_traders: 1 });
    expect(weightsOf(one)).toEqual({ good: 0.5, fair: 0, poor: 0 });
    expect(verdictOn(one, "fair")).toMatchObject({ reason: "beyond-max-traders", numbers: { most: 1 } });
    const few = decided("dynamic", leaders, {
      largest_day: 0.005,
      fixed_share: 0,
      min_weight: 0.1,
      max_traders: 1,
    });
    expect(verdictOn(few, "poor").reason).toBe("rotated-out");
  });

  it("rotates styles: a group has one weight, in equal parts for its leaders", () => {
    const found = weightsOf(decided("dynamic", leaders, { rotate: "styles", max_weight: 1 }));
    expect(found.fair).toBeCloseTo(found.poor ?? 0, 12);
    expect(found.good ?? 0).toBeGreaterThan((found.fair ?? 0) + (found.poor ?? 0));
  });

  it("rotates strategies: each gives what it would give now, in the part that it has", () => {
    const found = decided("dynamic", leaders, { rotate: "strategies" });
    expect(found.notes.at(-1)).toMatch(
      /^weights of selective_copying [\d.]+ %, portfolio_copying [\d.]+ %, risk_adjusted_copying [\d.]+ %$/,
    );
    const sum = Object.values(weightsOf(found)).reduce((total, weight) => total + weight, 0);
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1 + 1e-9);
  });

  it("holds of the strategies what they would hold: with the factor on a leader's positions, and the rest uninvested", () => {
    // Its last days are wild: positions of it are scaled down to a half or less.
    const record = madeRecord(good).returns;
    const wilder = { ...good, returns: Array.from(record, (value, day) => (day < 180 ? value : 6 * value)) };
    const calm = { ...fair, mean: 0.003 };
    const risky = { max_trader_risk: 0.05, max_portfolio_risk: 0.06, max_weight: 1 };
    const held = (options: OptionsByStrategy["x"]) => {
      const others = {
        selective_copying: NOBODY,
        portfolio_copying: NOBODY,
        risk_adjusted_copying: { ...risky, ...options },
      };
      const [, , alone] = strategyExperts(madeEvidence([wilder, calm]), others);
      const configured = strategyKindOf("dynamic")?.configure(
        { rotate: "strategies", max_weight: 1 },
        others,
      );
      if (configured?.ok !== true) return expect.fail("does not hold");
      const { wishes } = configured.strategy.choose(madeEvidence([wilder, calm]));
      const part = (trader: string) => wishes.find((wish) => wish.trader === trader)?.weight ?? 0;
      return { alone, ratio: part("good") / part("fair"), sum: part("good") + part("fair") };
    };
    const plain = held({ dynamic_position_sizing: false });
    const scaled = held({});
    expect(scaled.ratio).toBeLessThan(plain.ratio / 2);
    expect(scaled.sum).toBeLessThan(plain.sum);
    expect(plain.alone?.invested ?? 1).toBeLessThan(0.7);
    // The two others hold nobody, so no more is held than this one would.
    expect(plain.sum).toBeLessThan(plain.alone?.invested ?? 0);
    // A factor on all positions that each strategy has for itself is not counted once more.
    const halved = held({ position_scaling: 0.5 });
    expect(halved.sum).toBeCloseTo(scaled.sum, 1);
    expect(halved.alone?.invested).toBeCloseTo(scaled.alone?.invested ?? 0, 12);
  });

  it("asks the strategies that it rotates with their own options, and says what is wrong with them", () => {
    const kind = strategyKindOf("dynamic");
    const one = { max_traders: 1 };
    const others = { selective_copying: one, portfolio_copying: one, risk_adjusted_copying: one };
    const chosenWith = (options: OptionsByStrategy) => {
      const configured = kind?.configure({ rotate: "strategies" }, options);
      if (configured?.ok !== true) return expect.fail("does not hold");
      expect(configured.others).toBe(options);
      const { wishes } = configured.strategy.choose(madeEvidence(leaders));
      return wishes.filter(({ weight }) => weight > 0).map(({ trader }) => trader);
    };
    expect(chosenWith(others)).toEqual(["good"]);
    expect(chosenWith({}).length).toBeGreaterThan(1);
    expect(kind?.configure({}, others)).toMatchObject({ ok: true, others: {} });
    const wrong = { portfolio_copying: { max_traders: 0 } };
    expect(kind?.configure({ rotate: "strategies" }, wrong)).toMatchObject({
      ok: false,
      problems: [{ option: "portfolio_copying.max_traders" }],
    });
  });
});
