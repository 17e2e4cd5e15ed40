/**
 * Which leader changes an order or a denial explains. A change is explained on the one leg of the follower where it shows;
 * an order there explains all that waits for it, a denial gives each of them its reason.
 */
import type { Denial, PlannedOrder } from "./decision.ts";
import type { Leg } from "./event.ts";
import { cutOf, detailOf } from "./guard/stop.ts";
import { Lots } from "./model/amounts.ts";
import type { VenueOrderId } from "./model/identifiers.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import { turnedLeg } from "./shape/side.ts";
import { missingDetail } from "./sizing/missing.ts";
import { isBelowStep } from "./sizing/sizing.ts";
import type { Copy, CopyLeg, LeaderChange } from "./state.ts";
import { leftOutSize } from "./target.ts";

/** The changes of `copy` that still wait for an explanation on `leg`; null means every leg. */
export function waitingChanges(copy: Copy, leg: Leg | null): readonly LeaderChange[] {
  if (leg === null || copy.pendingChanges.length === 0) return copy.pendingChanges;
  return copy.pendingChanges.filter((change) => homeLeg(copy, change) === leg);
}

/** They wait no more. */
export function noteExplained(copy: Copy, leg: Leg | null): void {
  const { pendingChanges } = copy;
  const [first] = pendingChanges;
  if (first === undefined) return;
  if (pendingChanges.length === 1) {
    if (leg === null || homeLeg(copy, first) === leg) copy.pendingChanges = [];
    return;
  }
  const explained = waitingChanges(copy, leg);
  copy.pendingChanges =
    explained.length === pendingChanges.length
      ? []
      : pendingChanges.filter((change) => !explained.includes(change));
}

/**
 * The copies that an order is for: it explains what waits at them on its leg. One without shares is for the first, which was the
 * only one when it was decided.
 */
export function copiesOf({ market, shares }: Pick<PlannedOrder, "market" | "shares">): readonly Copy[] {
  if (shares === null) return market.copies.slice(0, 1);
  return market.copies.filter(({ index }) => shares.some(({ copy }) => copy === index));
}

/** The denial of everything that waits on `copy` and `leg`. */
export function denialOf(copy: Copy, leg: Leg | null, reason: ReasonKind, detail: ReasonDetail): Denial {
  return {
    market: copy.market,
    copy,
    leg,
    leader: copy.leader.account,
    follower: copy.market.follower.account,
    instrument: copy.leaderInstrument.id,
    reason,
    detail,
    changes: waitingChanges(copy, leg),
  };
}

/** Why a pending order of the leader's does not rest here; what waits on the leg is not explained by it. */
export function pendingDenial(
  copy: Copy,
  leg: Leg,
  order: VenueOrderId,
  { reason, detail }: { readonly reason: ReasonKind; readonly detail: ReasonDetail },
): Denial {
  return { ...denialOf(copy, leg, reason, detail), changes: [], pending: order };
}

/**
 * Why nothing is to do on `leg`: the target is held, or what waits comes to less than a step of it, or what is missing was
 * given up, or could not be sized.
 */
export function standing(
  copy: Copy,
  leg: CopyLeg,
): { readonly reason: ReasonKind; readonly detail: ReasonDetail } {
  if (copy.ending !== null) return { reason: "allocation-ended", detail: { stopMode: copy.ending } };
  if (leg.unsized !== null) return { reason: leg.unsized, detail: missingDetail(copy, leg) };
  const cut = cutOf(copy, leg);
  if (cut !== null) return { reason: cut.bars ? "stopped" : "cut", detail: detailOf(cut) };
  if (leg.stoppedLots !== 0) {
    const { stoppedFor: reason, stoppedLots, wantedLots } = leg;
    return { reason, detail: { stoppedLots, wantedLots } };
  }
  if (leg.waivedLots === 0) return held(copy, leg);
  const detail = { waivedLots: leg.waivedLots, wantedLots: leg.wantedLots };
  return { reason: leg.waivedFor ?? "waived", detail };
}

function held(copy: Copy, leg: CopyLeg): { readonly reason: ReasonKind; readonly detail: ReasonDetail } {
  const changes = waitingChanges(copy, leg.leg);
  if (isLeftOut(copy, leg, changes)) {
    const leaderLots = leftOutSize(copy, leg.leg);
    return { reason: "side-filtered", detail: { side: copy.allocation.side, leaderLots } };
  }
  const detail = { targetLots: leg.wantedLots };
  const changedLots = changes.reduce((sum, { byLots }) => sum + byLots, 0);
  if (changedLots === 0 || !isBelowStep(copy, leg, Lots(changedLots))) return { reason: "at-target", detail };
  return { reason: "below-step", detail: { changedLots, leaderLots: leg.leaderLots, ...detail } };
}

/** Whether all that the leader has here, or all that changed, is on the side that is not copied. */
function isLeftOut(copy: Copy, leg: CopyLeg, changes: readonly LeaderChange[]): boolean {
  const { side } = copy.allocation;
  if (side === "both" || leftOutSize(copy, leg.leg) === 0) return false;
  const other = side === "long" ? "short" : "long";
  return leg.wantedLots === 0 || (changes.length > 0 && changes.every((change) => change.leg === other));
}

/** The reason that a status shows while it stands; having what is wanted, to the step, is none. */
export function shownReason(reason: ReasonKind): ReasonKind | null {
  return NOTHING_LACKS.includes(reason) ? null : reason;
}

const NOTHING_LACKS: readonly ReasonKind[] = ["at-target", "below-step", "crossed-inside"];

/** A net position's change shows on the side where it ends, or where it ended. */
function homeLeg({ allocation, market }: Copy, change: LeaderChange): Leg | null {
  if (market.mode === null) return null;
  if (market.mode === "one-way") return "net";
  if (change.leg !== "net") return turnedLeg(change.leg, allocation);
  const side = change.holdsLots === 0 ? -change.byLots : change.holdsLots;
  return turnedLeg(side > 0 ? "long" : "short", allocation);
}
