/**
 * From what a leader holds to what one follower should hold, by the rule of the allocation. One rule per file beside
 * this one. All results are whole lots of the follower's instrument, towards zero, with the leader's sign.
 */
import { Lots, ZERO_LOTS } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Instrument } from "../model/instrument.ts";
import type { Allocation } from "../settings.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, CopyLeg } from "../state.ts";
import { sizeByEquity } from "./equity-proportional.ts";
import { makeRatio, type Ratio, scaleLots } from "./ratio.ts";
import { type Size, sizedLots } from "./size.ts";

const FLAT: Size = { kind: "sized", lots: ZERO_LOTS, proportion: null };

/** The constant part of the rule: multiplier x scaling x units x the leader's lot / the follower's lot. */
export function constantRatio(allocation: Allocation, leader: Instrument, follower: Instrument): Ratio {
  const multiplier =
    allocation.sizing.kind === "multiplier" ? Decimal.parse(allocation.sizing.multiplier) : Decimal.one;
  const scaling = Decimal.parse(allocation.positionScaling);
  const units = unitsPerLeaderUnit(allocation, leader.spec.symbol);
  return makeRatio([multiplier, scaling, units, leader.lotSize], [follower.lotSize]);
}

/** The size to hold for `leaderLots`, or why the rule cannot give one. */
export function size(copy: Copy, leg: CopyLeg, leaderLots: Lots): Size {
  if (leaderLots === 0) return FLAT;
  const rule = copy.allocation.sizing;
  switch (rule.kind) {
    case "multiplier":
      return sizedLots(scaleLots(leaderLots, copy.ratio), copy.market.instrument, null);
    case "equity-proportional":
      return sizeByEquity(copy, leg, leaderLots);
  }
}

/** Whether a change of the leader by `changedLots` comes to less than one of the follower's lots by the rule of `copy`. */
export function isBelowStep(copy: Copy, leg: CopyLeg, changedLots: Lots): boolean {
  const side = leg.leaderLots < 0 ? -1 : 1;
  const sized = size(copy, leg, Lots(Math.abs(changedLots) * side));
  return sized.kind === "sized" && sized.lots === 0;
}
