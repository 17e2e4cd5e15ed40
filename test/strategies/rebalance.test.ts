/** What a wish leads to: who leaves goes whole, small drifts stay, and no part is moved that costs more than it gains. */
import { describe, expect, it } from "vitest";
import { STRATEGY_REASONS } from "../../src/strategies/reasons.ts";
import { decideStrategy, REBALANCE_DEFAULTS, type RebalanceTerms } from "../../src/strategies/rebalance.ts";
import type { Choice, Strategy, StrategyDecision, Wish } from "../../src/strategies/strategy.ts";
import { type MadeLeader, madeEvidence } from "./made-evidence.ts";

interface Case {
  readonly from: Readonly<Record<string, number>>;
  readonly to: Readonly<Record<string, number>>;
  readonly costBps?: number;
  readonly wish?: Partial<Wish>;
  readonly terms?: Partial<RebalanceTerms>;
  readonly keepsLimits?: Choice["keepsLimits"];
}

/** Of leaders who vary by 2 % a day, independently of each other. */
function decided({ from, to, costBps = 10, wish, terms, keepsLimits }: Case): StrategyDecision {
  const leaders = Object.keys(to).map(
    (trader, at): MadeLeader => ({
      trader,
      deviation: 0.02,
      seed: at + 1,
      weight: from[trader] ?? 0,
      costBps,
    }),
  );
  const strategy: Strategy = {
    name: "wishes",
    rebalancingHours: 24,
    choose: () => ({
      wishes: Object.entries(to).map(([trader, weight]) => ({
        trader,
        weight,
        reason: weight > 0 ? "chosen" : "rotated-out",
        numbers: {},
        ...wish,
      })),
      ...(keepsLimits === undefined ? {} : { keepsLimits }),
    }),
  };
  return decideStrategy(strategy, madeEvidence(leaders), { ...REBALANCE_DEFAULTS, ...terms });
}

const weightsOf = ({ verdicts }: StrategyDecision) =>
  Object.fromEntries(verdicts.map(({ trader, weight }) => [trader, weight]));

describe("moving to what a strategy wants", () => {
  it("begins whole where nothing is copied, and tells what that costs", () => {
    const found = decided({ from: {}, to: { a: 0.5, b: 0.3, c: 0 } });
    expect(weightsOf(found)).toEqual({ a: 0.5, b: 0.3, c: 0 });
    expect(found).toMatchObject({ part: 1, turnover: 0.8 });
    expect(found.cost).toBeCloseTo(0.8 * 0.001, 12);
    expect(found.allocations).toEqual([
      { trader: "a", weight: 0.5, scale: 1 },
      { trader: "b", weight: 0.3, scale: 1 },
    ]);
    expect(found.verdicts.map(({ isIn, reason }) => [isIn, reason])).toEqual([
      [true, "chosen"],
      [true, "chosen"],
      [false, "rotated-out"],
    ]);
  });

  it("lets go at once and whole who is out, whatever it costs", () => {
    const found = decided({ from: { a: 0.5, b: 0.5 }, to: { a: 0.5, b: 0 }, costBps: 5_000 });
    expect(weightsOf(found)).toEqual({ a: 0.5, b: 0 });
    expect(found.cost).toBeCloseTo(0.25, 12);
  });

  it("leaves alone what is off by less than the band", () => {
    const found = decided({ from: { a: 0.46, b: 0.54 }, to: { a: 0.5, b: 0.5 }, costBps: 0 });
    expect(weightsOf(found)).toEqual({ a: 0.46, b: 0.54 });
    expect(found.turnover).toBe(0);
  });

  it("goes the part of the way whose last step gains what it costs", () => {
    const change = { from: { a: 0.7, b: 0.3 }, to: { a: 0.5, b: 0.5 } };
    const free = decided({ ...change, costBps: 0 });
    expect(free.part).toBe(1);
    const partial = decided({ ...change, costBps: 10 });
    expect(partial.part).toBeGreaterThan(0);
    expect(partial.part).toBeLessThan(1);
    // At p = 1 - C / (2 G) of all of the gain G.
    expect(partial.part).toBeCloseTo(1 - (0.4 * 0.001) / (2 * free.gain), 9);
    expect(weightsOf(partial).a).toBeCloseTo(0.7 - 0.2 * partial.part, 12);
    expect(partial.gain).toBeGreaterThan(partial.cost);
  });

  it("moves nothing where the cost exceeds the gain, and says so of who would have come", () => {
    const found = decided({ from: { a: 0.5 }, to: { a: 0.5, b: 0.1 }, costBps: 500 });
    expect(weightsOf(found)).toEqual({ a: 0.5, b: 0 });
    expect(found).toMatchObject({ part: 0, turnover: 0, cost: 0 });
    expect(found.verdicts[1]).toMatchObject({
      isIn: false,
      reason: "cost-exceeds-gain",
      wanted: 0.1,
    });
    expect(found.verdicts[1]?.numbers.cost).toBeCloseTo(0.1 * 0.05, 12);
  });

  it("gains more by moving the longer the weights are to stay", () => {
    const parts = [5, 30, 365].map(
      (horizonDays) =>
        decided({ from: { a: 0.7, b: 0.3 }, to: { a: 0.5, b: 0.5 }, terms: { horizonDays } }).part,
    );
    expect(parts).toEqual([...parts].sort((one, other) => one - other));
    expect(parts[2]).toBeGreaterThan(parts[0] ?? 1);
  });

  it("moves only who comes and goes where a strategy does not rebalance", () => {
    const found = decided({
      from: { a: 0.2 },
      to: { a: 0.5, b: 0.5 },
      costBps: 0,
      wish: { isRebalanced: false },
    });
    expect(weightsOf(found)).toEqual({ a: 0.2, b: 0.5 });
  });

  it("goes the whole way where staying breaks a limit, and where more than everything would be given out", () => {
    const within = (weights: ReadonlyMap<string, number>) => [...weights.values()].every((one) => one <= 0.5);
    const change = { from: { a: 0.7, b: 0.3 }, to: { a: 0.5, b: 0.5 }, costBps: 500 };
    expect(weightsOf(decided(change))).toEqual({ a: 0.7, b: 0.3 });
    expect(weightsOf(decided({ ...change, keepsLimits: within }))).toEqual({ a: 0.5, b: 0.5 });
    const whole = decided({ from: { a: 1, b: 1 }, to: { a: 0.5, b: 0.5 }, costBps: 500 });
    expect(weightsOf(whole)).toEqual({ a: 0.5, b: 0.5 });
  });
});

describe("the reasons", () => {
  it("each say something else, as part of a sentence", () => {
    const sentences = Object.values(STRATEGY_REASONS);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.filter((text) => !/^[a-z].*[^.]$/.test(text))).toEqual([]);
  });
});

describe("a strategy that breaks the contract", () => {
  const wish = (trader: string, weight: number, reason: Wish["reason"] = "chosen"): Wish => ({
    trader,
    weight,
    reason,
    numbers: {},
  });

  it.each<readonly [string, readonly Wish[], string]>([
    ["leaves somebody out", [wish("a", 0.5)], 'has no verdict on "b"'],
    ["says two things of one", [wish("a", 0.5), wish("a", 0.1)], 'has two verdicts on "a"'],
    ["speaks of nobody", [wish("z", 0.5)], 'has a verdict on "z", who is no candidate'],
    ["gives out too much", [wish("a", 0.7), wish("b", 0.7)], "gives out 1.4 of the equity"],
    ["gives less than nothing", [wish("a", -0.1), wish("b", 0.1)], "has to be 0 to 1"],
    ["gives no number", [wish("a", Number.NaN), wish("b", 0.1)], "has to be 0 to 1"],
    [
      "gives to who is out",
      [wish("a", 0.5, "risk-too-high"), wish("b", 0.1)],
      "and the reason risk-too-high",
    ],
    ["gives nothing to who is in", [wish("a", 0), wish("b", 0.1)], "and the reason chosen"],
  ])("%s is told", (_, wishes, message) => {
    const strategy: Strategy = { name: "mine", rebalancingHours: 24, choose: () => ({ wishes }) };
    expect(() => decideStrategy(strategy, madeEvidence([{ trader: "a" }, { trader: "b" }]))).toThrow(
      new RegExp(`^strategy mine .*${message.replace(/[.]/g, "\\.")}`),
    );
  });
});

describe("a scale", () => {
  it("is part of what is held: a leader that is at its share is not moved for it", () => {
    const found = decided({ from: { a: 0.25, b: 0.25 }, to: { a: 0.5, b: 0.5 }, wish: { scale: 0.5 } });
    expect(found).toMatchObject({ turnover: 0, cost: 0 });
    expect(found.allocations).toEqual([
      { trader: "a", weight: 0.5, scale: 0.5 },
      { trader: "b", weight: 0.5, scale: 0.5 },
    ]);
    const smaller = decided({
      from: { a: 0.5, b: 0.5 },
      to: { a: 0.5, b: 0.5 },
      costBps: 0,
      wish: { scale: 0.5 },
    });
    expect(smaller.turnover).toBeCloseTo(0.5, 12);
  });
});
