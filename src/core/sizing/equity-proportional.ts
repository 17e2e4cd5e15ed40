/**
 * Sizing by equity: follower's equity / leader's equity x scaling x the leader's size. The proportion is fixed at each
 * increase of the leader; a reduction keeps it (the follower goes down in step), so that a follower never buys because
 * its leader sold. Between changes only a rebalance band moves it, or every tick of equity would trade.
 */
import { Lots, ZERO_LOTS } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Copy, CopyLeg } from "../state.ts";

export function sizeByEquity(copy: Copy, leg: CopyLeg, leaderLots: Lots): Lots | null {
  if (leaderLots === 0) return ZERO_LOTS;
  if (isReduction(leg, leaderLots)) return inStep(leg, leaderLots);
  return proportionNow(copy, leaderLots);
}

/** The size by the equities of this moment; null when one of them is unknown or the leader has none. */
export function proportionNow(copy: Copy, leaderLots: Lots): Lots | null {
  const leader = positiveEquity(copy.leader.equity);
  const follower = positiveEquity(copy.market.follower.equity);
  if (leader === null || follower === null) return null;
  const scale = Math.max(leader.scale, follower.scale);
  const numerator = BigInt(leaderLots) * copy.ratio.numerator * follower.unitsAt(scale);
  return Lots(Number(numerator / (copy.ratio.denominator * leader.unitsAt(scale))));
}

function isReduction(leg: CopyLeg, leaderLots: Lots): boolean {
  return (
    Math.sign(leg.leaderLots) === Math.sign(leaderLots) && Math.abs(leaderLots) <= Math.abs(leg.leaderLots)
  );
}

function inStep(leg: CopyLeg, leaderLots: Lots): Lots {
  return Lots(Number((BigInt(leg.wantedLots) * BigInt(leaderLots)) / BigInt(leg.leaderLots)));
}

function positiveEquity(text: string | null): Decimal | null {
  const value = text === null ? undefined : Decimal.tryParse(text);
  return value !== undefined && value.sign > 0 ? value : null;
}
