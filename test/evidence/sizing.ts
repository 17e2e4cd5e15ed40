/** A sizing rule as the checker knows it. What it has no own arithmetic for is refused, so that nothing passes unchecked. */
import type { SizingRule } from "../../src/core/settings.ts";
import type { CheckedAllocation } from "../checker/evidence.ts";

export function checkedSizing(rule: SizingRule): Pick<CheckedAllocation, "sizing" | "multiplier"> {
  if (rule.kind === "multiplier") return { sizing: rule.kind, multiplier: rule.multiplier };
  if (rule.kind === "equity-proportional" && rule.capital === undefined)
    return { sizing: rule.kind, multiplier: "1" };
  throw new Error(`the checker does not know sizing ${rule.kind} with ${JSON.stringify(rule)}`);
}
