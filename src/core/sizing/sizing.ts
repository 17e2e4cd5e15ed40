/**
 * From what a leader holds to what one follower should hold, by the rule of the allocation. One rule per file beside
 * this one. All results are whole lots of the follower's instrument, towards zero, with the leader's sign.
 */
import type { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Instrument } from "../model/instrument.ts";
import type { Allocation } from "../settings.ts";
import type { Copy, CopyLeg } from "../state.ts";
import { sizeByEquity } from "./equity-proportional.ts";
import { makeRatio, type Ratio, scaleLots } from "./ratio.ts";

/** The constant part of the rule: multiplier x scaling x the leader's step / the follower's step. */
export function constantRatio(allocation: Allocation, leader: Instrument, follower: Instrument): Ratio {
  const multiplier =
    allocation.sizing.kind === "multiplier" ? Decimal.parse(allocation.sizing.multiplier) : Decimal.one;
  const scaling = Decimal.parse(allocation.positionScaling);
  return makeRatio([multiplier, scaling, leader.quantityStep], [follower.quantityStep]);
}

/** The size to hold for `leaderLots`; null when the rule lacks a number it needs (equity). */
export function size(copy: Copy, leg: CopyLeg, leaderLots: Lots): Lots | null {
  const rule = copy.allocation.sizing;
  switch (rule.kind) {
    case "multiplier":
      return scaleLots(leaderLots, copy.ratio);
    case "equity-proportional":
      return sizeByEquity(copy, leg, leaderLots);
  }
}
