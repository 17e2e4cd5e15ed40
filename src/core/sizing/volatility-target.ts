/**
 * Sizing by risk: as by capital, times the wanted annual volatility / the leader's measured one, at most a stated factor. A
 * calm leader is copied larger, a wild one smaller. Without a measurement, or with one that is too old, nothing is sized: no
 * guess. What is fixed at each increase, and how reductions keep it, is as in equity-proportional.ts.
 */
import type { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { RuleOf } from "../settings.ts";
import type { Copy, CopyLeg, Proportion, State } from "../state.ts";
import { isApart, isWellInside, keptProportion, proportionNow, sizeByProportion } from "./capital.ts";
import { type Fraction, fraction } from "./ratio.ts";
import { type Size, type UnsizedReason, unsized } from "./size.ts";

type Rule = RuleOf<"volatility-target">;

export function sizeByVolatility(state: State, copy: Copy, rule: Rule, leg: CopyLeg, leaderLots: Lots): Size {
  const proportion = keptProportion(rule, leg, leaderLots) ?? measuredProportion(state, copy, rule);
  if (typeof proportion === "string") return unsized(proportion);
  return sizeByProportion(copy, leaderLots, volatilityFactor(rule, proportion), proportion);
}

/** Without fresh figures nothing moves. */
export function volatilityLeavesBand(state: State, copy: Copy, rule: Rule, then: Proportion): boolean {
  const isSameMeasure = then.volatility === copy.leader.evidence?.annualVolatility;
  if (isSameMeasure && isWellInside(copy, rule, then)) return false;
  const now = measuredProportion(state, copy, rule);
  if (typeof now === "string") return false;
  return isApart(volatilityFactor(rule, then), volatilityFactor(rule, now), rule.rebalanceBand);
}

/** Capitals and volatility of this moment, or what is missing. */
export function measuredProportion(state: State, copy: Copy, rule: Rule): Proportion | UnsizedReason {
  const { evidence } = copy.leader;
  const volatility = evidence?.annualVolatility;
  if (evidence === null || volatility === undefined || Decimal.parse(volatility).isZero)
    return "evidence-missing";
  if (state.nowMs - evidence.measuredAtMs > rule.evidenceMaxAgeMs) return "evidence-stale";
  const proportion = proportionNow(copy, rule);
  return proportion === null ? "equity-unknown" : { ...proportion, volatility };
}

export function volatilityFactor(rule: Rule, { follower, leader, volatility = "0" }: Proportion): Fraction {
  const [own, theirs] = [Decimal.parse(follower), Decimal.parse(leader)];
  const [target, measured] = [Decimal.parse(rule.volatility), Decimal.parse(volatility)];
  const most = Decimal.parse(rule.factorMax);
  return target.compare(most.times(measured)) >= 0
    ? fraction([own, most], [theirs])
    : fraction([own, target], [theirs, measured]);
}
