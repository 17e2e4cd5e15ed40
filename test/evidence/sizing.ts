/** A sizing rule as the checker knows it. The checker has its own arithmetic for each. */
import type { CapitalBase, SizingRule } from "../../src/core/settings.ts";
import type { CheckedAllocation } from "../checker/evidence.ts";

type CheckedSizing = Pick<
  CheckedAllocation,
  "sizing" | "multiplier" | "capital" | "amount" | "band" | "target"
>;

export function checkedSizing(rule: SizingRule): CheckedSizing {
  switch (rule.kind) {
    case "multiplier":
      return { sizing: rule.kind, multiplier: rule.multiplier };
    case "equity-proportional":
      return {
        sizing: rule.kind,
        multiplier: "1",
        band: rule.rebalanceBand,
        ...capitalOf(rule.capital ?? { kind: "equity" }),
      };
    case "fixed-notional":
      return { sizing: rule.kind, multiplier: "1", amount: rule.notional };
    case "fixed-quantity":
      return { sizing: rule.kind, multiplier: "1", amount: rule.quantity };
    case "volatility-target": {
      const { volatility, factorMax, evidenceMaxAgeMs: maxAgeMs, rebalanceBand: band } = rule;
      const target = { volatility, factorMax, maxAgeMs };
      return { sizing: rule.kind, multiplier: "1", band, ...capitalOf(rule.capital), target };
    }
  }
}

function capitalOf(base: CapitalBase): Pick<CheckedAllocation, "capital" | "amount"> {
  return base.kind === "fixed-sum" ? { capital: base.kind, amount: base.amount } : { capital: base.kind };
}
