/** What the keys of sizing come to for the core, rule by rule, and where an amount that is not used is no mistake. */
import { describe, expect, test } from "vitest";
import type { SizingRule } from "../../src/core/settings.ts";
import { follower, loaded, pair, refusals } from "./folder.ts";

const withFollower = (changes: object, yaml: object = {}) => ({
  ...pair,
  "config/copy.yaml": JSON.stringify({ copy_trading: { copying: yaml } }),
  "data/accounts/follower.json": { ...follower, ...changes },
});

const allocationOf = (changes: object, yaml?: object) =>
  loaded(withFollower(changes, yaml)).settings.allocations[0];

describe("each rule", () => {
  test.each<readonly [object, SizingRule]>([
    [{ copy_multiplier: "0.25" }, { kind: "multiplier", multiplier: "0.25" }],
    [
      { sizing: "equity-proportional" },
      { kind: "equity-proportional", rebalanceBand: "0.1", capital: { kind: "equity" } },
    ],
    [
      { sizing: "equity-proportional", capital_base: "free-margin", rebalance_band: 0.3 },
      { kind: "equity-proportional", rebalanceBand: "0.3", capital: { kind: "free-margin" } },
    ],
    [
      { sizing: "equity-proportional", capital_base: "fixed-sum", capital_amount: "2000.50" },
      {
        kind: "equity-proportional",
        rebalanceBand: "0.1",
        capital: { kind: "fixed-sum", amount: "2000.5" },
      },
    ],
    [
      { sizing: "fixed-notional", fixed_notional: 600 },
      { kind: "fixed-notional", notional: "600" },
    ],
    [
      { sizing: "fixed-quantity", fixed_quantity: 1e-7 },
      { kind: "fixed-quantity", quantity: "0.0000001" },
    ],
    [
      { sizing: "volatility-target", volatility_target: 0.2, evidence_max_age_days: 0.5 },
      {
        kind: "volatility-target",
        volatility: "0.2",
        factorMax: "2",
        evidenceMaxAgeMs: 43_200_000,
        rebalanceBand: "0.1",
        capital: { kind: "equity" },
      },
    ],
  ])("%j", (changes, rule) => {
    expect(allocationOf(changes)?.sizing).toEqual(rule);
  });
});

describe("overrides", () => {
  test("keep their order, and say only what they state", () => {
    const overrides = {
      "*": { max_leverage: 5 },
      "1000*": { fixed_notional: "50", max_leverage: "2.5" },
      ETHUSDT: { fixed_quantity: 1 },
      BTCUSDT: { copy_multiplier: 0.1 },
    };
    expect(allocationOf({ overrides })?.overrides).toEqual([
      { pattern: "*", leverageMax: "5" },
      { pattern: "1000*", sizing: { kind: "fixed-notional", notional: "50" }, leverageMax: "2.5" },
      { pattern: "ETHUSDT", sizing: { kind: "fixed-quantity", quantity: "1" } },
      { pattern: "BTCUSDT", sizing: { kind: "multiplier", multiplier: "0.1" } },
    ]);
  });

  test("of an account file replace those of YAML as a whole", () => {
    const yaml = { overrides: { "*": { max_leverage: 5 } } };
    expect(allocationOf({}, yaml)?.overrides).toHaveLength(1);
    expect(allocationOf({ overrides: { BTCUSDT: { max_leverage: 3 } } }, yaml)?.overrides).toEqual([
      { pattern: "BTCUSDT", leverageMax: "3" },
    ]);
  });
});

test("an amount in YAML is for those followers that use it", () => {
  const yaml = { sizing: "fixed-notional", fixed_notional: 600 };
  expect(refusals(withFollower({ sizing: "equity-proportional" }, yaml))).toEqual([]);
  expect(refusals(withFollower({}, { fixed_notional: 600 }))).toMatchObject([{ keyPath: "fixed_notional" }]);
});

test("that volatility has to be measured is said before anything is expected of it", () => {
  const changes = { sizing: "volatility-target", volatility_target: 0.2 };
  expect(loaded(withFollower(changes)).warnings).toMatchObject([
    { keyPath: "sizing", message: expect.stringContaining("copies nothing before") },
  ]);
});
