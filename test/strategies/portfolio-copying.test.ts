/** `portfolio_copying`: each option decides somebody, with its numbers. */
import { describe, expect, it } from "vitest";
import { METHODS } from "../../src/analytics/portfolio/request.ts";
import { decided, verdictOn, weightsOf } from "./decided.ts";
import { madeRecord, TODAY } from "./made-evidence.ts";

const best = { trader: "best", mean: 0.004, seed: 1 };
/** Moves as the best does, and gains less. */
const twin = {
  trader: "twin",
  returns: Array.from(madeRecord(best).returns, (value, day) => value - 0.001 + (day % 2) * 0.0005),
};
const other = { trader: "other", mean: 0.002, deviation: 0.01, seed: 7 };

describe("portfolio copying", () => {
  it("leaves out who moves with a better one (correlation_limit)", () => {
    const found = decided("portfolio_copying", [twin, other, best]);
    expect(found.allocations.map(({ trader }) => trader).sort()).toEqual(["best", "other"]);
    expect(verdictOn(found, "twin")).toMatchObject({
      reason: "too-correlated",
      numbers: { with: "best", most: 0.7 },
    });
    expect(verdictOn(found, "twin").numbers.correlation).toBeGreaterThan(0.9);
    expect(decided("portfolio", [twin, other, best], { correlation_limit: "off" }).allocations).toHaveLength(
      3,
    );
    expect(decided("portfolio", [twin, other, best], { correlation_limit: 0.999 }).allocations).toHaveLength(
      3,
    );
  });

  it("takes no more than max_traders, the surest of them", () => {
    const found = decided("portfolio", [twin, other, best], { max_traders: 1 });
    expect(found.allocations.map(({ trader }) => trader)).toEqual(["best"]);
    expect(verdictOn(found, "other").reason).toBe("beyond-max-traders");
    expect(verdictOn(found, "twin").reason).toBe("too-correlated");
  });

  it("scales all positions (position_scaling), and is asked every so many hours (rebalancing_frequency)", () => {
    const found = decided("portfolio", [other, best], { position_scaling: 0.8 });
    expect(found.allocations.map(({ scale }) => scale)).toEqual([0.8, 0.8]);
  });

  it("parts the equity by weights, and leaves out what is too small", () => {
    const wild = { trader: "wild", mean: 0.002, deviation: 0.02, seed: 3 };
    const calm = { trader: "calm", mean: 0.002, deviation: 0.005, seed: 4 };
    const inverse = weightsOf(
      decided("portfolio", [wild, calm], { max_weight: 1, weights: "inverse_volatility" }),
    );
    const [volatile, quiet] = [inverse.wild ?? 0, inverse.calm ?? 0];
    expect(volatile + quiet).toBeCloseTo(1, 9);
    expect(quiet / volatile).toBeGreaterThan(3);
    expect(weightsOf(decided("portfolio", [wild, calm], { weights: "equal_weight" }))).toEqual({
      wild: 0.5,
      calm: 0.5,
    });
    const capped = weightsOf(
      decided("portfolio", [wild, calm], { max_weight: 0.6, weights: "inverse_volatility" }),
    );
    expect(capped.calm).toBeCloseTo(0.6, 12);
    expect(capped.wild).toBeCloseTo(0.4, 12);
    const small = decided("portfolio", [wild, calm], {
      min_weight: 0.3,
      max_weight: 1,
      weights: "inverse_volatility",
    });
    expect(verdictOn(small, "wild")).toMatchObject({ reason: "weight-too-small", numbers: { least: 0.3 } });
  });

  it("leaves with Kelly what it leaves, also where equal parts would be all that there is", () => {
    const wild = { mean: 0.002, deviation: 0.1 };
    const leaders = [
      { ...wild, trader: "one", seed: 21 },
      { ...wild, trader: "two", seed: 22 },
    ];
    const asked = { weights: "fractional_kelly", min_weight: 0, min_days: 30 };
    const [narrow, wide] = [0.5, 0.6].map((max_weight) =>
      weightsOf(decided("portfolio", leaders, { ...asked, max_weight })),
    );
    expect(Object.values(narrow ?? {}).reduce((sum, part) => sum + part, 0)).toBeLessThan(0.4);
    for (const [trader, part] of Object.entries(wide ?? {})) expect(narrow?.[trader]).toBeCloseTo(part, 12);
  });

  it.each(METHODS)("parts it by %s within its limits", (weights) => {
    const leaders = [3, 4, 5, 6].map((seed) => ({
      trader: `l${seed}`,
      mean: 0.002,
      deviation: seed / 300,
      seed,
    }));
    const found = decided("portfolio", leaders, { weights, max_weight: 0.4, min_weight: 0 });
    const parts = Object.values(weightsOf(found));
    const sum = parts.reduce((total, part) => total + part, 0);
    expect(Math.max(...parts)).toBeLessThanOrEqual(0.4 + 1e-9);
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1 + 1e-9);
    expect(found.notes).toEqual([]);
  });

  it("says so where a scheme cannot be had, and parts by volatility", () => {
    const early = { trader: "early", returns: Array.from(madeRecord(best).returns), firstDay: TODAY - 300 };
    const late = { ...other, days: 110 };
    const found = decided("portfolio", [early, late], { max_weight: 0.9 });
    expect(found.notes[0]).toContain(
      "weights by inverse_volatility in place of equal_risk_contribution: only 10 days",
    );
  });
});
