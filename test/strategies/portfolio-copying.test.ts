/** `portfolio_copying`: each option decides somebody, with its numbers. */
import { describe, expect, it } from "vitest";
import { decided, verdictOn, weightsOf } from "./decided.ts";
import { madeRecord } from "./made-evidence.ts";

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
    const inverse = weightsOf(decided("portfolio", [wild, calm], { max_weight: 1 }));
    const [volatile, quiet] = [inverse.wild ?? 0, inverse.calm ?? 0];
    expect(volatile + quiet).toBeCloseTo(1, 9);
    expect(quiet / volatile).toBeGreaterThan(3);
    expect(weightsOf(decided("portfolio", [wild, calm], { weights: "equal_weight" }))).toEqual({
      wild: 0.5,
      calm: 0.5,
    });
    const capped = weightsOf(decided("portfolio", [wild, calm], { max_weight: 0.6 }));
    expect(capped.calm).toBeCloseTo(0.6, 12);
    expect(capped.wild).toBeCloseTo(0.4, 12);
    const small = decided("portfolio", [wild, calm], { min_weight: 0.3, max_weight: 1 });
    expect(verdictOn(small, "wild")).toMatchObject({ reason: "weight-too-small", numbers: { least: 0.3 } });
  });
});
