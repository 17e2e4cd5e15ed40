/** One setting of each sizing rule, for tests that hold for all of them. */
import type { CapitalBase, RuleOf, SizingRule } from "../../src/core/settings.ts";

export const proportional = (capital: CapitalBase): RuleOf<"equity-proportional"> => ({
  kind: "equity-proportional",
  rebalanceBand: "0.1",
  capital,
});

export const BY_VOLATILITY: RuleOf<"volatility-target"> = {
  kind: "volatility-target",
  volatility: "0.2",
  factorMax: "2",
  evidenceMaxAgeMs: 1_000,
  rebalanceBand: "0.1",
  capital: { kind: "equity" },
};

export const EACH_RULE: readonly (readonly [string, SizingRule])[] = [
  ["multiplier", { kind: "multiplier", multiplier: "0.37" }],
  ["equity", proportional({ kind: "equity" })],
  ["balance", proportional({ kind: "balance" })],
  ["free margin", proportional({ kind: "free-margin" })],
  ["fixed sum", proportional({ kind: "fixed-sum", amount: "777" })],
  ["fixed notional", { kind: "fixed-notional", notional: "1234.5" }],
  ["fixed quantity", { kind: "fixed-quantity", quantity: "0.0219" }],
  ["volatility target", { ...BY_VOLATILITY, evidenceMaxAgeMs: 3_600_000 }],
];
