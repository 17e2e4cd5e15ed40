/**
 * What a copy holds beside what its leader does, at one moment of the state: the leader's holding scaled by the rule, and what lies
 * between it and the follower's, each part read from the field of the state that keeps it, by what the core itself computes targets with.
 */

import type { Cause } from "../../analytics/attribution/components.ts";
import { DELAY } from "../../analytics/attribution/components.ts";
import { type Deviation, PLACES } from "../../analytics/attribution/copy-book.ts";
import { cutTarget } from "../../core/guard/stop.ts";
import { addLots, Lots } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { ReasonKind } from "../../core/reason.ts";
import { unitsPerLeaderUnit } from "../../core/shape/symbol-map.ts";
import { exactShare, type SizedLeg } from "../../core/sizing/exact-share.ts";
import type { Copy, CopyLeg } from "../../core/state.ts";
import { baseTarget, leaderSize, leftOutSize, legTarget } from "../../core/target.ts";
import { AWAITS_APPROVAL } from "../instrument-rows.ts";
import type { GivenUp } from "./given-up.ts";
import { causeOfGivenUp, causeOfWaiting } from "./reasons.ts";

export interface CopyHolding {
  /** Signed, in the follower's coins, all legs together; so are the deviations, which sum to held - scaled. */
  readonly scaled: Decimal;
  readonly held: Decimal;
  readonly deviations: readonly Deviation[];
  /** Within less than a step of the scaled holding, on every leg. */
  readonly inParity: boolean;
  /** What of the leader's money is one of the follower's: a rule's factor in value; null while the rule has none. */
  readonly moneyScale: Decimal | null;
  /** The leader holds something here. */
  readonly isLed: boolean;
}

export function holdingOf(copy: Copy, givenUp: GivenUp): CopyHolding {
  const legs = copy.market.mode === null ? [] : copy.legs;
  if (legs.length === 0) return undescribed(copy);
  const parts = legs.map((part) => partOf(copy, part, givenUp));
  return {
    scaled: total(parts.map(({ scaled }) => scaled)),
    held: total(parts.map(({ held }) => held)),
    deviations: parts.flatMap(({ deviations }) => deviations).filter(({ quantity }) => !quantity.isZero),
    inParity: parts.every(({ isWithinStep }) => isWithinStep),
    moneyScale: parts.find(({ moneyScale }) => moneyScale !== null)?.moneyScale ?? null,
    isLed: parts.some(({ isLed }) => isLed),
  };
}

/** What the copy holds, signed, all legs together. */
export function heldBy({ legs, market }: Copy): Decimal {
  const lots = legs.reduce((sum, { heldLots }) => sum + heldLots, 0);
  return Decimal.of(BigInt(lots), 0).times(market.instrument.lotSize);
}

/** How the account keeps its positions there is being asked: all that the leader holds is under way. */
function undescribed(copy: Copy): CopyHolding {
  const part = UNDESCRIBED_LEG;
  const leaderLots = copy.active ? leaderSize(copy, "net") : Lots(0);
  const scaled = shareOf(copy, part, leaderLots) ?? Decimal.zero;
  const reason = copy.market.lastReason;
  const cause = reason === null ? DELAY : causeOfWaiting(reason);
  return {
    scaled,
    held: Decimal.zero,
    deviations: scaled.isZero ? [] : [{ cause, quantity: scaled.negated() }],
    inParity: scaled.isZero,
    moneyScale: leaderLots === 0 ? null : moneyScaleOf(copy, part),
    isLed: leaderLots !== 0,
  };
}

const UNDESCRIBED_LEG: SizedLeg = { proportion: null, opening: null };

function partOf(copy: Copy, part: CopyLeg, givenUp: GivenUp) {
  const { instrument } = copy.market;
  const coins = (lots: number) => Decimal.of(BigInt(lots), 0).times(instrument.lotSize);
  const { wantedLots, waivedLots, stoppedLots, excessLots, heldLots } = part;
  const leaderLots = copy.active ? leaderSize(copy, part.leg) : Lots(0);
  const leftOutLots = copy.active ? leftOutSize(copy, part.leg) : Lots(0);
  const wanted = coins(wantedLots);
  const copied = copy.active ? (shareOf(copy, part, leaderLots) ?? wanted) : Decimal.zero;
  const leftOut = shareOf(copy, part, leftOutLots) ?? Decimal.zero;
  const scaled = copied.plus(leftOut);
  const uncut = cutTarget({ ...part, cuts: [], waivedLots: addLots(waivedLots, stoppedLots) });
  const based = baseTarget(part);
  const target = legTarget(part);
  const held = coins(heldLots);
  const deviations: readonly Deviation[] = [
    { cause: causeOfGivenUp("side-filtered"), quantity: leftOut.negated() },
    { cause: sizedCause(copy, part), quantity: wanted.minus(copied) },
    { cause: MINIMUM, quantity: coins(excessLots) },
    ...givenUp.of(part).map(({ reason, lots }) => ({
      cause: causeOfGivenUp(reason),
      quantity: coins(-lots),
    })),
    { cause: causeOfGivenUp(part.stoppedFor), quantity: coins(-stoppedLots) },
    { cause: causeOfGivenUp("cut"), quantity: coins(based - uncut) },
    { cause: AHEAD, quantity: coins(target - based) },
    { cause: outstandingCause(part), quantity: coins(heldLots - target) },
  ];
  const step = Decimal.parse(instrument.spec.quantityStep);
  return {
    scaled,
    held,
    deviations,
    isLed: leaderLots !== 0 || leftOutLots !== 0,
    isWithinStep: held.minus(scaled).absolute().compare(step) < 0,
    moneyScale: leaderLots === 0 && leftOutLots === 0 ? null : moneyScaleOf(copy, part),
  };
}

const MINIMUM: Cause = { component: "minimum", reason: "rounded-up" };
/** Pending entries of ours filled before the leader's did. */
const AHEAD: Cause = { component: "late", reason: "ahead-of-leader" };

/** Between the rule's exact size and its whole steps lies rounding, unless the rule had no size, or the copy only shrinks. */
function sizedCause({ ending }: Copy, { unsized }: CopyLeg): Cause {
  if (unsized !== null) return causeOfWaiting(unsized);
  return ending === null ? { component: "rounding", reason: "" } : causeOfGivenUp("allocation-ended");
}

const ASKED: Cause = { component: "late", reason: AWAITS_APPROVAL };

/** What is wanted and not held is under way, or waits: for a recorded reason, or for the owner's word. */
function outstandingCause({ lastReason, proposal }: CopyLeg): Cause {
  if (lastReason !== null && !isOfTarget(lastReason)) return causeOfWaiting(lastReason);
  return proposal === null ? DELAY : ASKED;
}

/** These say why the target is what it is: it was lowered by them already. */
function isOfTarget(reason: ReasonKind): boolean {
  return reason === "waived" || reason === "cut" || reason === "stop-fired" || reason === "trigger-passed";
}

function shareOf(copy: Copy, part: SizedLeg, leaderLots: Lots): Decimal | null {
  if (leaderLots === 0) return Decimal.zero;
  const share = exactShare(copy, part, leaderLots);
  if (share === null) return null;
  const coins = Decimal.of(share.numerator, 0).times(copy.market.instrument.lotSize);
  return coins.dividedBy(Decimal.of(share.denominator, 0), PLACES, "half-even");
}

/** The follower's value of one of the leader's lots, per its value. */
function moneyScaleOf(copy: Copy, part: SizedLeg): Decimal | null {
  const share = exactShare(copy, part, Lots(1));
  if (share === null) return null;
  const { leaderInstrument, market, allocation } = copy;
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  const coins = Decimal.of(share.numerator, 0).times(market.instrument.lotSize);
  const whole = Decimal.of(share.denominator, 0).times(leaderInstrument.lotSize).times(units);
  return coins.dividedBy(whole, PLACES, "half-even");
}

function total(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), Decimal.zero);
}
