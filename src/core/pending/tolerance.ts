/** By how much a pending entry may be off what the rule says now, before it is sized anew. */
import type { Lots } from "../model/amounts.ts";
import type { Copy } from "../state.ts";

/** Unsigned lots: a step, or the rebalance band of a rule that reads figures, so that a tick of equity changes no order. */
export function tolerance({ rule, market }: Copy, lots: Lots): number {
  const step = market.instrument.stepLots;
  if (rule.kind !== "equity-proportional" && rule.kind !== "volatility-target") return step;
  return Math.max(step, Math.floor(Math.abs(lots) * Number(rule.rebalanceBand)));
}
