/**
 * Reads a journal through and keeps, of the accounts that are asked about, what the ledgers alone do not tell: which lots are held and what each
 * closing brought, how much was traded, what became of orders, and how much was at stake. Every change of a ledger is taken into a lot book as it is,
 * so that closings and open lots sum to the ledgers to the last digit.
 */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import {
  type Closing,
  gainOf,
  LotBook,
  type LotMethod,
  type OpenLot,
} from "../../analytics/lots/lot-book.ts";
import type { Decision } from "../../core/decision.ts";
import { type Event, type Leg, timeOf } from "../../core/event.ts";
import { copiesOf } from "../../core/explanation.ts";
import { EMPTY_LEDGER, type Ledger, netOf, worthOf } from "../../core/ledger.ts";
import { type Lots, ZERO_LOTS } from "../../core/model/amounts.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { ClientOrderId } from "../../core/model/identifiers.ts";
import { type Instrument, quantityText } from "../../core/model/instrument.ts";
import { valuationTicks } from "../../core/quotes.ts";
import type { Copy, FollowerMarket, FollowerState, State } from "../../core/state.ts";
import { type FoldedStep, JournalFold } from "../../journal/fold.ts";
import type { JournalRecord } from "../../journal/journal.ts";
import { isPaperPlace } from "../performance/follower-days.ts";

export interface LedgerScope {
  /** Real money, or paper; both without. */
  readonly isPaper?: boolean;
  /** Only these; all without. */
  readonly followers?: readonly string[];
  /** What this leader's copies brought instead of the accounts. */
  readonly leader?: string;
  readonly method: LotMethod;
  /** UTC milliseconds, from included, to excluded: of trades, orders and exposure. Lots are read from the beginning. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface BookName {
  readonly follower: string;
  readonly isPaper: boolean;
  readonly symbol: string;
  readonly leg: Leg;
  readonly coin: string;
}

/** `book` tells positions of the same name apart: copies of one leader, and an account's before and after it became another. */
export interface NamedClosing extends Closing, BookName {
  readonly book: number;
}
export interface NamedLot extends OpenLot, BookName {
  readonly book: number;
}

/** Amounts are in the settle coin. */
export interface TradedDay {
  fills: number;
  value: Decimal;
}

export interface ExposureDay {
  /** What is held at its price, both sides added, and longs less shorts: at the end of the day, or of the record. */
  readonly gross: Decimal;
  readonly net: Decimal;
  /** The most of it, looked at when an hour begins. */
  readonly grossMost: Decimal;
}

export interface OrderCounts {
  readonly sent: number;
  /** At least in part. */
  readonly filled: number;
  readonly rejected: number;
}

/** Per settle coin. `net` = `closed` + `open` - `assumed`: what is left of that is `residual`, always nothing. */
export interface LotReconciliation {
  readonly coin: string;
  /** What the ledgers changed by: trades, less fees, plus funding, without what is held at its price. */
  readonly net: Decimal;
  readonly closed: Decimal;
  /** What open lots were bought for, their fees and funding. */
  readonly open: Decimal;
  /** What was put down as the cost of what was held when the record begins. */
  readonly assumed: Decimal;
  readonly residual: Decimal;
}

export interface LedgerRecord {
  /** Of the first record that is kept; null without one. */
  readonly beginsMs: number | null;
  readonly endsMs: number;
  /** Every account that the record knows as a follower. */
  readonly followers: readonly string[];
  /** In order of time. */
  readonly closings: readonly NamedClosing[];
  readonly open: readonly NamedLot[];
  readonly reconciliation: readonly LotReconciliation[];
  /** By UTC day. */
  readonly traded: ReadonlyMap<number, TradedDay>;
  readonly tradedBySymbol: ReadonlyMap<string, TradedDay>;
  readonly orders: OrderCounts;
  /** By UTC day; days of which nothing is known are left out. */
  readonly exposure: ReadonlyMap<number, ExposureDay>;
}

/** Yields after each record. Throws a JournalError at damage. */
export function* readLedgers(
  { records, last }: { readonly records: Iterable<JournalRecord>; readonly last: number },
  scope: LedgerScope,
): Generator<{ readonly sequence: number; readonly of: number }, LedgerRecord, undefined> {
  const reading = new LedgerReading(scope);
  for (const record of records) {
    reading.take(record);
    yield { sequence: record.sequence, of: last };
  }
  return reading.end();
}

const HOUR_MS = 3_600_000;

/** One ledger with the positions that it is about: a market of an account, or a copy. */
interface Tracked {
  readonly name: Omit<BookName, "leg">;
  readonly place: string;
  ledger: Ledger;
  readonly began: Decimal;
  readonly legs: Map<Leg, { quantity: Decimal; readonly book: LotBook }>;
}

interface Held {
  readonly key: string;
  readonly market: FollowerMarket;
  readonly ledger: Ledger;
  readonly legs: readonly { readonly leg: Leg; readonly lots: Lots }[];
}

class LedgerReading {
  readonly #scope: LedgerScope;
  readonly #fold: JournalFold;
  readonly #tracked = new Map<string, Tracked>();
  /** Of accounts that became other ones: their books have ended. */
  readonly #ended: Tracked[] = [];
  readonly #traded = new Map<number, TradedDay>();
  readonly #tradedBySymbol = new Map<string, TradedDay>();
  readonly #orders = new Map<ClientOrderId, "sent" | "filled" | "rejected">();
  readonly #exposure = new Map<number, ExposureDay>();
  readonly #assumed = new Map<string, Decimal>();
  #beginsMs: number | null = null;

  constructor(scope: LedgerScope) {
    this.#scope = scope;
    this.#fold = new JournalFold({
      onEvent: ({ event }, state) => this.#sample(timeOf(event), state),
      onDecision: (step, state) => this.#onEvent(step, state),
      onStep: (step) => this.#onStep(step),
    });
  }

  take(record: JournalRecord): void {
    this.#fold.take(record);
    const { state } = this.#fold;
    if (record.type !== "checkpoint" || this.#beginsMs !== null || state.nowMs === 0) return;
    this.#beginsMs = state.nowMs;
    for (const held of this.#allHeld(state)) this.#begin(held, state);
  }

  end(): LedgerRecord {
    this.#fold.end();
    const { state } = this.#fold;
    this.#lookAll(state, state.nowMs, null);
    this.#expose(state, state.nowMs);
    const all = [...this.#ended, ...this.#tracked.values()];
    const named = <Part>(of: (book: LotBook) => readonly Part[]) =>
      all.flatMap(({ name, legs }, at) =>
        [...legs].flatMap(([leg, { book }]) => of(book).map((one) => ({ ...one, ...name, leg, book: at }))),
      );
    const closings = named((book) => book.closings).sort((one, other) => one.closedMs - other.closedMs);
    const open = named((book) => book.open);
    const states = [...this.#orders.values()];
    return {
      beginsMs: this.#beginsMs,
      endsMs: state.nowMs,
      followers: [...state.followers.keys()],
      closings,
      open,
      reconciliation: this.#reconciled(all, closings, open),
      traded: this.#traded,
      tradedBySymbol: this.#tradedBySymbol,
      orders: {
        sent: states.length,
        filled: states.filter((one) => one === "filled").length,
        rejected: states.filter((one) => one === "rejected").length,
      },
      exposure: this.#exposure,
    };
  }

  /** The event is folded; what copies cross among themselves comes after. */
  #onEvent({ event, decision }: FoldedStep, state: State): void {
    this.#beginsMs ??= timeOf(event);
    if (decision.refusal !== null) return;
    this.#noteOrder(event);
    const atMs = momentOf(event);
    if (mayChangeAll(event)) return this.#lookAll(state, atMs, event);
    const account = "account" in event ? event.account : undefined;
    const follower = [...state.followers.values()].find((one) => one.account === account);
    if (follower !== undefined) this.#lookAt(follower, atMs, event);
  }

  #onStep({ event, decision }: FoldedStep): void {
    const atMs = momentOf(event);
    for (const planned of decision.orders) this.#noteSent(planned, timeOf(event));
    const markets = new Set<FollowerMarket>();
    for (const { leg } of decision.crossings) markets.add(leg.market);
    for (const { copy } of decision.adjustments) markets.add(copy.market);
    for (const market of markets) for (const held of this.#heldIn(market)) this.#look(held, atMs, null);
  }

  #lookAll(state: State, atMs: number, event: Event | null): void {
    for (const follower of state.followers.values()) {
      this.#endOthers(follower);
      this.#lookAt(follower, atMs, event);
    }
  }

  /** Where an account means another one now, the books of the one that it was have ended, also where it comes back to that. */
  #endOthers({ account, place }: FollowerState): void {
    for (const [key, tracked] of this.#tracked) {
      if (tracked.name.follower !== account || tracked.place === (place ?? "")) continue;
      this.#ended.push(tracked);
      this.#tracked.delete(key);
    }
  }

  #lookAt(follower: FollowerState, atMs: number, event: Event | null): void {
    if (!this.#isWithin(follower)) return;
    const only = event !== null && "instrument" in event ? event.instrument : undefined;
    for (const market of follower.markets.values())
      if (only === undefined || market.instrument.id === only)
        for (const held of this.#heldIn(market)) this.#look(held, atMs, event);
  }

  #isWithin({ account, place }: FollowerState): boolean {
    const { followers, isPaper } = this.#scope;
    if (place === null || (isPaper !== undefined && isPaperPlace(place) !== isPaper)) return false;
    return followers === undefined || followers.includes(account);
  }

  *#allHeld(state: State): Generator<Held> {
    for (const follower of state.followers.values())
      if (this.#isWithin(follower))
        for (const market of follower.markets.values()) yield* this.#heldIn(market);
  }

  *#heldIn(market: FollowerMarket): Generator<Held> {
    if (!this.#isWithin(market.follower)) return;
    const { leader } = this.#scope;
    const key = `${market.follower.account} ${market.instrument.id}`;
    if (leader === undefined) {
      const legs = market.legs.map(({ leg, ownedLots }) => ({ leg, lots: ownedLots }));
      yield { key, market, ledger: market.ledger, legs };
      return;
    }
    for (const copy of market.copies) if (copy.leader.account === leader) yield heldBy(copy, key);
  }

  /** What was held before the record begins counts at its price of entry. */
  #begin(held: Held, state: State): void {
    const tracked = this.#track(held, held.ledger);
    const { market } = held;
    const { instrument } = market;
    for (const { leg, lots } of held.legs) {
      if (lots === 0) continue;
      const venue = market.legs.find((one) => one.leg === leg)?.venue;
      const ticks = venue?.entryTicks ?? valuationTicks(state, instrument) ?? 0;
      const cash = worthOf(instrument, lots, ticks).negated();
      const quantity = coins(instrument, lots);
      const lot = { openedMs: state.nowMs, quantity, cash, fees: Decimal.zero, funding: Decimal.zero };
      tracked.legs.set(leg, {
        quantity,
        book: new LotBook(this.#scope.method, { ...lot, isKnown: false }),
      });
      const { coin } = tracked.name;
      this.#assumed.set(coin, (this.#assumed.get(coin) ?? Decimal.zero).plus(cash));
    }
  }

  #track({ key, market }: Held, ledger: Ledger): Tracked {
    const { instrument, follower } = market;
    const place = follower.place ?? "";
    const { symbol, settleCoin: coin } = instrument.spec;
    const tracked: Tracked = {
      name: { follower: follower.account, isPaper: isPaperPlace(place), symbol, coin },
      place,
      ledger,
      began: netOf(ledger),
      legs: new Map(),
    };
    this.#tracked.set(key, tracked);
    return tracked;
  }

  #look(held: Held, atMs: number, event: Event | null): void {
    const tracked = this.#tracked.get(held.key) ?? this.#track(held, EMPTY_LEDGER);
    const before = tracked.ledger;
    const moved = movedLegs(tracked, held);
    if (moved.length === 0 && before === held.ledger) return;
    tracked.ledger = held.ledger;
    const change = changeBetween(before, held.ledger);
    const isTrade = event !== null && moved.length > 0 && !change.isTaken;
    if (isTrade) this.#noteTrade(tracked, atMs, change.cash.absolute());
    const parts = moved.length > 0 ? moved : [{ ...this.#quietLeg(tracked, held, event), by: Decimal.zero }];
    const whole = parts.reduce((sum, { by }) => sum.plus(by.absolute()), Decimal.zero);
    let rest = change;
    for (const [at, { leg, by, quantity }] of parts.entries()) {
      const part = at === parts.length - 1 ? rest : shareOf(change, by.absolute(), whole);
      rest = changeWithout(rest, part);
      const found = tracked.legs.get(leg) ?? { quantity, book: new LotBook(this.#scope.method) };
      found.quantity = quantity;
      tracked.legs.set(leg, found);
      found.book.take({ atMs, quantity: by, ...part });
    }
  }

  /** What a change without a trade is about: the leg that the event names, or the one that there is. */
  #quietLeg({ legs }: Tracked, held: Held, event: Event | null) {
    const named = event !== null && "leg" in event ? event.leg : undefined;
    const leg = named ?? [...legs].find(([, one]) => !one.quantity.isZero)?.[0] ?? held.legs[0]?.leg ?? "net";
    return { leg, quantity: legs.get(leg)?.quantity ?? Decimal.zero };
  }

  #noteTrade({ name }: Tracked, atMs: number, value: Decimal): void {
    if (!this.#isInWindow(atMs)) return;
    addTo(this.#traded, utcDay(atMs), value);
    addTo(this.#tradedBySymbol, name.symbol, value);
  }

  #noteSent({ market, order, shares }: Decision["orders"][number], atMs: number): void {
    const { leader } = this.#scope;
    if (!this.#isInWindow(atMs) || !this.#isWithin(market.follower)) return;
    if (leader !== undefined && !copiesOf({ market, shares }).some((one) => one.leader.account === leader))
      return;
    this.#orders.set(order.clientOrderId, "sent");
  }

  #noteOrder(event: Event): void {
    if (event.kind === "follower-filled" && event.clientOrderId !== undefined)
      this.#setOrder(event.clientOrderId, "filled");
    if (event.kind === "order-reported" && /[1-9]/.test(event.order.filledQuantity))
      this.#setOrder(event.order.clientOrderId, "filled");
    if (event.kind === "order-rejected") this.#setOrder(event.clientOrderId, "rejected");
  }

  #setOrder(id: ClientOrderId, what: "filled" | "rejected"): void {
    if (this.#orders.has(id)) this.#orders.set(id, what);
  }

  #isInWindow(atMs: number): boolean {
    return atMs >= this.#scope.fromMs && atMs < this.#scope.toMs;
  }

  /** By the state before the event: once an hour, and when a day is over. */
  #sample(nextMs: number, state: State): void {
    const beforeMs = state.nowMs;
    if (beforeMs === 0 || Math.floor(nextMs / HOUR_MS) === Math.floor(beforeMs / HOUR_MS)) return;
    this.#expose(state, beforeMs);
  }

  #expose(state: State, atMs: number): void {
    if (!this.#isInWindow(atMs)) return;
    let [gross, net] = [Decimal.zero, Decimal.zero];
    for (const { market, legs } of this.#allHeld(state))
      for (const { lots } of legs) {
        if (lots === 0) continue;
        const ticks = valuationTicks(state, market.instrument);
        // What cannot be valued makes the moment unknown.
        if (ticks === null) return;
        const worth = worthOf(market.instrument, lots, ticks);
        gross = gross.plus(worth.absolute());
        net = net.plus(worth);
      }
    const day = Math.floor(atMs / DAY_MS);
    const most = this.#exposure.get(day)?.grossMost ?? gross;
    this.#exposure.set(day, { gross, net, grossMost: most.compare(gross) > 0 ? most : gross });
  }

  #reconciled(
    all: readonly Tracked[],
    closings: readonly NamedClosing[],
    open: readonly NamedLot[],
  ): readonly LotReconciliation[] {
    const settled = new Set(all.map(({ name }) => name.coin));
    return [...settled].sort().map((coin) => {
      const of = <Part extends { readonly coin: string }>(parts: readonly Part[]) =>
        parts.filter((one) => one.coin === coin);
      const ledgers = all.filter(({ name }) => name.coin === coin);
      const net = sum(ledgers.map(({ ledger, began }) => netOf(ledger).minus(began)));
      const closed = sum(of(closings).map(gainOf));
      const held = sum(of(open).map(({ cash, fees, funding }) => cash.minus(fees).plus(funding)));
      const assumed = this.#assumed.get(coin) ?? Decimal.zero;
      const residual = net.plus(assumed).minus(closed).minus(held);
      return { coin, net, closed, open: held, assumed, residual };
    });
  }
}

/** Also of a leg that is there no more. */
function movedLegs({ legs }: Tracked, { market, legs: now }: Held) {
  const gone = [...legs.keys()].filter((leg) => now.every((one) => one.leg !== leg));
  const all = [...now, ...gone.map((leg) => ({ leg, lots: ZERO_LOTS }))];
  return all.flatMap(({ leg, lots }) => {
    const quantity = coins(market.instrument, lots);
    const was = legs.get(leg)?.quantity ?? Decimal.zero;
    return quantity.equals(was) ? [] : [{ leg, by: quantity.minus(was), quantity }];
  });
}

function heldBy(copy: Copy, marketKey: string): Held {
  return {
    key: `${marketKey} ${copy.allocation.id} ${copy.leaderInstrument.id}`,
    market: copy.market,
    ledger: copy.ledger,
    legs: copy.legs.map(({ leg, heldLots }) => ({ leg, lots: heldLots })),
  };
}

/** Of these the markets that they change are not known from the event alone. */
function mayChangeAll({ kind }: Event): boolean {
  return kind === "settings-changed" || kind === "command-issued" || kind === "instruments-listed";
}

/** When the venue says that it was, where it does. */
function momentOf(event: Event): number {
  return event.kind === "follower-filled" || event.kind === "funding-settled"
    ? event.venueTimeMs
    : timeOf(event);
}

function coins(instrument: Instrument, lots: Lots): Decimal {
  return Decimal.parse(quantityText(instrument, lots));
}

interface LedgerChange {
  readonly cash: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
  readonly isTaken: boolean;
}

function changeBetween(from: Ledger, to: Ledger): LedgerChange {
  const taken = to.taken.minus(from.taken);
  const traded = to.cash.minus(from.cash);
  return {
    cash: traded.plus(taken),
    fees: to.fees.minus(from.fees),
    funding: to.funding.minus(from.funding),
    isTaken: traded.isZero && !taken.isZero,
  };
}

const DIGITS = 18;

function shareOf(change: LedgerChange, part: Decimal, whole: Decimal): LedgerChange {
  const of = (amount: Decimal) => amount.times(part).dividedBy(whole, DIGITS, "towards-zero");
  return { ...change, cash: of(change.cash), fees: of(change.fees), funding: of(change.funding) };
}

function changeWithout(change: LedgerChange, part: LedgerChange): LedgerChange {
  return {
    ...change,
    cash: change.cash.minus(part.cash),
    fees: change.fees.minus(part.fees),
    funding: change.funding.minus(part.funding),
  };
}

function addTo<Key>(days: Map<Key, TradedDay>, key: Key, value: Decimal): void {
  const found = days.get(key) ?? { fills: 0, value: Decimal.zero };
  found.fills += 1;
  found.value = found.value.plus(value);
  days.set(key, found);
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((all, one) => all.plus(one), Decimal.zero);
}
