/**
 * Reads a journal along and keeps the books of every copy that is asked about: after each event, and again after its decision. The
 * books are marked at the edges of the window; everything between is whatever the journal says.
 */

import { carriesOut } from "../../core/commit.ts";
import type { Decision } from "../../core/decision.ts";
import type { Event, EventOf } from "../../core/event.ts";
import { copiesOf, waitingChanges } from "../../core/explanation.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { type AccountId, AccountId as accountOf, type TradeId } from "../../core/model/identifiers.ts";
import type { ReasonKind } from "../../core/reason.ts";
import type { Copy, FollowerMarket, State } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import { CopyLine, type LineMark } from "./copy-line.ts";
import { OrderNotes } from "./order-notes.ts";
import { Quotes } from "./quotes.ts";

/** Digits of a fee rate: what a venue rounds away of a fee is none. */
const RATE_PLACES = 12;

export interface AttributionScope {
  readonly leader?: string;
  readonly follower?: string;
  /** Only these; all without. */
  readonly followers?: readonly string[];
  /** The follower's. */
  readonly symbol?: string;
}

/** One copy, with its books at the window's edges. */
export interface ReadLine {
  readonly line: CopyLine;
  /** Null where it was not there yet: it began with nothing. `trade` is the change that opened what the leader held then. */
  readonly from: { readonly mark: LineMark; readonly trade: number | null } | null;
}

/** Leader changes of one copy that a decision explained. */
interface Explained {
  readonly line: CopyLine;
  readonly changes: number;
  /** Null: by an order. */
  readonly reason: ReasonKind | null;
}

export class ReadAlong {
  readonly #scope: AttributionScope;
  readonly #quotes = new Quotes();
  readonly #known = new Set<AccountId>();
  readonly #tradeIds = new Map<AccountId, Set<TradeId>>();
  readonly #lines = new Map<string, CopyLine>();
  readonly #byCopy = new WeakMap<Copy, CopyLine>();
  readonly #parts;
  #explained: readonly Explained[] = [];
  readonly #unvalued = new Map<CopyLine, Copy | undefined>();
  readonly #from = new Map<CopyLine, NonNullable<ReadLine["from"]>>();

  constructor(scope: AttributionScope, { tellsTrades }: { readonly tellsTrades: boolean }) {
    this.#scope = scope;
    const quotes = this.#quotes;
    this.#parts = { quotes, notes: new OrderNotes(quotes), known: this.#known, tellsTrades };
  }

  /** The state from which the journal goes on, where it does not begin with nothing. */
  begin(state: State): void {
    for (const market of state.markets) for (const copy of market.copies) this.#line(copy, state, true);
    this.#noteKnown(state);
  }

  /** A recorded state takes the place of the one that was read up to here; of earlier versions, it kept less. */
  goOn(state: State): void {
    for (const market of state.markets)
      for (const copy of market.copies) this.#line(copy, state, false)?.goOn(copy);
  }

  /** The window begins here. */
  open(state: State, atMs: number): void {
    for (const [line, copy] of this.#present(state)) {
      const mark = line.mark(copy, state, atMs);
      if (mark === null) this.#unvalued.set(line, copy);
      if (mark !== null) this.#from.set(line, { mark, trade: line.trades.at(-1)?.change ?? null });
    }
    for (const line of this.#lines.values()) line.trades.length = 0;
  }

  /** The event is folded; nothing of the decision is committed. */
  onDecision({ event, decision }: FoldedStep, state: State): void {
    if (decision.refusal !== null) return;
    if (event.kind === "price-updated") this.#quotes.note(event);
    if (this.#unvalued.size > 0) this.#value(state);
    const isFirst = event.kind === "leader-filled" && this.#isFirst(event);
    if (event.kind === "leader-filled" && isFirst) this.#noteFeeRate(event, state);
    for (const copy of this.#touched(event, decision, state))
      this.#line(copy, state, false)?.onEvent(copy, event, state);
    if (event.kind === "leader-filled" && isFirst && state.changes.length === 0)
      for (const copy of copiesIn(state, event.account, event.instrument))
        this.#line(copy, state, false)?.onLateExecution(copy, event);
    if (event.kind === "funding-settled") this.#leaderFunding(event, state);
    this.#parts.notes.note(state, decision);
    this.#explained = [...this.#explainedBy(decision, state)];
  }

  /** What was held without a price when the window began counts from its first price on. */
  #value(state: State): void {
    for (const [line, copy] of this.#unvalued) {
      const mark = line.mark(copy, state, state.nowMs);
      if (mark === null) continue;
      this.#unvalued.delete(line);
      this.#from.set(line, { mark, trade: line.trades.at(-1)?.change ?? null });
    }
  }

  onStep({ event, decision }: FoldedStep, state: State): void {
    if (decision.refusal !== null) return;
    for (const copy of this.#touched(event, decision, state))
      this.#line(copy, state, false)?.onDecision(copy, event, decision, state);
    for (const { line, changes, reason } of this.#explained) line.noteExplained(changes, reason);
    this.#noteKnown(state);
  }

  /** The window ends here: every copy with its books, in the order in which they began; those without a price that is needed have none. */
  close(state: State, atMs: number): readonly (ReadLine & { readonly to: LineMark | null })[] {
    return [...this.#present(state)].map(([line, copy]) => ({
      line,
      from: this.#from.get(line) ?? null,
      to: line.mark(copy, state, atMs),
    }));
  }

  #noteKnown(state: State): void {
    for (const { account, known } of state.leaders.values()) if (known) this.#known.add(account);
  }

  #noteFeeRate({ account, instrument, ...fill }: EventOf<"leader-filled">, state: State): void {
    const [fee, quantity, price] = [fill.fee, fill.quantity, fill.price].map((text) =>
      Decimal.tryParse(text),
    );
    if (fee === undefined || quantity === undefined || price === undefined) return;
    const value = quantity.times(price);
    if (value.isZero) return;
    const rate = fee.dividedBy(value, RATE_PLACES, "half-even");
    for (const copy of copiesIn(state, account, instrument))
      this.#line(copy, state, false)?.noteFeeRate(rate);
  }

  #leaderFunding(settled: EventOf<"funding-settled">, state: State): void {
    const { account, instrument, payment, venueTimeMs } = settled;
    const amount = Decimal.tryParse(payment);
    if (amount === undefined || !state.leaders.has(account) || !this.#isFirst(settled)) return;
    for (const copy of copiesIn(state, account, instrument))
      this.#line(copy, state, false)?.onLeaderFunding(copy, amount, venueTimeMs);
  }

  /** A venue may tell of the same again after a reconnect. */
  #isFirst({ account, tradeId }: { readonly account: AccountId; readonly tradeId: TradeId }): boolean {
    const ids = this.#tradeIds.get(account) ?? new Set();
    this.#tradeIds.set(account, ids);
    const isFirst = !ids.has(tradeId);
    ids.add(tradeId);
    return isFirst;
  }

  /** The decision is not committed yet: what it explains still waits. */
  *#explainedBy({ orders, denials }: Decision, state: State): Generator<Explained> {
    for (const planned of orders) {
      if (!carriesOut(planned.order.purpose)) continue;
      for (const copy of copiesOf(planned)) {
        const { length: changes } = waitingChanges(copy, planned.order.leg);
        const line = this.#line(copy, state, false);
        if (line !== null) yield { line, changes, reason: null };
      }
    }
    for (const { copy, changes, reason } of denials) {
      const line = copy === null ? null : this.#line(copy, state, false);
      if (line !== null) yield { line, changes: changes.length, reason };
    }
  }

  /** Null for what was not asked about. */
  #line(copy: Copy, state: State, begins: boolean): CopyLine | null {
    const known = this.#byCopy.get(copy);
    if (known !== undefined) return known;
    if (!isWithin(copy, this.#scope)) return null;
    const key = `${copy.allocation.id} ${copy.leaderInstrument.id} ${copy.market.instrument.id}`;
    const line = this.#lines.get(key) ?? new CopyLine(copy, this.#parts, state, begins);
    this.#lines.set(key, line);
    this.#byCopy.set(copy, line);
    return line;
  }

  #present(state: State): Map<CopyLine, Copy | undefined> {
    const found = new Map<CopyLine, Copy | undefined>(
      [...this.#lines.values()].map((line) => [line, undefined]),
    );
    for (const { copies } of state.markets)
      for (const copy of copies) {
        const line = this.#line(copy, state, false);
        if (line !== null) found.set(line, copy);
      }
    return found;
  }

  /** Copies that an event and its decision may have changed. */
  *#touched(event: Event, decision: Decision, state: State): Generator<Copy> {
    const markets = marketsOf(event, state) ?? state.markets;
    if (markets === state.markets) {
      for (const { copies } of markets) yield* copies;
      return;
    }
    const all = new Set<FollowerMarket>([...markets, ...state.dirty]);
    for (const { market } of decision.orders) all.add(market);
    for (const { market } of decision.denials) if (market !== null) all.add(market);
    for (const { copy } of decision.adjustments) all.add(copy.market);
    for (const { leg } of decision.crossings) all.add(leg.market);
    for (const { copies } of all) yield* copies;
  }
}

function isWithin({ leader, market }: Copy, scope: AttributionScope): boolean {
  if (scope.leader !== undefined && scope.leader !== leader.account) return false;
  if (scope.follower !== undefined && scope.follower !== market.follower.account) return false;
  if (scope.followers !== undefined && !scope.followers.includes(market.follower.account)) return false;
  return scope.symbol === undefined || scope.symbol === market.instrument.spec.symbol;
}

function copiesIn(state: State, leader: AccountId, instrument: EventOf<"leader-filled">["instrument"]) {
  return state.leaders.get(leader)?.copies.get(instrument)?.copies ?? [];
}

/** Those of the accounts that an event is about; null where it may be about all. */
function marketsOf(event: Event, state: State): readonly FollowerMarket[] | null {
  switch (event.kind) {
    case "price-updated":
    case "clock-ticked":
    case "question-failed":
    case "leader-order-reported":
    case "risk-tiers-listed":
      return [];
    default:
      return "account" in event && event.account !== undefined
        ? marketsOfAccount(accountOf(event.account), state)
        : null;
  }
}

function marketsOfAccount(account: AccountId, state: State): readonly FollowerMarket[] {
  const follower = state.followers.get(account);
  const followed = [...(state.leaders.get(account)?.copies.values() ?? [])].flatMap(({ copies }) =>
    copies.map(({ market }) => market),
  );
  return [...(follower?.markets.values() ?? []), ...followed];
}
