/**
 * Room 5: the difference between what a follower should hold and what it owns, as approved orders, recorded denials,
 * questions or waits. Reads the state and changes nothing; the same state gives the same plan. One order at a time per
 * leg: what changes meanwhile is made up by the next plan.
 */
import { makeClientOrderId } from "./client-order-id.ts";
import type { Adjustment, DecisionDraft } from "./decision.ts";
import { denialOf, shownReason, standing, waitingChanges } from "./explanation.ts";
import { meetMinimum } from "./minimum.ts";
import { Lots, subtractLots } from "./model/amounts.ts";
import { toWholeSteps } from "./model/instrument.ts";
import type { OrderContext, OrderRequest } from "./order.ts";
import { hasOpenOrders, showsForeign } from "./ownership.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import { approveIncrease, approveReduction, objectionToIncrease } from "./risk/check-risk.ts";
import { desiredLeverage } from "./risk/leverage-cap.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  type FollowerMarket,
  isOpen,
  type State,
} from "./state.ts";
import { leaderSize, leadingCopy, legsOf, targetLots } from "./target.ts";
import { nextLookUpMs } from "./working-order.ts";

const QUESTION_PATIENCE_MS = 5_000;
/** How long a difference between venue and ledger is given to clear up before a snapshot is asked for. */
const MISMATCH_PATIENCE_MS = 1_200;
const SNAPSHOT_RETRY_MS = 1_000;

/** What is to be done on one leg. */
type Step =
  | { readonly kind: "order"; readonly lots: Lots; readonly reduceOnly: boolean; readonly excess: Lots }
  | { readonly kind: "wait"; readonly untilMs: number | null }
  | {
      readonly kind: "deny";
      readonly reason: ReasonKind;
      readonly detail: ReasonDetail;
      readonly waive: Lots;
    }
  | { readonly kind: "none" };

const NOTHING: Step = { kind: "none" };
const WAIT_FOR_EVENT: Step = { kind: "wait", untilMs: null };

/** Adds to `draft` what `market` needs now. */
export function reconcile(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  if (market.follower.venue === null) return explainRemoved(market, draft);
  const ordersBefore = draft.orders.length;
  askAboutOrders(state, market, draft);
  reconcileLegs(state, market, draft);
  if (draft.orders.length === ordersBefore) explainEnded(market, draft);
}

function reconcileLegs(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  const { mode, follower } = market;
  if (!hasInterest(market)) return;
  if (follower.confirmedAtMs === 0 && follower.halted === null) return;
  if (mode === null) return describe(state, market, draft);
  let idle = true;
  for (const name of legsOf(mode)) {
    const leg = market.legs.find((candidate) => candidate.leg === name);
    if (leg === undefined) continue;
    const step = stepOf(state, leg, draft);
    carryOut(state, leg, step, draft);
    explain(leg, step, draft);
    idle &&= step.kind === "none";
  }
  if (idle && holdsOwn(market)) asksForLeverage(state, market, draft);
}

/** Positions of ours and of nobody else: the terms of a position that is not ours are not touched. */
function holdsOwn({ legs }: FollowerMarket): boolean {
  return legs.some((leg) => leg.ownedLots !== 0) && legs.every((leg) => !isShared(leg));
}

function isShared(leg: FollowerLeg): boolean {
  return leg.foreignLots !== 0 || leg.mismatchSinceMs !== null;
}

function hasInterest(market: FollowerMarket): boolean {
  if (market.legs.some((leg) => leg.ownedLots !== 0 || leg.working.size > 0 || leg.mismatchSinceMs !== null))
    return true;
  return market.copies.some(
    (copy) => copy.active && (copy.pendingChanges.length > 0 || wantsSomething(copy)),
  );
}

function wantsSomething(copy: Copy): boolean {
  if (!copy.active) return false;
  if (copy.market.mode === null) return leaderSize(copy, "long") !== 0 || leaderSize(copy, "short") !== 0;
  return copy.legs.some((leg) => leg.wantedLots !== 0);
}

function describe(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  if (market.follower.halted !== null) {
    const detail = { cause: market.follower.halted };
    for (const copy of market.copies)
      if (copy.pendingChanges.length > 0 || market.lastReason !== "halted")
        draft.denials.push(denialOf(copy, null, "halted", detail));
    return;
  }
  const { account } = market.follower;
  const instrument = market.instrument.id;
  const againAtMs = state.nowMs + QUESTION_PATIENCE_MS;
  if (market.describeAgainAtMs <= state.nowMs) {
    draft.questions.push({ kind: "describe-market", account, instrument, againAtMs });
  } else draft.waits.push({ market, untilMs: market.describeAgainAtMs });
}

function askAboutOrders(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    for (const order of leg.working.values()) {
      if (!isOpen(order)) continue;
      if (order.lookUpAtMs > state.nowMs) {
        draft.waits.push({ market, untilMs: order.lookUpAtMs });
        continue;
      }
      draft.questions.push({
        kind: "look-up",
        account: market.follower.account,
        instrument: market.instrument.id,
        clientOrderId: order.clientOrderId,
        againAtMs: nextLookUpMs(state, order),
      });
    }
  }
}

function stepOf(state: State, leg: FollowerLeg, draft: DecisionDraft): Step {
  watchMismatch(state, leg, draft);
  const target = targetLots(leg.market, leg.leg);
  const owned = leg.ownedLots;
  if (target !== owned && leg.market.follower.confirmedAtMs === 0) return denyUnread(leg);
  if (hasOpenOrders(leg)) return besideOpenOrders(leg, target);
  if (isHeld(leg, target)) return NOTHING;
  if (state.nowMs < leg.retryAtMs) return { kind: "wait", untilMs: leg.retryAtMs };
  return isReduction(owned, target) ? reduce(leg, target) : increase(state, leg, target, draft);
}

/** Halted before its account was read in this run: what our ledger calls ours may be the owner's by now. */
function denyUnread(leg: FollowerLeg): Step {
  const detail = { cause: leg.market.follower.halted ?? "" };
  return { kind: "deny", reason: "halted", detail, waive: Lots(0) };
}

function watchMismatch(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  if (leg.mismatchSinceMs === null || hasOpenOrders(leg)) return;
  const dueMs = leg.mismatchSinceMs + MISMATCH_PATIENCE_MS;
  if (state.nowMs < dueMs) {
    draft.waits.push({ market: leg.market, untilMs: dueMs });
    return;
  }
  draft.questions.push({ kind: "snapshot", account: leg.market.follower.account });
  draft.waits.push({ market: leg.market, untilMs: state.nowMs + SNAPSHOT_RETRY_MS });
}

/** Next to an entry of unknown fate a reduction of what is confirmed may go; everything else waits. */
function besideOpenOrders(leg: FollowerLeg, target: Lots): Step {
  for (const order of leg.working.values()) {
    if (isOpen(order) && (order.reduceOnly || order.status !== "unknown")) return WAIT_FOR_EVENT;
  }
  const mayReduce = isReduction(leg.ownedLots, target) && !isHeld(leg, target);
  return mayReduce ? reduce(leg, target) : WAIT_FOR_EVENT;
}

/** To the quantity step, which what was bought in an earlier step need not keep. Nothing is left of what is to be closed. */
function isHeld({ market, ownedLots }: FollowerLeg, target: Lots): boolean {
  if (target === ownedLots) return true;
  if (target === 0 || Math.sign(target) === -Math.sign(ownedLots)) return false;
  return Math.abs(target - ownedLots) < market.instrument.stepLots;
}

function isReduction(owned: Lots, target: Lots): boolean {
  if (owned === 0) return false;
  return Math.sign(owned) !== Math.sign(target) || Math.abs(target) < Math.abs(owned);
}

/**
 * Down to the target, or to nothing when the target is on the other side: a flip is two steps. A close takes along what an
 * earlier quantity step left over, unless the venue refused that.
 */
function reduce(leg: FollowerLeg, target: Lots): Step {
  const { instrument } = leg.market;
  const goal = Math.sign(target) === Math.sign(leg.ownedLots) ? target : Lots(0);
  const missing = Lots(Math.abs(goal - leg.ownedLots));
  const wanted = goal === 0 && !leg.remainderRefused ? missing : toWholeSteps(instrument, missing);
  if (wanted === 0 || (wanted < instrument.minLots && goal !== 0)) {
    const detail = { lots: missing, minimum: instrument.minLots };
    return { kind: "deny", reason: "below-minimum-quantity", detail, waive: Lots(0) };
  }
  const lots = Math.min(wanted, instrument.maxMarketLots);
  return { kind: "order", lots: Lots(leg.ownedLots > 0 ? -lots : lots), reduceOnly: true, excess: Lots(0) };
}

function increase(state: State, leg: FollowerLeg, target: Lots, draft: DecisionDraft): Step {
  const { instrument } = leg.market;
  if (leg.market.copies.some(isInDoubt)) return WAIT_FOR_EVENT;
  const delayedUntil = latest(leg.market.copies.map((copy) => (copy.active ? copy.increaseNotBeforeMs : 0)));
  if (delayedUntil > state.nowMs) return { kind: "wait", untilMs: delayedUntil };
  if (isUnsettled(leg)) return WAIT_FOR_EVENT;
  const objection = objectionToIncrease(state, leg);
  const mayBeSettled = objection?.reason === "leverage-above-cap";
  if (objection !== null && !mayBeSettled) return { kind: "deny", ...objection, waive: Lots(0) };
  const sized = meetMinimum(state, leg, toWholeSteps(instrument, subtractLots(target, leg.ownedLots)));
  if (sized.kind === "below")
    return { kind: "deny", reason: sized.reason, detail: sized.detail, waive: sized.waive };
  if (asksForLeverage(state, leg.market, draft))
    return { kind: "wait", untilMs: state.nowMs + QUESTION_PATIENCE_MS };
  if (objection !== null) return { kind: "deny", ...objection, waive: Lots(0) };
  const lots = Math.min(Math.abs(sized.lots), instrument.maxMarketLots);
  return {
    kind: "order",
    lots: Lots(sized.lots > 0 ? lots : -lots),
    reduceOnly: false,
    excess: sized.excess,
  };
}

/** Nothing was confirmed in this run yet, or a snapshot contradicts the stream: the next one, asked for already, tells. */
function isInDoubt(copy: Copy): boolean {
  if (!copy.active) return false;
  if (copy.leader.confirmedAtMs === 0) return true;
  for (const holding of copy.leader.holdings.get(copy.leaderInstrument.id)?.values() ?? [])
    if (holding.disputed) return true;
  return false;
}

/**
 * The venue shows more than ours, which may be somebody else's trade or news that is on its way: nothing is added before
 * it is known. The wait for it, and its end, are watchMismatch's.
 */
function isUnsettled(leg: FollowerLeg): boolean {
  return leg.foreignLots === 0 && leg.mismatchSinceMs !== null && showsForeign(leg);
}

/** Asks for the leverage to have; true while that is open. */
function asksForLeverage(state: State, market: FollowerMarket, draft: DecisionDraft): boolean {
  if (market.follower.halted !== null || market.follower.paused) return false;
  const wanted = desiredLeverage(market);
  if (wanted === null || wanted === market.leverageHundredths || wanted === market.leverageRefusedHundredths)
    return false;
  if (market.leverageAgainAtMs > state.nowMs) return true;
  draft.questions.push({
    kind: "set-leverage",
    account: market.follower.account,
    instrument: market.instrument.id,
    leverageHundredths: wanted,
    againAtMs: state.nowMs + QUESTION_PATIENCE_MS,
  });
  return true;
}

function carryOut(state: State, leg: FollowerLeg, step: Step, draft: DecisionDraft): void {
  const { market } = leg;
  if (step.kind === "wait" && step.untilMs !== null) draft.waits.push({ market, untilMs: step.untilMs });
  if (step.kind === "deny" && step.waive !== 0) draft.adjustments.push(adjustment(leg, "waive", step.waive));
  if (step.kind !== "order") return;
  if (step.excess !== 0) draft.adjustments.push(adjustment(leg, "round-up", step.excess));
  const request = requestOf(state, leg, step.lots, step.reduceOnly);
  const order = step.reduceOnly ? approveReduction(leg, request) : approveIncrease(state, leg, request);
  draft.orders.push({ market, order });
}

function adjustment(leg: FollowerLeg, kind: Adjustment["kind"], lots: Lots): Adjustment {
  return { market: leg.market, leg: leg.leg, kind, lots };
}

/** The request for one leg in the next decision; also how a recorded order is read back. */
export function requestOf(state: State, leg: FollowerLeg, lots: Lots, reduceOnly: boolean): OrderRequest {
  const { market } = leg;
  const identity = {
    epoch: state.epoch,
    market: market.index,
    leg: leg.leg,
    purpose: "rebalance",
    part: 0,
  } as const;
  return {
    clientOrderId: makeClientOrderId({ ...identity, decision: state.decisionSequence + 1 }),
    account: market.follower.account,
    instrument: market.instrument.id,
    leg: leg.leg,
    lots,
    reduceOnly,
    purpose: identity.purpose,
    context: contextOf(state, market),
  };
}

function contextOf(state: State, market: FollowerMarket): OrderContext {
  const change = leadingCopy(market)?.lastChange ?? null;
  const quote = state.quotes.get(market.instrument.id);
  return {
    leaderPrice: change?.price ?? null,
    leaderTimeMs: change?.venueTimeMs ?? 0,
    leaderReceivedAtMs: change?.receivedAtMs ?? 0,
    decidedAtMs: state.nowMs,
    bid: quote?.bid ?? null,
    ask: quote?.ask ?? null,
    mark: quote?.mark ?? null,
  };
}

/** With its allocation ends what still waited for a copy; an order of this decision may explain it, so that goes first. */
function explainEnded({ copies }: FollowerMarket, draft: DecisionDraft): void {
  for (const copy of copies) {
    if (copy.active || copy.pendingChanges.length === 0) continue;
    draft.denials.push(denialOf(copy, null, "allocation-ended", {}));
  }
}

/** Nobody answers for an account that is not configured: said once for what is open or owned there, and then left alone. */
function explainRemoved(market: FollowerMarket, draft: DecisionDraft): void {
  const orders = market.legs.flatMap((leg) => [...leg.working.values()]);
  const openOrders = orders.filter(isOpen).length;
  const ownedLots = market.legs.reduce((sum, leg) => sum + Math.abs(leg.ownedLots), 0);
  const isUnsaid = openOrders + ownedLots > 0 && market.lastReason !== "account-removed";
  for (const copy of market.copies) {
    if (copy.pendingChanges.length === 0 && !isUnsaid) continue;
    draft.denials.push(denialOf(copy, null, "account-removed", { openOrders, ownedLots }));
  }
}

/** What waits on a leg is explained by its order, stays open while it waits, or gets its reason. */
function explain(leg: FollowerLeg, step: Step, draft: DecisionDraft): void {
  if (step.kind === "order" || step.kind === "wait") return;
  for (const copy of leg.market.copies) {
    const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
    if (part === undefined || !copy.active || awaitsEquity(copy, part)) continue;
    const { reason, detail } = step.kind === "deny" ? step : standing(copy, part);
    if (part.lastReason === shownReason(reason) && waitingChanges(copy, leg.leg).length === 0) continue;
    draft.denials.push(denialOf(copy, leg.leg, reason, detail));
  }
}

/** A leader that was not read yet in this run: its first snapshot tells the equity, or that there is none to be had. */
function awaitsEquity(copy: Copy, { unsized }: CopyLeg): boolean {
  return unsized === "equity-unknown" && copy.leader.confirmedAtMs === 0;
}

function latest(times: readonly number[]): number {
  return times.reduce((newest, time) => Math.max(newest, time), 0);
}
