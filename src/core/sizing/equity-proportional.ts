/**
 * Sizing by equity: follower's equity / leader's equity x scaling x the leader's size. The proportion is fixed at each
 * increase of the leader; a reduction keeps it (the follower goes down in step), so that a follower never buys because
 * its leader sold. Between changes only a rebalance band moves it, or every tick of equity would trade.
 */
import type { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Copy, CopyLeg, Proportion } from "../state.ts";
import { type Size, sizedLots } from "./size.ts";

export function sizeByEquity(copy: Copy, leg: CopyLeg, leaderLots: Lots): Size {
  const kept = isReduction(leg, leaderLots) ? leg.proportion : null;
  const proportion = kept ?? proportionNow(copy);
  if (proportion === null) return { kind: "unsized", reason: "equity-unknown" };
  const follower = Decimal.parse(proportion.follower);
  const leader = Decimal.parse(proportion.leader);
  const scale = Math.max(leader.scale, follower.scale);
  const numerator = BigInt(leaderLots) * copy.ratio.numerator * follower.unitsAt(scale);
  const lots = numerator / (copy.ratio.denominator * leader.unitsAt(scale));
  return sizedLots(Number(lots), copy.market.instrument, proportion);
}

/** Whether the equities of this moment are further from those of the last sizing than the band allows. */
export function leavesBand(copy: Copy, leg: CopyLeg): boolean {
  const rule = copy.allocation.sizing;
  if (rule.kind !== "equity-proportional" || leg.proportion === null || leg.wantedLots === 0) return false;
  if (isWellInside(copy, leg.proportion, rule.rebalanceBand)) return false;
  const now = proportionNow(copy);
  if (now === null) return false;
  const before = Decimal.parse(leg.proportion.follower).times(Decimal.parse(now.leader));
  const after = Decimal.parse(now.follower).times(Decimal.parse(leg.proportion.leader));
  const band = Decimal.parse(rule.rebalanceBand).times(before);
  return after.minus(before).absolute().compare(band) > 0;
}

/**
 * By doubles, for the usual case: each equity of a leader is compared for every copy of every follower, ten thousand times
 * in one go. Whatever is near the band's edge, or no number, is left to exact arithmetic.
 */
function isWellInside({ leader, market }: Copy, then: Proportion, band: string): boolean {
  const before = Number(then.follower) * Number(leader.equity);
  const after = Number(market.follower.equity) * Number(then.leader);
  return before > 0 && after > 0 && Math.abs(after - before) < Number(band) * before * INSIDE;
}

/** Far more than the error of doubles. */
const INSIDE = 0.999999;

/** Null when an equity is unknown or the leader has none. */
function proportionNow(copy: Copy): Proportion | null {
  const { equity: leader } = copy.leader;
  const { equity: follower } = copy.market.follower;
  if (leader === null || follower === null || !isPositive(leader) || !isPositive(follower)) return null;
  return { follower, leader };
}

function isReduction(leg: CopyLeg, leaderLots: Lots): boolean {
  if (leaderLots === 0) return true;
  return (
    Math.sign(leg.leaderLots) === Math.sign(leaderLots) && Math.abs(leaderLots) <= Math.abs(leg.leaderLots)
  );
}

function isPositive(text: string): boolean {
  return (Decimal.tryParse(text)?.sign ?? 0) > 0;
}
