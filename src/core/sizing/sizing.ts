/**
 * From what a leader holds to what one follower should hold, by the rule of the allocation. One rule per file beside
 * this one. All results are whole lots of the follower's instrument, towards zero, with the leader's sign.
 */
import { type Lots, type Ticks, ZERO_LOTS } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Instrument } from "../model/instrument.ts";
import { sizingFor } from "../overrides.ts";
import type { Allocation } from "../settings.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, CopyLeg, State } from "../state.ts";
import { equityLeavesBand, sizeByEquity } from "./equity-proportional.ts";
import { exactShare } from "./exact-share.ts";
import { sizeByNotional } from "./fixed-notional.ts";
import { sizeByQuantity } from "./fixed-quantity.ts";
import { sizeByMultiplier } from "./multiplier.ts";
import { makeRatio } from "./ratio.ts";
import { NOTHING_KEPT, type Size } from "./size.ts";
import { sizeByVolatility, volatilityLeavesBand } from "./volatility-target.ts";

const FLAT: Size = { kind: "sized", lots: ZERO_LOTS, ...NOTHING_KEPT };

/** The rule for a symbol, and the part of it that is constant while instruments and settings are. */
export function sizingTerms(
  allocation: Allocation,
  leader: Instrument,
  follower: Instrument,
): Pick<Copy, "rule" | "ratio"> {
  const { symbol } = leader.spec;
  const rule = sizingFor(allocation, symbol);
  const scaling = Decimal.parse(allocation.positionScaling);
  const units = unitsPerLeaderUnit(allocation, leader, follower);
  const ratio = (...factors: readonly Decimal[]) => makeRatio([scaling, ...factors], [follower.lotSize]);
  switch (rule.kind) {
    case "multiplier":
      return { rule, ratio: ratio(Decimal.parse(rule.multiplier), units, leader.lotSize) };
    case "equity-proportional":
    case "volatility-target":
      return { rule, ratio: ratio(units, leader.lotSize) };
    case "fixed-notional":
      return { rule, ratio: ratio(Decimal.parse(rule.notional)) };
    case "fixed-quantity":
      return { rule, ratio: ratio(Decimal.parse(rule.quantity)) };
  }
}

/** The size to hold for `leaderLots`, or why the rule cannot give one. `at` is what the leader is to pay, where that is known. */
export function size(state: State, copy: Copy, leg: CopyLeg, leaderLots: Lots, at?: Ticks): Size {
  if (leaderLots === 0) return FLAT;
  const { rule } = copy;
  switch (rule.kind) {
    case "multiplier":
      return sizeByMultiplier(copy, leaderLots);
    case "equity-proportional":
      return sizeByEquity(copy, rule, leg, leaderLots);
    case "volatility-target":
      return sizeByVolatility(state, copy, rule, leg, leaderLots);
    case "fixed-notional":
      return sizeByNotional(state, copy, leg, leaderLots, at);
    case "fixed-quantity":
      return sizeByQuantity(copy, leg, leaderLots);
  }
}

/** Whether the figures that `leg` was sized by have drifted so far that its target moves although the leader did not. */
export function leavesBand(state: State, copy: Copy, { proportion, wantedLots }: CopyLeg): boolean {
  const { rule } = copy;
  if (proportion === null || wantedLots === 0) return false;
  if (rule.kind !== "equity-proportional" && rule.kind !== "volatility-target") return false;
  // What is free changes with every order of the copy itself.
  if (rule.capital?.kind === "free-margin") return false;
  return rule.kind === "equity-proportional"
    ? equityLeavesBand(copy, rule, proportion)
    : volatilityLeavesBand(state, copy, rule, proportion);
}

/** Whether a change of the leader by `changedLots` comes to less than one of the follower's steps by the rule of `copy`. */
export function isBelowStep(copy: Copy, leg: CopyLeg, changedLots: Lots): boolean {
  const share = exactShare(copy, leg, changedLots);
  if (share === null) return false;
  return Math.abs(Number(share.numerator / share.denominator)) < copy.market.instrument.stepLots;
}
