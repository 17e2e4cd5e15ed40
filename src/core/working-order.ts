/**
 * The life of one order of ours inside a follower's leg, from intent to its last fill. Owned quantity is the sum over our
 * orders of what filled, by executions or by the venue's own total, whichever knows more: a missed execution is made up
 * by the total, a repeated one counts once. An order that rests is confirmed by each snapshot that lists it, and looked up
 * when one does not.
 */
import type { OrderRow, StatedTerms } from "./event.ts";
import { book, toDecimal, type Weights } from "./ledger.ts";
import { noteFired } from "./mirror/fired.ts";
import { addLots, Lots, type Ticks, ZERO_LOTS } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import type { ClientOrderId } from "./model/identifiers.ts";
import { nearestTicks } from "./model/instrument.ts";
import { type Followed, mayRest, type OrderForm, type OrderPurpose } from "./order.ts";
import { addOwned } from "./ownership.ts";
import { noteAhead } from "./pending/ahead.ts";
import { resizeReservation, settleReservation } from "./reservation.ts";
import { noteWorked, workOf } from "./slicing/work.ts";
import {
  type AskedChange,
  type FollowerLeg,
  filledLots,
  isOpen,
  type OrderShare,
  type State,
  type WorkingOrder,
} from "./state.ts";
import { creditCopies, sharesOf } from "./virtual.ts";

/** An accepted market order that is not reported final by then is looked up. */
export const REPORT_WAIT_MS = 2_000;
/** One that may rest is looked up when nothing was said of it for so long; snapshots come far more often. */
const RESTING_WAIT_MS = 60_000;
/** A cancellation or an amendment without a visible effect is asked for again after this. */
export const CHANGE_PATIENCE_MS = 3_000;
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
  readonly lots: Lots;
  readonly reduceOnly: boolean;
  readonly purpose: OrderPurpose;
  readonly form: OrderForm;
  readonly adopted?: boolean;
  readonly follows?: Followed | null;
}

/** `shares` says whose it is; null where the market has one copy only. */
export function openOrder(
  state: State,
  leg: FollowerLeg,
  intent: Intent,
  shares: readonly OrderShare[] | null,
): WorkingOrder {
  const order: WorkingOrder = {
    clientOrderId: intent.clientOrderId,
    lots: intent.lots,
    shares: shares === null ? null : shares.map((share) => ({ ...share })),
    reduceOnly: intent.reduceOnly,
    purpose: intent.purpose,
    follows: intent.follows ?? null,
    form: intent.form,
    termsAtMs: 0,
    acceptedAtMs: 0,
    listedAtMs: 0,
    change: null,
    decidedAtMs: state.nowMs,
    workId: workOf(leg, intent),
    adopted: intent.adopted === true,
    status: "intended",
    tradedLots: ZERO_LOTS,
    reportedLots: ZERO_LOTS,
    tradedValue: Decimal.zero,
    reportedValue: Decimal.zero,
    bookedValue: Decimal.zero,
    tradedFee: Decimal.zero,
    reportedFee: Decimal.zero,
    bookedFee: Decimal.zero,
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
  if (order.status !== "accepted") order.acceptedAtMs = state.nowMs;
  order.status = "accepted";
  const waitMs = mayRest(order.form) && order.change === null ? RESTING_WAIT_MS : REPORT_WAIT_MS;
  order.lookUpAtMs = state.nowMs + waitMs;
}

/** The venue states what the order asks for; what it has said later already stands. */
export function noteTerms(
  state: State,
  { market }: FollowerLeg,
  order: WorkingOrder,
  stated: StatedTerms & { readonly lots: Lots; readonly venueTimeMs: number },
): void {
  const { lots, price = "", triggerPrice = "", venueTimeMs } = stated;
  if (stated.orderType === undefined || venueTimeMs < order.termsAtMs || !mayRest(order.form)) return;
  order.termsAtMs = venueTimeMs;
  const ticksOf = (text: string, known: Ticks): Ticks => nearestTicks(market.instrument, text) ?? known;
  const form = withPrices(
    order.form,
    (limit) => ticksOf(price, limit),
    (trigger) => ticksOf(triggerPrice, trigger),
  );
  const isOther = lots !== order.lots || JSON.stringify(form) !== JSON.stringify(order.form);
  if (!isOther) return;
  if (lots !== order.lots) {
    resizeReservation(state, order, lots);
    order.shares = reshared(order.shares, lots);
  }
  order.lots = lots;
  order.form = form;
  if (order.change?.kind === "amend") order.change = null;
}

/** The form with what its prices become. */
export function withPrices(
  form: OrderForm,
  limit: (known: Ticks) => Ticks,
  trigger: (known: Ticks) => Ticks,
): OrderForm {
  switch (form.kind) {
    case "market":
      return form;
    case "limit":
      return { ...form, price: limit(form.price) };
    case "conditional": {
      const { becomes } = form;
      const then = becomes.kind === "limit" ? { ...becomes, price: limit(becomes.price) } : becomes;
      return { ...form, trigger: trigger(form.trigger), becomes: then };
    }
  }
}

/** Of an order of another size everybody keeps their proportion, and what they got. */
function reshared(shares: readonly OrderShare[] | null, lots: Lots): readonly OrderShare[] | null {
  if (shares === null) return null;
  return sharesOf(shares, Lots(Math.abs(lots))).map((share) => ({
    ...share,
    givenLots: shares.find(({ copy }) => copy === share.copy)?.givenLots ?? ZERO_LOTS,
  }));
}

/** We ask the venue to cancel or to amend it; what comes of that is looked up when nothing tells. */
export function noteAsked(
  state: State,
  order: WorkingOrder,
  { kind, triggerPrice }: Pick<AskedChange, "kind" | "triggerPrice">,
): void {
  const againAtMs = state.nowMs + CHANGE_PATIENCE_MS;
  order.change = { kind, againAtMs, ...(triggerPrice === undefined ? {} : { triggerPrice }) };
  order.lookUpAtMs = Math.min(order.lookUpAtMs, state.nowMs + REPORT_WAIT_MS);
  order.lookUps = 0;
}

/** Whether it can be changed: the venue has it, and nothing that we asked for is open. */
export function isChangeable(state: State, order: WorkingOrder): boolean {
  return order.status === "accepted" && (order.change === null || order.change.againAtMs <= state.nowMs);
}

/** A snapshot that was asked for at `requestedAtMs` does not list an order that rested before that: what became of it? */
export function noteUnlisted(state: State, leg: FollowerLeg, requestedAtMs: number): void {
  for (const order of leg.working.values()) {
    if (!isOpen(order) || !mayRest(order.form) || order.listedAtMs >= requestedAtMs) continue;
    if (order.status !== "accepted" || order.acceptedAtMs >= requestedAtMs) continue;
    order.lookUpAtMs = Math.min(order.lookUpAtMs, state.nowMs);
    state.dirty.add(leg.market);
  }
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
  order.tradedFee = order.tradedFee.plus(toDecimal(trade.fee));
  bookValue(leg, order, creditOwned(leg, order, before), before);
}

/** Lots are unsigned; price and fee as the venue states them. */
export interface Trade {
  readonly tradeId: string;
  readonly lots: Lots;
  readonly price: string;
  readonly fee: string;
}

/**
 * The venue's own total of what filled, unsigned, and the fee for it. Its worth goes before its average price ("" where the
 * venue does not say), which is rounded.
 */
export function noteFilledTotal(
  leg: FollowerLeg,
  order: WorkingOrder,
  {
    lots,
    averagePrice,
    filledValue,
    fee,
  }: { readonly lots: Lots } & Pick<OrderRow, "averagePrice" | "filledValue" | "fee">,
): void {
  if (lots <= order.reportedLots) return;
  const before = filledLots(order);
  order.reportedLots = lots;
  order.reportedValue = filledValue === undefined ? valueIn(leg, lots, averagePrice) : toDecimal(filledValue);
  order.reportedFee = toDecimal(fee);
  bookValue(leg, order, creditOwned(leg, order, before), before);
}

function valueIn({ market }: FollowerLeg, lots: Lots, price: string): Decimal {
  const quantity = market.instrument.lotSize.times(Decimal.of(BigInt(lots), 0));
  return quantity.times(toDecimal(price));
}

/**
 * Books what the order's fills are worth and their fees by the best knowledge: executions once they are all known, the venue's
 * totals before that. What these turn out to be off by is made up then; where an execution never comes, they stand.
 */
function bookValue(leg: FollowerLeg, order: WorkingOrder, gains: Weights, before: Lots): void {
  const isComplete = order.tradedLots >= order.reportedLots;
  const weights = weightsOf(order, gains);
  const value = isComplete || order.reportedValue.isZero ? order.tradedValue : order.reportedValue;
  const fee = isComplete || order.reportedFee.isZero ? order.tradedFee : order.reportedFee;
  const worth = value.minus(order.bookedValue);
  book(leg.market, "cash", order.lots < 0 ? worth : worth.negated(), weights);
  book(leg.market, "fees", fee.minus(order.bookedFee), weights);
  if (order.workId !== null)
    noteWorked(leg, order, { gained: filledLots(order) - before, worth, fee: fee.minus(order.bookedFee) });
  order.bookedValue = value;
  order.bookedFee = fee;
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
  addOwned(leg, Lots(order.lots < 0 ? -gained : gained));
  const gains = creditCopies(leg, order, gained);
  if (order.purpose === "stop" || order.purpose === "take-profit" || order.purpose === "rested-exit")
    for (const { copy, weight } of gains) noteFired(leg, order, copy, weight);
  if (order.purpose === "pending-entry")
    for (const { copy, weight } of gains) noteAhead(leg, order, { copy, lots: weight });
  return gains;
}
