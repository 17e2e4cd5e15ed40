/**
 * Folds what becomes of a follower's orders: taken, refused, unknown, reported, gone; and what follows for the leg where they
 * live. Decides nothing; the market is marked for reconciliation.
 */
import { parseClientOrderId } from "./client-order-id.ts";
import { giveUpUnfilled } from "./entry/rest.ts";
import type { EventOf, OrderRow, OrderStatus, Rejection } from "./event.ts";
import { copyLeg, followerLeg, followerMarket } from "./markets.ts";
import { notePassed } from "./mirror/fired.ts";
import { Lots, subtractLots, Ticks } from "./model/amounts.ts";
import type { ClientOrderId } from "./model/identifiers.ts";
import { type Instrument, lotsFrom, nearestTicks } from "./model/instrument.ts";
import { type LimitForm, MARKET, type OrderForm, type OrderPurpose } from "./order.ts";
import { copyOf } from "./orders-of-copy.ts";
import { compareWithVenue } from "./ownership.ts";
import { note } from "./pending/ahead-lots.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import { wakeForRoom } from "./reservation.ts";
import { lowerCeiling } from "./risk/leverage-cap.ts";
import {
  type FollowerLeg,
  type FollowerState,
  filledLots,
  isOpen,
  type State,
  type WorkingOrder,
} from "./state.ts";
import { legTarget, waive } from "./target.ts";
import {
  closeOrder,
  forgetSettled,
  noteAccepted,
  noteFilledTotal,
  noteTerms,
  noteUnknown,
  openOrder,
  provesAbsence,
} from "./working-order.ts";

const RETRY_PAUSE_MS = 200;
const RETRY_PAUSE_MAX_MS = 30_000;
/** A change that was refused for a passing reason is asked for again after this. */
const CHANGE_PAUSE_MS = 500;

export function applyAccepted(state: State, id: ClientOrderId): void {
  const found = findOrder(state, id);
  if (found === undefined) return;
  noteAccepted(state, found.order);
  touch(state, found.leg);
}

export function applyUnknown(state: State, event: EventOf<"order-outcome-unknown">): void {
  const found = findOrder(state, event.clientOrderId);
  if (found === undefined) return;
  noteUnknown(state, found.order, event.expiresAtServerMs ?? null);
  touch(state, found.leg);
}

export function applyRejected(state: State, id: ClientOrderId, rejection: Rejection): void {
  const found = findOrder(state, id);
  if (found === undefined || !isOpen(found.order)) return;
  closeOrder(state, found.order, `${rejection.class} ${rejection.code}`);
  if (rejection.class === "trigger-passed") notePassed(state, found.leg, found.order, null);
  else if (isBeside(found.order.purpose)) followRestedRefusal(state, found.leg, found.order, rejection.class);
  else followRefusal(state, found.leg, found.order, rejection.class);
  touch(state, found.leg);
}

export function applyOrderRow(state: State, follower: FollowerState, row: OrderRow): void {
  const instrument = state.instruments.get(row.instrument);
  const filled = instrument && lotsFrom(instrument, row.filledQuantity);
  const total = instrument && lotsFrom(instrument, row.quantity);
  if (instrument === undefined || filled === undefined || total === undefined) return;
  const place = followerLeg(followerMarket(state, follower, instrument), row.leg);
  const signed = row.side === "buy" ? total : Lots(-total);
  const known = { lots: signed, reduceOnly: row.reduceOnly, form: formOf(instrument, row) };
  const found = findOrder(state, row.clientOrderId) ?? adoptLost(state, place, row.clientOrderId, known);
  if (found === undefined) return;
  const { leg, order } = found;
  noteTerms(state, leg, order, { ...row, lots: signed });
  noteFilledTotal(leg, order, { ...row, lots: filled });
  if (isOpenStatus(row.status)) noteAccepted(state, order);
  else if (isOpen(order)) endOrder(state, leg, order, row);
  touch(state, leg);
}

/**
 * A look-up found nothing: final once no copy of the request can be taken any more. An order that the connection has not
 * answered for may still be on its way out, stamped later than this: nothing is concluded then.
 */
export function applyNotFound(state: State, event: EventOf<"order-not-found">): void {
  const found = findOrder(state, event.clientOrderId);
  if (found === undefined || !isOpen(found.order) || found.order.status === "intended") return;
  if (provesAbsence(state, found.order, event.serverTimeMs)) closeOrder(state, found.order, "never-arrived");
  touch(state, found.leg);
}

/**
 * An order was not cancelled or amended. What is gone, or unknown, is looked up; what was only refused for now may be asked
 * for again soon, anything else after the usual patience.
 */
export function applyChangeRefused(
  state: State,
  { clientOrderId, refusal }: EventOf<"order-cancel-refused" | "order-amend-refused">,
): void {
  const found = findOrder(state, clientOrderId);
  if (found === undefined || !isOpen(found.order)) return;
  const { order, leg } = found;
  if (refusal.class === "already-gone" || refusal.class === "unknown") {
    order.lookUpAtMs = Math.min(order.lookUpAtMs, state.nowMs);
    order.lookUps = 0;
  } else if (refusal.class === "trigger-passed") {
    notePassed(state, leg, order, order.change?.triggerPrice ?? null);
    order.change = null;
  } else if (order.change !== null) {
    const isPassing = refusal.class === "rate-limited" || refusal.class === "try-again";
    const againAtMs = isPassing ? state.nowMs + CHANGE_PAUSE_MS : order.change.againAtMs;
    order.change = { ...order.change, againAtMs };
  }
  touch(state, leg);
}

export function isOpenStatus(status: OrderStatus): boolean {
  return status === "working" || status === "untriggered";
}

function endOrder(state: State, leg: FollowerLeg, order: WorkingOrder, row: OrderRow): void {
  closeOrder(state, order, row.status === "filled" ? "filled" : row.venueReason || row.status);
  giveUpUnfilled(state, leg, order);
  if (isBeside(order.purpose) || (isCapped(order) && row.status !== "rejected"))
    return endRested(state, leg, order, row);
  if (row.status === "rejected") followRefusal(state, leg, order, "bad-request");
  else if (filledLots(order) === 0) backOff(state, leg);
  else leg.failures = 0;
}

/** Whether orders of this purpose stand beside the one that brings the leg to its target. */
function isBeside(purpose: OrderPurpose): boolean {
  return purpose !== "rebalance" && purpose !== "close";
}

/** An increase at a price: without a fill it holds up its like, and never a reduction. */
function isCapped({ purpose, form, reduceOnly }: WorkingOrder): boolean {
  return purpose === "rebalance" && form.kind === "limit" && !reduceOnly;
}

/** One that we took back, or that filled, is no failure. */
function endRested(state: State, leg: FollowerLeg, order: WorkingOrder, row: OrderRow): void {
  const isOurs = order.change?.kind === "cancel";
  if (order.purpose === "pending-entry" && row.status !== "filled" && !isOurs)
    noteEnded(leg, order, { reason: "pending-ended", detail: { by: row.venueReason || row.status } });
  if (row.status === "filled" || filledLots(order) > 0 || isOurs) leg.restFailures = 0;
  else backOffRested(state, leg, isCapped(order) ? Math.sign(order.lots) : 0);
}

/** It is not placed again while the leader's order stands: what the venue refuses, or the owner takes back, stays away. */
function noteEnded(
  leg: FollowerLeg,
  order: WorkingOrder,
  why: { readonly reason: ReasonKind; readonly detail: ReasonDetail },
): void {
  const { follows } = order;
  const copy = copyOf(leg, order);
  if (copy === undefined || follows === null) return;
  note(copyLeg(copy, leg.leg), { order: follows.order, ...why, isFinal: true, isTold: false });
}

/**
 * A refused order that was to rest holds up nothing but its like: the rule that asked for it decides anew after a pause. What
 * the refusal says of the account or the market counts as ever.
 */
function followRestedRefusal(
  state: State,
  leg: FollowerLeg,
  order: WorkingOrder,
  kind: Rejection["class"],
): void {
  backOffRested(state, leg);
  if (order.purpose === "pending-entry") {
    if (isForGood(kind)) noteEnded(leg, order, { reason: "refused-by-exchange", detail: { refusal: kind } });
  } else if (!order.reduceOnly && isForGood(kind)) giveUp(leg, order);
  if (kind === "position-mode-mismatch") leg.market.mode = null;
  if (kind === "account-refused") leg.market.follower.halted = ACCOUNT_REFUSED;
  if (kind === "reduce-only-violation") state.snapshotsWanted.add(leg.market.follower.account);
}

/** What the venue would refuse again, so that an increase is given up by it. */
function isForGood(kind: Rejection["class"]): boolean {
  switch (kind) {
    case "insufficient-margin":
    case "above-maximum":
    case "price-out-of-band":
    case "market-closed":
    case "bad-request":
      return true;
    default:
      return false;
  }
}

const ACCOUNT_REFUSED = "the exchange refuses the account's key";

/** A refused increase is given up; a refused reduction, and what may pass later, is tried again after a pause. */
function followRefusal(state: State, leg: FollowerLeg, order: WorkingOrder, kind: Rejection["class"]): void {
  switch (kind) {
    case "rate-limited":
    case "try-again":
      backOff(state, leg);
      return;
    case "position-mode-mismatch":
      leg.market.mode = null;
      backOff(state, leg);
      return;
    case "reduce-only-violation":
      state.snapshotsWanted.add(leg.market.follower.account);
      backOff(state, leg, kind);
      return;
    case "account-refused":
      leg.market.follower.halted = ACCOUNT_REFUSED;
      backOff(state, leg);
      return;
    case "below-minimum":
      backOff(state, leg, kind);
      noteRemainder(leg, order);
      if (!order.reduceOnly && skipsSmallParts(leg)) giveUp(leg, order);
      return;
    case "leverage-too-high":
      backOff(state, leg, kind);
      noteRemainder(leg, order);
      if (!order.reduceOnly && !lowerCeiling(leg.market)) giveUp(leg, order);
      return;
    case "insufficient-margin":
    case "above-maximum":
    case "price-out-of-band":
    case "trigger-passed":
    case "market-closed":
    case "bad-request":
      backOff(state, leg, kind);
      noteRemainder(leg, order);
      if (!order.reduceOnly) giveUp(leg, order);
      return;
  }
}

function noteRemainder(leg: FollowerLeg, { lots, reduceOnly }: WorkingOrder): void {
  if (reduceOnly && lots % leg.market.instrument.stepLots !== 0) leg.remainderRefused = true;
}

/** The venue's price may be another than ours, so that what we take for enough is not: the policy decides then, too. */
function skipsSmallParts(leg: FollowerLeg): boolean {
  return leg.market.copies.every((copy) => copy.allocation.minimumPolicy.kind === "skip");
}

/** What the copies lacked when the order was refused; a copy that only shrinks gives nothing up. */
function giveUp(leg: FollowerLeg, order: WorkingOrder): void {
  for (const copy of leg.market.copies) {
    const part = copyLeg(copy, leg.leg);
    const missing = subtractLots(legTarget(part), part.heldLots);
    if (Math.sign(missing) !== Math.sign(order.lots)) continue;
    waive(part, missing);
    if (part.waivedLots !== 0) part.waivedFor = "refused-by-exchange";
  }
}

function backOff(state: State, leg: FollowerLeg, refusal: Rejection["class"] | null = null): void {
  leg.retryAtMs = state.nowMs + pauseAfter(leg.failures);
  leg.failures += 1;
  leg.refusal = refusal;
}

function backOffRested(state: State, leg: FollowerLeg, missedCap = 0): void {
  leg.missedCap = missedCap;
  leg.restAgainAtMs = state.nowMs + pauseAfter(leg.restFailures);
  leg.restFailures += 1;
}

function pauseAfter(failures: number): number {
  return Math.min(RETRY_PAUSE_MS * 2 ** failures, RETRY_PAUSE_MAX_MS);
}

interface FoundOrder {
  readonly leg: FollowerLeg;
  readonly order: WorkingOrder;
}

export function findOrder(state: State, id: ClientOrderId): FoundOrder | undefined {
  const leg = state.orders.get(id);
  const order = leg?.working.get(id);
  return leg === undefined || order === undefined ? undefined : { leg, order };
}

/** What is known of an order that is taken back: from its row all of it, from a fill of it the side and some of its size. */
interface KnownOrder {
  readonly lots: Lots;
  readonly reduceOnly?: boolean;
  readonly form?: OrderForm;
}

/**
 * An order with our mark that the journal does not know: written after the last record that a power cut left. It is
 * ours, so it is taken back. Orders of other journals, and of decisions that we did record, are not.
 */
export function adoptLost(
  state: State,
  leg: FollowerLeg,
  id: ClientOrderId,
  known: KnownOrder,
): FoundOrder | undefined {
  const identity = parseClientOrderId(id);
  if (identity === undefined) return undefined;
  const lastDecision = state.epochs.get(identity.epoch);
  if (lastDecision === undefined || identity.decision <= lastDecision) return undefined;
  const { purpose } = identity;
  const { lots, form = MARKET, reduceOnly = false } = known;
  const shares = leg.market.copies.length > 1 ? [] : null;
  const terms = { lots, reduceOnly, purpose, form };
  const order = openOrder(state, leg, { clientOrderId: id, ...terms, adopted: true }, shares);
  noteUnknown(state, order, null);
  state.adopted = [...state.adopted, { market: leg.market, clientOrderId: id }];
  return { leg, order };
}

/** As far as a row tells it: not what a trigger is compared with, which an order that is taken back never needs. */
function formOf(instrument: Instrument, row: OrderRow): OrderForm {
  const ticksOf = (text: string | undefined): Ticks => nearestTicks(instrument, text ?? "") ?? Ticks(0);
  const limit: LimitForm = { kind: "limit", price: ticksOf(row.price), timeInForce: "GTC" };
  const becomes = row.orderType === "limit" ? limit : MARKET;
  if (row.status !== "untriggered") return becomes;
  return { kind: "conditional", trigger: ticksOf(row.triggerPrice), by: "last", direction: "rises", becomes };
}

/** Something happened on the leg: what is settled is forgotten, what differs is noted. */
export function touch(state: State, leg: FollowerLeg): void {
  forgetSettled(state, leg);
  compareWithVenue(state, leg);
  state.dirty.add(leg.market);
  wakeForRoom(state, leg.market.follower);
}
