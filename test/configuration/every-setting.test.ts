/** No setting is for show: each reaches the core, and each stands in the guide with its name. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AllocationValues } from "../../src/config/allocation-keys.ts";
import {
  performanceKeys,
  selectionKeys,
  strategyKeys,
  traderRiskKeys,
} from "../../src/config/filter-keys.ts";
import { guardKeys } from "../../src/config/guard-keys.ts";
import { riskKeys } from "../../src/config/risk-keys.ts";
import { follower, loaded, pair } from "./folder.ts";
import { type Name, names, samples } from "./samples.ts";

/** What else has to be set for a setting to mean anything. */
const NEEDS: Readonly<Partial<Record<Name, AllocationValues>>> = {
  volatility_factor_max: { sizing: "volatility-target", volatility_target: 0.2 },
  evidence_max_age_days: { sizing: "volatility-target", volatility_target: 0.2 },
  rebalance_band: { sizing: "equity-proportional" },
  round_up_excess_max: { minimum_notional_policy: "round-up" },
  proposal_expires_minutes: { auto_copy: false },
  rest_seconds: { max_slippage_bps: 5, on_runaway: "rest" },
  exit_rest_seconds: { exit_parity: true },
  work_slices: { work_above: 1_000 },
  work_seconds: { work_above: 1_000 },
  work_chase: { work_above: 1_000 },
  work_cross_seconds: { work_above: 1_000 },
};

function inForce(values: object): string {
  const { settings } = loaded({
    ...pair,
    "data/accounts/follower.json": { ...follower, ...values },
  });
  return JSON.stringify(settings);
}

test.each(names)("%s reaches the core", (name) => {
  const { values, beside } = samples[name];
  const stated = values.map((value) => inForce({ ...beside, ...NEEDS[name], [name]: value }));
  expect(new Set(stated).size).toBe(2);
});

const guide = readFileSync(new URL("../../docs/copy-trading-guide.md", import.meta.url), "utf8");

const filters = [selectionKeys, performanceKeys, traderRiskKeys, strategyKeys].flatMap((keys) =>
  Object.keys(keys()),
);

test.each([...names, ...Object.keys(riskKeys()), ...Object.keys(guardKeys()), ...filters])(
  "the guide tells of %s",
  (name) => {
    expect(new RegExp(`\\b${name}\\b`).test(guide)).toBe(true);
  },
);
