/**
 * Which leader changes an order or a denial explains. A change is explained on the one leg of the follower where it shows;
 * an order there explains all that waits for it, a denial gives each of them its reason.
 */
import type { Denial } from "./decision.ts";
import type { Leg, PositionMode } from "./event.ts";
import { Lots } from "./model/amounts.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import { isBelowStep } from "./sizing/sizing.ts";
import type { Copy, CopyLeg, LeaderChange } from "./state.ts";

/** The changes of `copy` that still wait for an explanation on `leg`; null means every leg. */
export function waitingChanges(copy: Copy, leg: Leg | null): readonly LeaderChange[] {
  if (leg === null || copy.pendingChanges.length === 0) return copy.pendingChanges;
  return copy.pendingChanges.filter((change) => homeLeg(change, copy.market.mode) === leg);
}

/** They wait no more. */
export function noteExplained(copy: Copy, leg: Leg | null): void {
  const { pendingChanges } = copy;
  if (pendingChanges.length === 0) return;
  const explained = waitingChanges(copy, leg);
  copy.pendingChanges =
    explained.length === pendingChanges.length
      ? []
      : pendingChanges.filter((change) => !explained.includes(change));
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

/**
 * Why nothing is to do on `leg`: the target is held, or what waits comes to less than a step of it, or what is missing was
 * given up, or could not be sized.
 */
export function standing(
  copy: Copy,
  leg: CopyLeg,
): { readonly reason: ReasonKind; readonly detail: ReasonDetail } {
  if (leg.unsized !== null) return { reason: leg.unsized, detail: { leaderLots: leg.leaderLots } };
  if (leg.waivedLots === 0) return held(copy, leg);
  const detail = { waivedLots: leg.waivedLots, wantedLots: leg.wantedLots };
  return { reason: leg.refused ? "refused-by-exchange" : "waived", detail };
}

function held(copy: Copy, leg: CopyLeg): { readonly reason: ReasonKind; readonly detail: ReasonDetail } {
  const detail = { targetLots: leg.wantedLots };
  const changedLots = waitingChanges(copy, leg.leg).reduce((sum, { byLots }) => sum + byLots, 0);
  if (changedLots === 0 || !isBelowStep(copy, leg, Lots(changedLots))) return { reason: "at-target", detail };
  return { reason: "below-step", detail: { changedLots, leaderLots: leg.leaderLots, ...detail } };
}

/** The reason that a status shows while it stands; being at the target, to the step, is none. */
export function shownReason(reason: ReasonKind): ReasonKind | null {
  return reason === "at-target" || reason === "below-step" ? null : reason;
}

/** A net position's change shows on the side where it ends, or where it ended. */
function homeLeg(change: LeaderChange, mode: PositionMode | null): Leg | null {
  if (mode === null) return null;
  if (mode === "one-way") return "net";
  if (change.leg !== "net") return change.leg;
  const side = change.holdsLots === 0 ? -change.byLots : change.holdsLots;
  return side > 0 ? "long" : "short";
}
