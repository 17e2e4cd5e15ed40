/**
 * Why a leg of a follower is not at its target: each change of a leader that leads to no order gets exactly one reason, and what is off
 * its target has one that stands.
 */
import type { DecisionDraft } from "./decision.ts";
import { copiesOf, denialOf, shownReason, standing, waitingChanges } from "./explanation.ts";
import type { Netting, Wish } from "./netting.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  type FollowerMarket,
  isOpen,
  type State,
} from "./state.ts";
import { goalUnder, type Step } from "./step.ts";
import { legTarget } from "./target.ts";

/** With its allocation ends what still waited for a copy; an order of this decision may explain it, so that goes first. */
export function explainEnded({ copies }: FollowerMarket, draft: DecisionDraft): void {
  for (const copy of copies) {
    if (copy.active || copy.pendingChanges.length === 0) continue;
    draft.denials.push(denialOf(copy, null, "allocation-ended", {}));
  }
}

/** Nobody answers for an account that is not configured: said once for what is open or owned there, and then left alone. */
export function explainRemoved(market: FollowerMarket, draft: DecisionDraft): void {
  const orders = market.legs.flatMap((leg) => [...leg.working.values()]);
  const openOrders = orders.filter(isOpen).length;
  const ownedLots = market.legs.reduce((sum, leg) => sum + Math.abs(leg.ownedLots), 0);
  const isUnsaid = openOrders + ownedLots > 0 && market.lastReason !== "account-removed";
  for (const copy of market.copies) {
    if (copy.pendingChanges.length === 0 && !isUnsaid) continue;
    draft.denials.push(denialOf(copy, null, "account-removed", { openOrders, ownedLots }));
  }
}

interface Why {
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
}

/** Soon after its end is told, a copy has the reason of what it could not close. */
const ENDED_MS = 100;

/**
 * What waits on a leg is explained by its order, stays open while it waits, or gets its reason. A copy that ended has one only for what
 * it could not close: what its leader changed is explained by the end of its allocation first.
 */
export function explain(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  step: Step,
  netting: Netting,
  draft: DecisionDraft,
): void {
  const ordered = step.kind === "order" ? copiesOf({ market: leg.market, shares: netting.shares }) : [];
  for (const wish of wishes) {
    const { copy, part } = wish;
    if (awaitsEquity(copy, part) || ordered.includes(copy)) continue;
    const why = copy.active ? whyNot(wish, step, netting) : whyLeft(wish, step, netting);
    if (why === null) continue;
    const { reason, detail } = why;
    const isWaiting = waitingChanges(copy, leg.leg).length > 0;
    if (part.lastReason === shownReason(reason) && (!isWaiting || !copy.active)) continue;
    if (isWaiting && !copy.active) draft.waits.push({ market: leg.market, untilMs: state.nowMs + ENDED_MS });
    else draft.denials.push(denialOf(copy, leg.leg, reason, detail));
  }
}

/** Why a copy that ended still holds something: a reason only while that cannot be closed. */
function whyLeft(wish: Wish, step: Step, netting: Netting): Why | null {
  const { part, goal } = wish;
  if (part.heldLots !== goal) return whyNot(wish, step, netting);
  return { reason: "at-target", detail: { targetLots: goal } };
}

/** Why a copy that no order is for has none; null while that is open. */
export function whyNot(wish: Wish, step: Step, { crossing }: Netting): Why | null {
  const { copy, part, objection, missed, waits } = wish;
  if (waits !== null) return waits === "rest" ? beside(copy, part) : null;
  if (objection !== null) return objection;
  if (step.kind === "wait") return missed ?? refusedShrinking(wish, step);
  const crossedLots = crossing?.moves.find((move) => move.copy === copy.index)?.lots ?? 0;
  const isShort = goalUnder(step)(wish) - part.heldLots !== crossedLots;
  const isKept = step.kind === "deny" && step.restrains && wish.restrained !== legTarget(part);
  if (step.kind === "deny" && (isShort || isKept)) return step;
  if (step.kind === "order" && isShort) return null;
  if (step.kind === "order" && step.restrains && wish.restrained !== legTarget(part)) return null;
  if (crossedLots !== 0) return { reason: "crossed-inside", detail: { lots: crossedLots } };
  return standing(copy, part);
}

/** What was given up, or closed by stops of ours, has its reason also while all else rests at the venue, and may for long. */
function beside(copy: Copy, part: CopyLeg): Why | null {
  if (part.waivedLots === 0 && part.stoppedLots === 0) return null;
  return waitingChanges(copy, part.leg).length > 0 ? null : standing(copy, part);
}

/**
 * What only shrinks is not given up when the venue refuses it: it is tried again, and has its reason until then. What a leader
 * changed meanwhile is explained by the order that is sent then.
 */
function refusedShrinking(
  { copy, part, goal, restrained }: Wish,
  { refusal }: Extract<Step, { readonly kind: "wait" }>,
): Why | null {
  if (refusal === undefined || restrained === part.heldLots || goal !== restrained) return null;
  if (waitingChanges(copy, part.leg).length > 0) return null;
  return { reason: "refused-by-exchange", detail: { refusal } };
}

/** A leader that was not read yet in this run: its first snapshot tells the equity, or that there is none to be had. */
function awaitsEquity(copy: Copy, { unsized }: CopyLeg): boolean {
  return unsized === "equity-unknown" && copy.leader.confirmedAtMs === 0;
}
