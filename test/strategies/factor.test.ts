/** A decision becomes the same factor wherever it is carried out. */
import { expect, it } from "vitest";
import { loadBacktestTerms } from "../../src/config/backtest-terms.ts";
import { sharesOf } from "../../src/control/rebalance.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import { factorText } from "../../src/strategies/factor.ts";
import { decided } from "./decided.ts";

it.each([
  [1, "1"],
  [1 / 3, "0.3333"],
  [2 / 3, "0.6666"],
  [0.1 + 0.2, "0.3"],
  [0.29999999999999993, "0.3"],
  [0.00009, "0"],
  [0, "0"],
  [2.5, "2.5"],
])("a share of %d is the factor %s", (share, factor) => {
  expect(factorText(share)).toBe(factor);
});

it("live and a backtest copy the leaders of a decision with the same factors", () => {
  const leaders = ["a", "b", "c"].map((trader, at) => ({ trader, seed: at, deviation: 0.01 * (at + 1) }));
  const decision = decided("portfolio", leaders, { max_weight: 0.7, position_scaling: 0.9 });
  const loaded = loadBacktestTerms("/nowhere", AccountId("follower"));
  if (!loaded.ok) return expect.fail("the defaults have problems");
  const past = decision.allocations.map(({ trader, weight, scale }) => {
    const { positionScaling } = loaded.terms.allocationFor(AccountId(trader), weight * scale);
    return { leader: trader, factor: positionScaling };
  });
  expect(past).toHaveLength(3);
  const byName = (one: { leader: string }, other: { leader: string }) =>
    one.leader.localeCompare(other.leader);
  expect(past.toSorted(byName)).toEqual(sharesOf(decision, {}).toSorted(byName));
});
