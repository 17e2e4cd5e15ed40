/**
 * Folds a decision into the state: orders become working orders, explained changes stop waiting, questions are noted as
 * asked. Used right after deciding and, from the journal, at recovery; nothing else of a decision enters the state.
 */
import { notePropose, settleProposal } from "./approval.ts";
import type { Adjustment, Decision, Denial, PlannedOrder, Question, WorkMove } from "./decision.ts";
import type { Leg } from "./event.ts";
import { copiesOf, noteExplained, shownReason } from "./explanation.ts";
import { copyLeg, followerLeg } from "./markets.ts";
import { addLots, ZERO_LOTS } from "./model/amounts.ts";
import type { ClientOrderId } from "./model/identifiers.ts";
import type { Followed, OrderPurpose } from "./order.ts";
import { note, type PendingNote } from "./pending/ahead-lots.ts";
import type { ReasonKind } from "./reason.ts";
import { awaitRoom, reserveMargin } from "./reservation.ts";
import { noteIncrease } from "./risk/order-rate.ts";
import { LOOK_AGAIN_MS } from "./slicing/work.ts";
import { addWorked } from "./slicing/worked.ts";
import type { AskedChange, Copy, CopyLeg, FollowerMarket, State } from "./state.ts";
import { waive } from "./target.ts";
import { cross } from "./virtual.ts";
import { noteAsked, openOrder } from "./working-order.ts";

export function commit(state: State, decision: Decision): void {
  if (decision.orders.length > 0) state.decisionSequence += 1;
  state.epochs.set(state.epoch, state.decisionSequence);
  for (const { clientOrderId } of decision.cancels) commitChange(state, clientOrderId, { kind: "cancel" });
  for (const move of decision.works) commitWork(move);
  for (const planned of decision.orders) commitOrder(state, planned);
  for (const { clientOrderId, change, follows } of decision.amends)
    commitChange(state, clientOrderId, { kind: "amend", ...change }, follows);
  for (const crossing of decision.crossings) cross(state, crossing);
  for (const adjustment of decision.adjustments) commitAdjustment(adjustment, decision.denials);
  for (const denial of decision.denials) commitDenial(denial);
  for (const proposed of decision.proposals) notePropose(state, proposed);
  for (const question of decision.questions) commitQuestion(state, question);
  for (const { market, untilMs } of decision.waits) wakeBy(state, market, untilMs);
}

function commitOrder(state: State, planned: PlannedOrder): void {
  const { market, order, shares, follows = null } = planned;
  const leg = followerLeg(market, order.leg);
  const { reduceOnly, purpose } = order;
  if (!reduceOnly) {
    noteIncrease(state, market.follower);
    leg.increasedAtMs = state.nowMs;
  }
  if (purpose === "slice") leg.sliceAgainAtMs = state.nowMs + LOOK_AGAIN_MS;
  const working = openOrder(state, leg, { ...order, follows }, shares);
  if (follows !== null) for (const copy of copiesOf(planned)) forgetNote(copyLeg(copy, order.leg), follows);
  if (!reduceOnly) reserveMargin(state, leg, working);
  wakeBy(state, market, working.lookUpAtMs);
  if (!carriesOut(purpose)) return;
  for (const copy of copiesOf(planned)) {
    noteExplained(copy, order.leg);
    copyLeg(copy, order.leg).lastReason = null;
  }
  showReason(market);
}

function commitWork({ leg, work, done }: WorkMove): void {
  leg.work = work;
  if (done !== null) leg.market.worked = addWorked(leg.market.worked, done);
}

/** Whether orders of this purpose carry out what a leader changed, and so explain it; the others guard what is held, or wait. */
export function carriesOut(purpose: OrderPurpose): boolean {
  switch (purpose) {
    case "rebalance":
    case "close":
    case "entry-rest":
    case "slice":
      return true;
    case "take-profit":
    case "stop":
    case "rested-exit":
    case "pending-entry":
      return false;
  }
}

/** An orphan is no order that we know: nothing is to be noted of it. */
function commitChange(
  state: State,
  id: ClientOrderId,
  asked: Pick<AskedChange, "kind" | "triggerPrice">,
  follows?: Followed,
): void {
  const leg = state.orders.get(id);
  const order = leg?.working.get(id);
  if (leg === undefined || order === undefined) return;
  noteAsked(state, order, asked);
  if (follows !== undefined) order.follows = follows;
  wakeBy(state, leg.market, order.lookUpAtMs);
}

/** What is waived keeps the reason that was given for it; the minimum's policies are the user's own wish. */
function commitAdjustment(
  { copy, leg, kind, lots, reason: own }: Adjustment,
  denials: readonly Denial[],
): void {
  const part = copyLeg(copy, leg);
  if (kind === "round-up") {
    part.excessLots = addLots(part.excessLots, lots);
    if (part.approvedLots !== 0) part.approvedLots = addLots(part.approvedLots, lots);
    return;
  }
  waive(part, lots);
  settleProposal(part);
  const about = denials.find((one) => one.copy === copy && one.leg === leg && one.pending === undefined);
  const reason = own ?? about?.reason;
  if (reason !== undefined && part.waivedLots !== 0 && !isOwnPolicy(reason)) part.waivedFor = reason;
  if (reason === "late-entry") part.lateLots = ZERO_LOTS;
}

/** A rest of what was rounded up is given up because the target is held without it. */
function isOwnPolicy(reason: ReasonKind): boolean {
  return OWN_POLICY.includes(reason);
}

const OWN_POLICY: readonly ReasonKind[] = ["below-minimum-quantity", "below-minimum-notional", "at-target"];

function commitDenial({ market, copy, leg, reason, detail, pending }: Denial): void {
  if (market === null || copy === null) return;
  if (pending !== undefined) return notePending(copy, leg, { order: pending, reason, detail });
  noteExplained(copy, leg);
  awaitRoom(market.follower, reason);
  const stands = copy.active || leg !== null || reason === "account-removed";
  const shown = stands ? shownReason(reason) : null;
  for (const part of copy.legs) if (leg === null || part.leg === leg) part.lastReason = shown;
  if (leg === null && stands) market.lastReason = shown;
  else showReason(market);
}

/** What was said of a pending order of the leader's is said once. */
function notePending(
  copy: Copy,
  leg: Leg | null,
  said: Pick<PendingNote, "order" | "reason" | "detail">,
): void {
  for (const part of copy.legs) {
    if (part.leg !== leg) continue;
    const known = part.pendingNotes.find(({ order }) => order === said.order);
    note(part, { ...said, isFinal: known?.isFinal === true, isTold: true });
  }
}

/** An order stands for it now: what kept it from that before is over. */
function forgetNote(part: CopyLeg, { order }: Followed): void {
  part.pendingNotes = part.pendingNotes.filter((one) => one.order !== order || one.isFinal);
}

function showReason(market: FollowerMarket): void {
  market.lastReason = null;
  for (const copy of market.copies) {
    for (const { lastReason } of copy.legs) market.lastReason ??= lastReason;
  }
}

function commitQuestion(state: State, question: Question): void {
  if (question.kind === "snapshot") return;
  if (question.kind === "set-margin-mode") {
    const follower = state.followers.get(question.account);
    if (follower !== undefined) follower.margin.askedUntilMs = question.againAtMs;
    return;
  }
  if (question.kind === "look-up") {
    const order = state.orders.get(question.clientOrderId)?.working.get(question.clientOrderId);
    if (order === undefined) return;
    order.lookUps += 1;
    order.lookUpAtMs = question.againAtMs;
  }
  const market = state.followers.get(question.account)?.markets.get(question.instrument);
  if (market === undefined) return;
  if (question.kind === "describe-market") market.describeAgainAtMs = question.againAtMs;
  if (question.kind === "set-leverage") market.leverageAgainAtMs = question.againAtMs;
  wakeBy(state, market, question.againAtMs);
}

function wakeBy(state: State, market: FollowerMarket, untilMs: number): void {
  const known = state.agenda.get(market.index);
  if (known === undefined || untilMs < known) state.agenda.set(market.index, untilMs);
}
