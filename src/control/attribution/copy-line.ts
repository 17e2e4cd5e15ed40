/**
 * One copy (a leader's instrument on a follower) read along: what each event and each decision did to what is held and to the money, as
 * steps of its books (analytics/attribution).
 */
import {
  type Charges,
  CopyBook,
  type HeldTrade,
  type Moved,
  PLACES,
  rounded,
  type Settlement,
} from "../../analytics/attribution/copy-book.ts";
import type { Edge } from "../../analytics/attribution/difference.ts";
import { type DelaySample, NO_TRACKING, type TrackingSums } from "../../analytics/attribution/tracking.ts";
import type { Decision } from "../../core/decision.ts";
import type { Event, LeaderFillReport } from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { AccountId } from "../../core/model/identifiers.ts";
import type { ReasonKind } from "../../core/reason.ts";
import { unitsPerLeaderUnit } from "../../core/shape/symbol-map.ts";
import type { Copy, LeaderChange, State } from "../../core/state.ts";
import { GivenUp } from "./given-up.ts";
import { type CopyHolding, heldBy, holdingOf } from "./holding.ts";
import type { OrderNote, OrderNotes } from "./order-notes.ts";
import { type Arrival, type Quotes, valuation } from "./quotes.ts";

const { zero } = Decimal;
const BPS = Decimal.of(10_000n, 0);

/** Its books at one moment. */
export interface LineMark {
  readonly edge: Edge;
  readonly tracking: TrackingSums;
}

/** Changes that are held as wanted, without an order of their own. */
const HELD_ALREADY: readonly ReasonKind[] = ["at-target", "crossed-inside"];

export interface LineParts {
  readonly quotes: Quotes;
  readonly notes: OrderNotes;
  /** Leaders that a snapshot told of before the event being handled. */
  readonly known: ReadonlySet<AccountId>;
  readonly tellsTrades: boolean;
}

/** A change that was told without its price: by a position, or a snapshot. */
interface Unpriced {
  readonly moved: Moved;
  /** Of the leader, signed, in its coins. */
  readonly quantity: Decimal;
  readonly pricedQuantity: Decimal;
  readonly pricedValue: Decimal;
}

export class CopyLine {
  readonly leader: string;
  readonly follower: string;
  readonly symbol: string;
  /** The leader's. */
  readonly leaderInstrument: string;
  readonly coin: string;
  /** Leader changes from which on another position of the leader's began, with the books before it. */
  readonly trades: { readonly change: number; readonly mark: LineMark }[] = [];
  readonly #parts: LineParts;
  readonly #book = new CopyBook();
  readonly #givenUp = new GivenUp();
  #cash = zero;
  #charges: Charges = { fees: zero, funding: zero };
  #holding: CopyHolding;
  #moneyScale = zero;
  #tracking: TrackingSums = NO_TRACKING;
  readonly #delays: DelaySample[] = [];
  readonly #slips: number[] = [];
  #lastPrice: Decimal | null = null;
  #lastMs: number;
  #isActive: boolean;
  #unpriced: Unpriced | null = null;
  /** Leader changes without a told price that is still missing. */
  unpricedChanges = 0;
  #feeRate = zero;
  /** Numbers of leader changes by orders that rested. */
  readonly #makers = new Set<number>();
  /** How far the prices of leader changes were from the middle, where the book was known. */
  readonly #offsets = new WeakMap<LeaderChange, Decimal>();
  /** What the trade of the event being handled is compared with. */
  #seen: Decimal | null = null;
  #held = zero;
  /** Settlements of funding, by minute: those of which the leader's part was told, and those that were worked out from the follower's. */
  readonly #told = new Set<number>();
  readonly #guessed = new Map<number, Settlement>();

  /** Where reading begins in the middle (`begins`), what is held counts as it is; otherwise the copy is new. */
  constructor(copy: Copy, parts: LineParts, state: State, begins: boolean) {
    this.leader = copy.leader.account;
    this.follower = copy.market.follower.account;
    this.leaderInstrument = copy.leaderInstrument.id;
    this.symbol = copy.market.instrument.spec.symbol;
    this.coin = copy.market.instrument.spec.settleCoin;
    this.#parts = parts;
    this.#lastMs = state.nowMs;
    this.#isActive = begins && copy.active;
    if (begins) this.#givenUp.noteEvent(copy, null);
    this.#holding = begins ? holdingOf(copy, this.#givenUp) : NOTHING_HELD;
    this.#moneyScale = this.#holding.moneyScale ?? zero;
    if (!begins) return;
    this.goOn(copy);
    const { scaled, deviations, held } = this.#holding;
    this.#held = held;
    this.#book.begin(scaled, deviations, held);
  }

  /** The copy's ledger is what it is now; what is booked from here on counts from there. */
  goOn({ ledger }: Copy): void {
    const { cash, taken, fees, funding } = ledger;
    this.#cash = cash.plus(taken);
    this.#charges = { fees, funding };
  }

  /** The event is folded, and nothing of the decision. */
  onEvent(copy: Copy, event: Event, state: State): void {
    this.#pass(state.nowMs);
    this.#givenUp.noteEvent(copy, event);
    this.#seen = this.#trade(copy, event, state);
  }

  /** The decision is committed. */
  onDecision(copy: Copy, event: Event, decision: Decision, state: State): void {
    this.#pass(state.nowMs);
    this.#givenUp.noteDecision(copy, decision);
    const traded = this.#trade(copy, event, state) ?? this.#seen;
    this.#seen = null;
    this.#charge(copy, event);
    this.#observe(copy, event, state, traded);
  }

  /** An execution of the leader's is about to be seen: from now on it pays at this rate. */
  noteFeeRate(rate: Decimal): void {
    this.#feeRate = rate;
  }

  /** An execution of the leader's of which its position was told before. */
  onLateExecution(copy: Copy, fill: LeaderFillReport): void {
    this.#priceLater(copy, fill);
  }

  /** Signed as the leader had it. */
  onLeaderFunding({ allocation }: Copy, payment: Decimal, venueTimeMs: number): void {
    const amount = (allocation.inverse ? payment.negated() : payment).times(this.#moneyScale);
    const minute = minuteOf(venueTimeMs);
    const guessed = this.#guessed.get(minute);
    if (guessed !== undefined) this.#book.takeBack(guessed);
    this.#guessed.delete(minute);
    this.#book.settleLeader(rounded(amount));
    this.#told.add(minute);
    dropOldest(this.#told);
  }

  /** Changes that a decision explained: by an order, or by a reason. */
  noteExplained(count: number, reason: ReasonKind | null): void {
    if (count === 0) return;
    if (reason === null || HELD_ALREADY.includes(reason)) {
      this.#tracking = { ...this.#tracking, copied: this.#tracking.copied + count };
      return;
    }
    const notCopied = new Map(this.#tracking.notCopied);
    notCopied.set(reason, (notCopied.get(reason) ?? 0) + count);
    this.#tracking = { ...this.#tracking, notCopied };
  }

  /** Null while no price is known of something that matters. */
  mark(copy: Copy | undefined, state: State, atMs: number): LineMark | null {
    const known = copy === undefined ? null : this.#parts.quotes.mark(state, copy.market.instrument);
    const price = known ?? this.#lastPrice;
    const books = this.#book.snapshot();
    const isFlat = this.#holding.held.isZero && this.#holding.scaled.isZero;
    if (price === null && !isFlat) return null;
    this.#pass(atMs);
    const samples = {
      delays: this.#delays,
      delayCount: this.#delays.length,
      slips: this.#slips,
      slipCount: this.#slips.length,
    };
    return { edge: { books, price: price ?? zero }, tracking: { ...this.#tracking, ...samples } };
  }

  /** `traded`: what the follower's trade of this event is compared with. */
  #observe(copy: Copy, event: Event, state: State, traded: Decimal | null): void {
    const change = newestChange(copy, state);
    if (change !== null && event.kind === "leader-filled" && event.isMaker) this.#makers.add(change.change);
    const told = change === null ? null : leaderPrice(copy, change);
    const now = this.#priceNow(copy, state);
    const price = told ?? traded ?? now;
    // Nothing is to be valued before there is a price: what is held by then is seen with the first.
    if (price === null) return;
    const holding = holdingOf(copy, this.#givenUp);
    this.#lastPrice = now ?? price;
    const begins = this.#begins(copy, event);
    this.#noteTrade(copy, holding, state);
    if (change !== null) this.#noteOffset(copy, change);
    const moved = this.#book.take({
      price,
      feeRate: this.#feeRate,
      scaled: holding.scaled,
      ...(begins ? { leaderEntry: entryPrice(copy) ?? price } : {}),
      deviations: holding.deviations,
    });
    if (change !== null && told === null && !begins && !moved.leader.isZero) this.#await(copy, change, moved);
    this.#holding = holding;
    this.#moneyScale = holding.moneyScale ?? this.#moneyScale;
    this.#isActive = copy.active;
  }

  /** Of this moment, on the side of the book that the leader was on last. */
  #priceNow(copy: Copy, state: State): Decimal | null {
    const { lastChange, market } = copy;
    const arrival = this.#parts.quotes.arrival(state, market.instrument, 1);
    if (arrival === null || lastChange === null) return arrival?.reference ?? null;
    return this.#beside(copy, lastChange, arrival).reference;
  }

  /** Books what the follower's holding and cash changed by; what that is compared with, or null where nothing did. */
  #trade(copy: Copy, event: Event, state: State): Decimal | null {
    const { cash: before, taken } = copy.ledger;
    const now = before.plus(taken);
    const moved = { quantity: heldBy(copy).minus(this.#held), cash: now.minus(this.#cash) };
    if (moved.quantity.isZero && moved.cash.isZero) return null;
    const arrival = this.#arrival(copy, event, state, moved);
    if (arrival === null) return null;
    this.#held = this.#held.plus(moved.quantity);
    this.#cash = now;
    this.#book.trade({ ...moved, ...arrival }, this.#feeRate);
    return arrival.reference;
  }

  /** Fees and funding that the copy's ledger took; the leader's part of a settlement follows from it where nobody tells that. */
  #charge({ ledger }: Copy, event: Event): void {
    const fees = ledger.fees.minus(this.#charges.fees);
    const funding = ledger.funding.minus(this.#charges.funding);
    this.#charges = { fees: ledger.fees, funding: ledger.funding };
    this.#book.chargeFees(fees);
    this.#book.receiveFunding(funding);
    if (event.kind !== "funding-settled" || funding.isZero) return;
    const minute = minuteOf(event.venueTimeMs);
    if (this.#told.has(minute)) return;
    this.#guessed.set(minute, this.#book.settleLeaderLike(funding));
    dropOldest(this.#guessed);
  }

  /** What was paid for is compared with this; null where no price is known. */
  #arrival(
    copy: Copy,
    event: Event,
    state: State,
    moved: Pick<HeldTrade, "quantity" | "cash">,
  ): Arrival | null {
    const { instrument } = copy.market;
    const note = this.#parts.notes.of(event, copy);
    if (note === undefined) return atOnce(valuation(state, instrument));
    this.#noteExecution(copy, note, state, moved);
    const arrival = note.arrival ?? this.#parts.quotes.arrival(state, instrument, moved.quantity.sign);
    const answered = note.answers.get(copy.index);
    const change = answered ?? note.follows.get(copy.index);
    if (arrival === null || change === undefined) return arrival;
    return this.#beside(copy, change, arrival);
  }

  /** A price of the market as it was for the leader's side of it, so that what the leader paid for taking is no delay of ours. */
  #beside(copy: Copy, change: LeaderChange, arrival: Arrival): Arrival {
    const told = leaderPrice(copy, change);
    if (told === null) return arrival;
    // The leader's execution after the newest quote, and beyond it, says more of the market than that.
    const half = arrival.touch.minus(arrival.reference).absolute();
    const isBeyond = told.minus(arrival.reference).absolute().compare(half) > 0;
    const { bookAtMs } = arrival;
    if (bookAtMs === null || (isBeyond && bookAtMs < change.executedAtMs)) return atOnce(told);
    const offset = this.#offsets.get(change) ?? this.#offsetOf(copy, change, 0) ?? zero;
    return { ...arrival, reference: arrival.reference.plus(offset) };
  }

  #noteExecution(
    copy: Copy,
    { answers, decidedAtMs }: OrderNote,
    { nowMs }: State,
    { quantity, cash }: Pick<HeldTrade, "quantity" | "cash">,
  ): void {
    const change = answers.get(copy.index);
    if (change === undefined) return;
    if (!quantity.isZero)
      this.#delays.push({
        heardMs: Math.max(change.receivedAtMs - change.executedAtMs, 0),
        decidedMs: Math.max(decidedAtMs - change.receivedAtMs, 0),
        filledMs: Math.max(nowMs - decidedAtMs, 0),
      });
    const price = leaderPrice(copy, change);
    if (price === null) return;
    const { slipped, slippable } = this.#tracking;
    const saved = cash.plus(quantity.times(price));
    const worth = quantity.absolute().times(price);
    this.#tracking = {
      ...this.#tracking,
      slipped: slipped.minus(saved),
      slippable: slippable.plus(worth),
    };
    if (!worth.isZero)
      this.#slips.push(zero.minus(saved).times(BPS).dividedBy(worth, 2, "half-even").toNumber());
  }

  /** Whether what the leader holds now was opened before it was copied. */
  #begins({ active, leader }: Copy, event: Event): boolean {
    if (!active || this.#isActive) return false;
    return !event.kind.startsWith("leader-") || !this.#parts.known.has(leader.account);
  }

  #offsetOf(copy: Copy, change: LeaderChange, sinceMs: number): Decimal | null {
    const price = leaderPrice(copy, change);
    if (price === null) return null;
    const way = Math.sign(change.byLots);
    const isMaker = this.#makers.has(change.change);
    return this.#parts.quotes.offsetOf(copy.market.instrument, { price, way, isMaker, sinceMs });
  }

  /** By the book as it was when we heard of the change. */
  #noteOffset(copy: Copy, change: LeaderChange): void {
    const offset = this.#offsetOf(copy, change, change.executedAtMs);
    if (offset !== null) this.#offsets.set(change, offset);
  }

  /** The leader opens a position where it had none, or turns it: another trade begins. */
  #noteTrade(copy: Copy, { scaled }: CopyHolding, state: State): void {
    const before = this.#holding.scaled;
    if (!this.#parts.tellsTrades) return;
    if (scaled.isZero || scaled.sign === before.sign) return;
    const mark = this.mark(copy, state, state.nowMs);
    if (mark !== null) this.trades.push({ change: state.eventSequence, mark });
  }

  /** Time has passed with what was held until now. */
  #pass(atMs: number): void {
    const ms = atMs - this.#lastMs;
    if (ms <= 0) return;
    this.#lastMs = atMs;
    if (!this.#isActive) return;
    const { held, scaled, inParity } = this.#holding;
    const price = this.#lastPrice ?? zero;
    const weight = price.times(Decimal.of(BigInt(Math.round(ms)), 0));
    const { observedMs, parityMs, errorWorth, scaledWorth } = this.#tracking;
    this.#tracking = {
      ...this.#tracking,
      observedMs: observedMs + ms,
      parityMs: parityMs + (inParity ? ms : 0),
      errorWorth: errorWorth.plus(held.minus(scaled).absolute().times(weight)),
      scaledWorth: scaledWorth.plus(scaled.absolute().times(weight)),
    };
  }

  #await(copy: Copy, change: LeaderChange, moved: Moved): void {
    const quantity = Decimal.of(BigInt(change.byLots), 0).times(copy.leaderInstrument.lotSize);
    this.unpricedChanges += 1;
    this.#unpriced = { moved, quantity, pricedQuantity: zero, pricedValue: zero };
  }

  /** The execution that a position told of before: once all of it is told, the change has the average of its prices. */
  #priceLater(copy: Copy, fill: LeaderFillReport): void {
    const waiting = this.#unpriced;
    const size = Decimal.tryParse(fill.quantity);
    const price = Decimal.tryParse(fill.price);
    if (waiting === null || size === undefined || price === undefined) return;
    const quantity = fill.side === "buy" ? size : size.negated();
    if (quantity.sign !== waiting.quantity.sign) return;
    const pricedQuantity = waiting.pricedQuantity.plus(quantity);
    const pricedValue = waiting.pricedValue.plus(quantity.times(price));
    const left = waiting.quantity.absolute().compare(pricedQuantity.absolute());
    this.#unpriced = left > 0 ? { ...waiting, pricedQuantity, pricedValue } : null;
    if (left !== 0) return;
    const average = pricedValue.dividedBy(pricedQuantity, PLACES, "half-even");
    this.unpricedChanges -= 1;
    this.#book.reprice(waiting.moved, inFollowersUnits(copy, average));
  }
}

const MINUTE_MS = 60_000;
const SETTLEMENTS_KEPT = 64;

function minuteOf(venueTimeMs: number): number {
  return Math.round(venueTimeMs / MINUTE_MS);
}

function dropOldest(kept: Set<number> | Map<number, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > SETTLEMENTS_KEPT && oldest !== undefined) kept.delete(oldest);
}

const NOTHING_HELD: CopyHolding = {
  scaled: zero,
  held: zero,
  deviations: [],
  inParity: true,
  moneyScale: null,
  isLed: false,
};

function atOnce(price: Decimal): Arrival;
function atOnce(price: Decimal | null): Arrival | null;
function atOnce(price: Decimal | null): Arrival | null {
  return price === null ? null : { reference: price, touch: price, bookAtMs: null };
}

/** Of the event being handled. */
function newestChange({ leader, leaderInstrument }: Copy, { changes }: State): LeaderChange | null {
  return (
    changes.findLast((one) => one.leader === leader.account && one.instrument === leaderInstrument.id) ?? null
  );
}

function leaderPrice(copy: Copy, { price }: LeaderChange): Decimal | null {
  if (price === null) return null;
  return inFollowersUnits(copy, Decimal.of(BigInt(price), 0).times(copy.leaderInstrument.tickSize));
}

/** A price of the leader's instrument, for one unit of the follower's. */
function inFollowersUnits({ allocation, leaderInstrument, market }: Copy, price: Decimal): Decimal {
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  return units.equals(Decimal.one) ? price : price.dividedBy(units, PLACES, "half-even");
}

/** The average entry price of what the leader holds; null where its venue tells none, or it holds both sides. */
function entryPrice(copy: Copy): Decimal | null {
  const held = [...(copy.leader.holdings.get(copy.leaderInstrument.id)?.values() ?? [])].filter(
    ({ lots }) => lots !== 0,
  );
  const [only] = held;
  if (held.length !== 1 || only?.entryTicks == null) return null;
  const price = Decimal.of(BigInt(only.entryTicks), 0).times(copy.leaderInstrument.tickSize);
  return inFollowersUnits(copy, price);
}
