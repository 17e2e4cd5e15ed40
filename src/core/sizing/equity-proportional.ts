/**
 * Sizing by capital: follower's capital / leader's capital x scaling x the leader's size. The proportion is fixed at each
 * increase of the leader; a reduction keeps it (the follower goes down in step). Between changes only a rebalance band moves
 * it, or every tick of equity would trade.
 */
import type { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { RuleOf } from "../settings.ts";
import type { Proportion } from "../state.ts";
import {
  type CapitalCopy,
  type CapitalLeg,
  isApart,
  isWellInside,
  keptProportion,
  proportionNow,
  sizeByProportion,
} from "./capital.ts";
import { type Fraction, fraction } from "./ratio.ts";
import { type Size, unsized } from "./size.ts";

type Rule = RuleOf<"equity-proportional">;

export function sizeByEquity(copy: CapitalCopy, rule: Rule, leg: CapitalLeg, leaderLots: Lots): Size {
  const proportion = keptProportion(rule, leg, leaderLots) ?? proportionNow(copy, rule);
  if (proportion === null) return unsized("equity-unknown");
  return sizeByProportion(copy, leaderLots, equityFactor(proportion), proportion);
}

/** Whether the capitals of this moment are further from those of the last sizing than the band allows. */
export function equityLeavesBand(copy: CapitalCopy, rule: Rule, then: Proportion): boolean {
  if (isWellInside(copy, rule, then)) return false;
  const now = proportionNow(copy, rule);
  return now !== null && isApart(equityFactor(then), equityFactor(now), rule.rebalanceBand);
}

export function equityFactor({ follower, leader }: Proportion): Fraction {
  return fraction([Decimal.parse(follower)], [Decimal.parse(leader)]);
}
