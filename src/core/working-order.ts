/**
 * The life of one order of ours inside a follower's leg, from intent to its last fill. Owned quantity is the sum over our
 * orders of what filled, by executions or by the venue's own total, whichever knows more: a missed execution is made up
 * by the total, a repeated one counts once.
 */
import type { Leg } from "./event.ts";
import { book, toDecimal, type Weights } from "./ledger.ts";
import { addLots, Lots, ZERO_LOTS } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import type { ClientOrderId } from "./model/identifiers.ts";
import type { OrderPurpose } from "./order.ts";
import { settleReservation } from "./reservation.ts";
import { type FollowerLeg, filledLots, type OrderShare, type State, type WorkingOrder } from "./state.ts";
import { creditCopies } from "./virtual.ts";

/** An accepted market order that is not reported final by then is looked up. */
export const REPORT_WAIT_MS = 2_000;
/** An intent that neither the venue nor the connector answered by then is looked up. */
const ANSWER_WAIT_MS = 10_000;
const LOOK_UP_PAUSE_MS = 300;
const LOOK_UP_PAUSE_MAX_MS = 2_000;
/** A closed order waits this long for executions that its total promised. */
const SETTLE_MAX_MS = 60_000;
/** Above the venue's tolerance for stamps from the future plus a margin for its own lag. */
const WINDOW_MARGIN_MS = 1_500;

export interface Intent {
  readonly clientOrderId: ClientOrderId;
  readonly leg: Leg;
  readonly lots: Lots;
  readonly reduceOnly: boolean;
  readonly purpose: OrderPurpose;
  readonly shares: readonly OrderShare[] | null;
  readonly adopted?: boolean;
}

export function openOrder(state: State, leg: FollowerLeg, intent: Intent): WorkingOrder {
  const order: WorkingOrder = {
    clientOrderId: intent.clientOrderId,
    lots: intent.lots,
    shares: intent.shares?.map((share) => ({ ...share })) ?? null,
    reduceOnly: intent.reduceOnly,
    purpose: intent.purpose,
    decidedAtMs: state.nowMs,
    adopted: intent.adopted === true,
    status: "intended",
    tradedLots: ZERO_LOTS,
    reportedLots: ZERO_LOTS,
    tradedValue: Decimal.zero,
    reportedValue: Decimal.zero,
    bookedValue: Decimal.zero,
    tradeIds: [],
    lookUpAtMs: state.nowMs + ANSWER_WAIT_MS,
    lookUps: 0,
    firstAbsenceMs: null,
    expiresAtServerMs: null,
    closedAtMs: 0,
    closeReason: "",
  };
  leg.working.set(order.clientOrderId, order);
  state.orders.set(order.clientOrderId, leg);
  return order;
}

export function noteAccepted(state: State, order: WorkingOrder): void {
  if (order.status === "closed") return;
  order.status = "accepted";
  order.lookUpAtMs = state.nowMs + REPORT_WAIT_MS;
}

export function noteUnknown(state: State, order: WorkingOrder, expiresAtServerMs: number | null): void {
  if (order.status === "closed" || order.status === "accepted") return;
  order.status = "unknown";
  order.expiresAtServerMs = expiresAtServerMs;
  order.lookUpAtMs = state.nowMs;
}

/** An execution of this order: counted once per trade id. */
export function noteTrade(leg: FollowerLeg, order: WorkingOrder, trade: Trade): void {
  if (order.tradeIds.includes(trade.tradeId)) return;
  order.tradeIds.push(trade.tradeId);
  leg.failures = 0;
  const before = filledLots(order);
  order.tradedLots = addLots(order.tradedLots, trade.lots);
  order.tradedValue = order.tradedValue.plus(valueIn(leg, trade.lots, trade.price));
  const gains = creditOwned(leg, order, before);
  bookValue(leg, order, gains);
  book(leg.market, "fees", toDecimal(trade.fee), weightsOf(order, gains));
}

/** Lots are unsigned; price and fee as the venue states them. */
export interface Trade {
  readonly tradeId: string;
  readonly lots: Lots;
  readonly price: string;
  readonly fee: string;
}

/** The venue's own total of what filled, unsigned, at its average price ("" where it does not say). */
export function noteFilledTotal(
  leg: FollowerLeg,
  order: WorkingOrder,
  lots: Lots,
  averagePrice: string,
): void {
  if (lots <= order.reportedLots) return;
  const before = filledLots(order);
  order.reportedLots = lots;
  order.reportedValue = valueIn(leg, lots, averagePrice);
  const gains = creditOwned(leg, order, before);
  bookValue(leg, order, gains);
}

function valueIn({ market }: FollowerLeg, lots: Lots, price: string): Decimal {
  const quantity = market.instrument.lotSize.times(Decimal.of(BigInt(lots), 0));
  return quantity.times(toDecimal(price));
}

/**
 * Books what the order's fills are worth by the best knowledge: executions once they are all known, the venue's average before
 * that. What it turns out to be off by is made up when they are.
 */
function bookValue(leg: FollowerLeg, order: WorkingOrder, gains: Weights): void {
  const isKnown = order.tradedLots >= order.reportedLots || order.reportedValue.isZero;
  const value = isKnown ? order.tradedValue : order.reportedValue;
  const change = value.minus(order.bookedValue);
  order.bookedValue = value;
  book(leg.market, "cash", order.lots < 0 ? change : change.negated(), weightsOf(order, gains));
}

/** A correction without new lots is for everybody who got some. */
function weightsOf({ shares }: WorkingOrder, gains: Weights): Weights {
  if (gains.length > 0) return gains;
  if (shares === null) return [{ copy: 0, weight: 1 }];
  return shares.map(({ copy, givenLots }) => ({ copy, weight: givenLots }));
}

export function closeOrder(state: State, order: WorkingOrder, reason: string): void {
  order.status = "closed";
  order.closedAtMs = state.nowMs;
  order.closeReason = reason;
  settleReservation(state, order);
}

/**
 * Whether a look-up that found nothing, answered at `serverTimeMs`, proves that the order never arrived: the request is
 * void by then. Where its end is not known (the process died), it was stamped before the first look-up that found nothing.
 */
export function provesAbsence(state: State, order: WorkingOrder, serverTimeMs: number): boolean {
  order.firstAbsenceMs ??= serverTimeMs;
  const voidFromMs = order.expiresAtServerMs ?? order.firstAbsenceMs + state.settings.orderWindowMs;
  return serverTimeMs > voidFromMs + WINDOW_MARGIN_MS;
}

/** When to ask again after `order.lookUps` questions. */
export function nextLookUpMs(state: State, order: WorkingOrder): number {
  return state.nowMs + Math.min(LOOK_UP_PAUSE_MS * 2 ** order.lookUps, LOOK_UP_PAUSE_MAX_MS);
}

/** Forgets closed orders whose executions are all in, or are not coming. */
export function forgetSettled(state: State, leg: FollowerLeg): void {
  for (const order of leg.working.values()) {
    if (order.status !== "closed" || order.adopted) continue;
    if (order.tradedLots < order.reportedLots && state.nowMs < order.closedAtMs + SETTLE_MAX_MS) continue;
    leg.working.delete(order.clientOrderId);
    state.orders.delete(order.clientOrderId);
  }
}

function creditOwned(leg: FollowerLeg, order: WorkingOrder, before: Lots): Weights {
  const gained = filledLots(order) - before;
  if (gained === 0) return [];
  leg.ownedLots = addLots(leg.ownedLots, Lots(order.lots < 0 ? -gained : gained));
  return creditCopies(leg, order, gained);
}
