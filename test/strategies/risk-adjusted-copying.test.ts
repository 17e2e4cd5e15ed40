/** `risk_adjusted_copying`: each option decides somebody, with its numbers. */
import { describe, expect, it } from "vitest";
import { strategyKindOf } from "../../src/strategies/registry.ts";
import { decided, verdictOn, weightsOf } from "./decided.ts";
import { madeRecord } from "./made-evidence.ts";

const wild = { trader: "wild", mean: 0.003, deviation: 0.04, seed: 3 };
const calm = { trader: "calm", mean: 0.002, deviation: 0.01, seed: 4 };
const OPEN = {
  max_trader_risk: "off",
  max_portfolio_risk: "off",
  max_weight: 1,
  dynamic_position_sizing: false,
};
const YEAR = Math.sqrt(365);

/** Of a record, a year. */
function volatility(leader: Parameters<typeof madeRecord>[0]): number {
  const { returns } = madeRecord(leader);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return YEAR * Math.sqrt(squares / (returns.length - 1));
}

describe("risk-adjusted copying", () => {
  it("gives each the same part of the risk (risk_budgeting), or else of the equity", () => {
    const budgeted = weightsOf(decided("risk_adjusted", [wild, calm], OPEN));
    expect((budgeted.wild ?? 0) * volatility(wild)).toBeCloseTo((budgeted.calm ?? 0) * volatility(calm), 9);
    expect((budgeted.wild ?? 0) + (budgeted.calm ?? 0)).toBeCloseTo(1, 9);
    const equal = decided("risk_adjusted", [wild, calm], { ...OPEN, risk_budgeting: false });
    expect(weightsOf(equal)).toEqual({ wild: 0.5, calm: 0.5 });
  });

  it("gives each the part of the risk that risk_budgeting says, and who is not named an equal part of the rest", () => {
    const third = { trader: "third one", mean: 0.002, deviation: 0.02, seed: 5 };
    const all = [wild, calm, third, { ...third, trader: "fourth", seed: 6 }];
    const found = weightsOf(
      decided("risk_adjusted", all, { ...OPEN, risk_budgeting: "wild=0.5, third one=0.3" }),
    );
    const risks = all.map((leader) => (found[leader.trader] ?? 0) * volatility(leader));
    const sum = risks.reduce((total, risk) => total + risk, 0);
    expect(risks.map((risk) => Number((risk / sum).toFixed(9)))).toEqual([0.5, 0.1, 0.3, 0.1]);
    const whole = decided("risk_adjusted", [wild, calm], { ...OPEN, risk_budgeting: "wild=1" });
    expect(verdictOn(whole, "calm")).toMatchObject({ isIn: false, reason: "weight-too-small" });
    // Whoever is out leaves its part to the others in proportion.
    const absent = weightsOf(
      decided("risk_adjusted", [wild, calm], { ...OPEN, risk_budgeting: "wild=0.4,gone=0.2" }),
    );
    expect((absent.wild ?? 0) * volatility(wild)).toBeCloseTo((absent.calm ?? 0) * volatility(calm), 9);
  });

  it.each([
    "wild",
    "wild=0",
    "wild=0.7,calm=0.4",
    "wild=0.1,wild=0.2",
    "=0.3",
    "wild=x",
    "wild=-1",
    "",
    "true",
  ])("refuses budgets that are none: %j", (risk_budgeting) => {
    expect(strategyKindOf("risk_adjusted")?.configure({ risk_budgeting })).toEqual({
      ok: false,
      problems: [
        {
          option: "risk_budgeting",
          message:
            "must be true, false, or shares of names that are at most 1 together, such as lead=0.5, other=0.3",
        },
      ],
    });
  });

  it("has no leader bring more than max_trader_risk", () => {
    const options = { ...OPEN, risk_budgeting: false, max_trader_risk: 0.1 };
    const found = decided("risk_adjusted", [wild, calm], options);
    expect(weightsOf(found).wild).toBeCloseTo(0.1 / volatility(wild), 9);
    expect(weightsOf(found).calm).toBe(0.5);
    expect(verdictOn(found, "wild").numbers).toMatchObject({ annual_volatility: expect.any(Number) });
    expect(verdictOn(found, "wild").numbers.risk).toBeCloseTo(0.1, 9);
  });

  it("has all of them bring no more than max_portfolio_risk: the rest stays uninvested", () => {
    const free = decided("risk_adjusted", [wild, calm], OPEN);
    const found = decided("risk_adjusted", [wild, calm], { ...OPEN, max_portfolio_risk: 0.1 });
    const [before, after] = [weightsOf(free), weightsOf(found)];
    expect(after.wild ?? 0).toBeLessThan(before.wild ?? 0);
    expect((after.wild ?? 0) / (after.calm ?? 1)).toBeCloseTo((before.wild ?? 0) / (before.calm ?? 1), 9);
    expect(found.notes).toEqual(["yearly volatility of all that is wanted: 10.0 %"]);
  });

  it("counts twins as one risk", () => {
    const twin = { ...calm, trader: "twin" };
    const alone = weightsOf(decided("risk_adjusted", [calm], { ...OPEN, max_portfolio_risk: 0.1 }));
    const both = weightsOf(decided("risk_adjusted", [calm, twin], { ...OPEN, max_portfolio_risk: 0.1 }));
    expect((both.calm ?? 0) + (both.twin ?? 0)).toBeCloseTo(alone.calm ?? 0, 9);
  });

  it("scales down who became wilder than its record (dynamic_position_sizing), and nobody up", () => {
    const restless = Array.from(
      { length: 200 },
      (_, day) => (day < 190 ? 0.002 : 0.04) * (day % 2 === 0 ? 1.2 : -1),
    );
    const settled = [...restless].reverse();
    const options = { ...OPEN, dynamic_position_sizing: true };
    const found = decided(
      "risk_adjusted",
      [
        { trader: "restless", returns: restless },
        { trader: "settled", returns: settled },
      ],
      options,
    );
    const scales = Object.fromEntries(found.allocations.map(({ trader, scale }) => [trader, scale]));
    expect(scales.restless).toBeLessThan(0.6);
    expect(scales.restless).toBeGreaterThanOrEqual(0.25);
    expect(scales.settled).toBe(1);
    expect(verdictOn(found, "restless").numbers.scaled_by).toBe(scales.restless);
  });

  it("moves at once where what is copied is beyond its limits, whatever it costs", () => {
    const held = [
      { ...wild, weight: 0.9, costBps: 5_000 },
      { ...calm, weight: 0.1, costBps: 5_000 },
    ];
    const within = weightsOf(decided("risk_adjusted", held));
    expect((within.wild ?? 0) * volatility(wild)).toBeLessThanOrEqual(0.1 + 1e-9);
    const unlimited = weightsOf(decided("risk_adjusted", held, OPEN));
    expect(unlimited).toEqual({ wild: 0.9, calm: 0.1 });
  });
});
