/**
 * Journals for tests, made by the core itself: one leader, two followers, two symbols, and a venue that answers when it is
 * told to. Moves are data, so that a property can draw and shrink them.
 */

import fc from "fast-check";
import { encodeCheckpoint } from "../src/core/checkpoint.ts";
import { decide } from "../src/core/decide.ts";
import { type Decision, isEmpty } from "../src/core/decision.ts";
import { encodeDecision } from "../src/core/decision-codec.ts";
import type { Event, FillReport, OrderRow } from "../src/core/event.ts";
import { Lots } from "../src/core/model/amounts.ts";
import { Decimal } from "../src/core/model/decimal.ts";
import { AccountId, InstrumentId, TradeId, VenueId, VenueOrderId } from "../src/core/model/identifiers.ts";
import { type InstrumentSpec, quantityText } from "../src/core/model/instrument.ts";
import type { ApprovedOrder } from "../src/core/order.ts";
import { profitIn, resultSums } from "../src/core/results.ts";
import { type Allocation, plainAllocation, type Settings } from "../src/core/settings.ts";
import { emptyState, type State } from "../src/core/state.ts";
import type { Journal, JournalEntry } from "../src/journal/journal.ts";
import { BTC_SPEC } from "./core/story.ts";

export type Move =
  /** The leader trades; `quantity` in steps of 0.001. */
  | {
      readonly kind: "trade";
      readonly symbol: 0 | 1;
      readonly side: "buy" | "sell";
      readonly quantity: number;
    }
  /** The venue answers everything: questions, and orders by filling them. */
  | { readonly kind: "settle" }
  /** The venue refuses the orders that are open. */
  | { readonly kind: "refuse" }
  | { readonly kind: "pause" | "resume" | "snapshots" }
  /** Nothing happens for half a day. */
  | { readonly kind: "half-day" }
  /** Both symbols are worth so much, and what is traded from now on is traded there. */
  | { readonly kind: "price"; readonly to: number }
  /** The first follower's owner pays in, or takes out. */
  | { readonly kind: "paid-in"; readonly amount: number }
  /** The first follower copies no more, and again. */
  | { readonly kind: "uncopy" | "copy" }
  /** The process dies; a new run begins, with a checkpoint. */
  | { readonly kind: "restart" };

type PlainKind = Exclude<Move["kind"], "trade" | "price" | "paid-in">;

/** `more` are drawn beside the usual ones. */
export function moves(...more: PlainKind[]): fc.Arbitrary<readonly Move[]> {
  const trade = fc.record({
    kind: fc.constant("trade" as const),
    symbol: fc.constantFrom(0 as const, 1 as const),
    side: fc.constantFrom("buy" as const, "sell" as const),
    quantity: fc.integer({ min: 1, max: 40 }),
  });
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: trade },
      { weight: 4, arbitrary: plain("settle") },
      { weight: 2, arbitrary: plain("refuse", "pause", "resume", "snapshots", "restart", ...more) },
    ),
    { maxLength: 30 },
  );
}

/** What changes the books, over days: prices and payments move, relations end and begin again. */
export function bookMoves(): fc.Arbitrary<readonly Move[]> {
  const price = fc.record({
    kind: fc.constant("price" as const),
    to: fc.integer({ min: 50_000, max: 70_000 }),
  });
  const paidIn = fc.record({
    kind: fc.constant("paid-in" as const),
    amount: fc.integer({ min: -4_000, max: 4_000 }),
  });
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: plain("settle", "half-day") },
      { weight: 3, arbitrary: price },
      { weight: 3, arbitrary: moves().map((drawn) => drawn[0] ?? ({ kind: "half-day" } as const)) },
      { weight: 1, arbitrary: paidIn },
      { weight: 1, arbitrary: plain("restart", "uncopy", "copy") },
    ),
    { maxLength: 60 },
  );
}

function plain(...kinds: PlainKind[]): fc.Arbitrary<Move> {
  return fc.constantFrom(...kinds).map((kind): Move => ({ kind }));
}

export const venue = VenueId("sim");
export const lead = AccountId("lead");
export const first = AccountId("first");
export const second = AccountId("second");

const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const;
const PRICE = "60000";
const BEGINS_WITH = 10_000;

export const settings: Settings = {
  accounts: [
    { account: lead, venue, role: "leader" },
    { account: first, venue, role: "follower" },
    { account: second, venue, role: "follower" },
  ],
  allocations: [allocation(first, "0.5", null), allocation(second, "0.3", ["BTCUSDT"])],
  leaderStaleAfterMs: 60_000,
  followerStaleAfterMs: 60_000,
  snapshotIntervalMs: 15_000,
  orderWindowMs: 5_000,
};

export interface Played {
  /** Net changes of what the leader holds. */
  readonly changes: number;
  readonly followers: number;
  readonly state: State;
}

/** Plays the moves and appends what the engine would; a journal that has records already goes on with their state. */
export function playInto(
  journal: Journal,
  played: readonly Move[],
  recovered?: State,
  options: PlayOptions = {},
): Played {
  const play = new Play(journal, recovered, options);
  play.begin();
  for (const move of played) play.move(move);
  return { changes: play.changes, followers: 2, state: play.state };
}

export interface PlayOptions {
  readonly settings?: Settings;
  /** Equity is what was paid in and what copying brought; otherwise it says nothing. */
  readonly tellsEquity?: boolean;
  /** When a journal without records begins. */
  readonly startMs?: number;
  /** After each event. */
  told?(state: State): void;
}

/** More than the runs, and the venue's matches, that one event of an earlier run stands for. */
const PER_EVENT = 10;

class Play {
  readonly state: State;
  changes = 0;
  readonly #journal: Journal;
  #nowMs = 1_700_000_000_000;
  #counter = 0;
  #runs = 0;
  #orders: ApprovedOrder[] = [];
  #questions: Decision["questions"][number][] = [];
  #price = PRICE;
  #paidIn = 0;
  #copies = true;
  readonly #options: PlayOptions;

  constructor(journal: Journal, recovered: State | undefined, options: PlayOptions) {
    this.#options = options;
    this.#journal = journal;
    this.state = recovered ?? emptyState();
    if (recovered === undefined) {
      this.#nowMs = options.startMs ?? this.#nowMs;
      return;
    }
    this.#nowMs = recovered.nowMs;
    this.#runs = recovered.eventSequence * PER_EVENT;
    this.#counter = recovered.eventSequence * PER_EVENT;
  }

  begin(): void {
    this.#runs += 1;
    this.#orders = [];
    this.#questions = [];
    const epoch = `epoch${String(this.#runs).padStart(3, "0")}`;
    this.#tell({ kind: "engine-started", epoch, atMs: this.#nowMs });
    if (this.state.instruments.size === 0)
      this.#tell({ kind: "instruments-listed", instruments: SYMBOLS.map(spec), atMs: this.#nowMs });
    this.#settings();
    this.#journal.append([{ type: "checkpoint", payload: encodeCheckpoint(this.state) }]);
    this.#snapshots();
  }

  move(move: Move): void {
    this.#nowMs += 700;
    switch (move.kind) {
      case "trade":
        return this.#trade(move.symbol, move.side, move.quantity);
      case "settle":
        return this.#settle();
      case "refuse":
        return this.#refuse();
      case "pause":
      case "resume":
        return this.#tell({ kind: "command-issued", command: { kind: move.kind }, atMs: this.#nowMs });
      case "snapshots":
        return this.#snapshots();
      case "price":
        this.#price = String(move.to);
        return this.#prices();
      case "paid-in":
        this.#paidIn += move.amount;
        return this.#snapshots();
      case "uncopy":
      case "copy":
        this.#copies = move.kind === "copy";
        return this.#settings();
      case "half-day":
        this.#nowMs += 43_200_000;
        return this.#snapshots();
      case "restart":
        return this.begin();
    }
  }

  #settings(): void {
    const all = this.#options.settings ?? settings;
    const allocations = all.allocations.filter(({ follower }) => this.#copies || follower !== first);
    this.#tell({ kind: "settings-changed", settings: { ...all, allocations }, atMs: this.#nowMs });
  }

  #prices(): void {
    const [bid, ask, mark] = [this.#price, this.#price, this.#price];
    for (const symbol of SYMBOLS)
      this.#tell({
        ...{ kind: "price-updated", instrument: InstrumentId(symbol, venue), bid, ask, mark },
        atMs: this.#nowMs,
      });
  }

  #tell(event: Event): void {
    const decision = decide(this.state, event);
    const entries: JournalEntry[] = [{ type: "event", payload: JSON.stringify(event) }];
    if (!isEmpty(decision)) entries.push({ type: "decision", payload: encodeDecision(this.state, decision) });
    this.#journal.append(entries);
    this.changes += this.state.changes.length;
    this.#options.told?.(this.state);
    this.#orders.push(...decision.orders.map(({ order }) => order));
    this.#questions.push(...decision.questions);
  }

  #trade(symbol: 0 | 1, side: "buy" | "sell", quantity: number): void {
    const report = this.#fill(symbol, side, String(quantity / 1000));
    this.#tell({ kind: "leader-filled", account: lead, ...report });
  }

  #fill(symbol: 0 | 1, side: "buy" | "sell", quantity: string): Omit<FillReport, "account"> {
    this.#counter += 1;
    return {
      instrument: InstrumentId(SYMBOLS[symbol], venue),
      leg: "net",
      tradeId: TradeId(`t${this.#counter}`),
      venueOrderId: VenueOrderId(`v${this.#counter}`),
      side,
      quantity,
      price: this.#price,
      fee: "0.01",
      sequence: this.#counter,
      venueTimeMs: this.#nowMs,
      receivedAtMs: this.#nowMs,
    };
  }

  /** Until nothing is asked and nothing is open, at most a few rounds. */
  #settle(): void {
    for (let round = 0; round < 6; round += 1) {
      this.#nowMs += 300;
      const [questions, orders] = [this.#questions.splice(0), this.#orders.splice(0)];
      for (const question of questions) this.#answer(question);
      for (const order of orders) this.#execute(order);
      this.#tell({ kind: "clock-ticked", atMs: this.#nowMs });
    }
  }

  #answer(question: Decision["questions"][number]): void {
    const { account } = question;
    switch (question.kind) {
      case "describe-market":
        return this.#tell({
          kind: "market-described",
          account,
          instrument: question.instrument,
          mode: "one-way",
          leverage: "10",
          atMs: this.#nowMs,
        });
      case "set-leverage":
        return this.#tell({
          kind: "leverage-set",
          account,
          instrument: question.instrument,
          leverage: String(question.leverageHundredths / 100),
          atMs: this.#nowMs,
        });
      case "look-up": {
        const { clientOrderId } = question;
        const serverTimeMs = this.#nowMs;
        return this.#tell({
          kind: "order-not-found",
          account,
          clientOrderId,
          serverTimeMs,
          atMs: serverTimeMs,
        });
      }
      case "snapshot":
        return;
    }
  }

  #execute(order: ApprovedOrder): void {
    const { account, clientOrderId } = order;
    const venueOrderId = VenueOrderId(`o${clientOrderId}`);
    const quantity = this.#quantityOf(order);
    this.#tell({ kind: "order-accepted", account, clientOrderId, venueOrderId, atMs: this.#nowMs });
    const symbol = order.instrument === InstrumentId(SYMBOLS[0], venue) ? 0 : 1;
    const fill = this.#fill(symbol, order.lots < 0 ? "sell" : "buy", quantity);
    this.#tell({ kind: "follower-filled", account, ...fill, clientOrderId, venueOrderId });
    this.#tell({
      kind: "order-reported",
      account,
      order: this.#reportOf(order, quantity),
      atMs: this.#nowMs,
    });
  }

  #reportOf(order: ApprovedOrder, quantity: string): OrderRow {
    return {
      instrument: order.instrument,
      leg: order.leg,
      clientOrderId: order.clientOrderId,
      venueOrderId: VenueOrderId(`o${order.clientOrderId}`),
      side: order.lots < 0 ? "sell" : "buy",
      status: "filled",
      quantity,
      filledQuantity: quantity,
      averagePrice: this.#price,
      reduceOnly: order.reduceOnly,
      venueReason: "",
      venueTimeMs: this.#nowMs,
    };
  }

  #refuse(): void {
    for (const { account, clientOrderId } of this.#orders.splice(0)) {
      const rejection = { class: "insufficient-margin", code: 110007, text: "not enough" } as const;
      this.#tell({ kind: "order-rejected", account, clientOrderId, rejection, atMs: this.#nowMs });
    }
  }

  #quantityOf(order: ApprovedOrder): string {
    const instrument = this.state.instruments.get(order.instrument);
    if (instrument === undefined) throw new Error(`no instrument ${order.instrument}`);
    return quantityText(instrument, Lots(Math.abs(order.lots)));
  }

  #snapshots(): void {
    for (const account of [lead, first, second]) {
      this.#tell({
        kind: account === lead ? "leader-snapshot-taken" : "follower-snapshot-taken",
        account,
        positions: this.#positionsOf(account),
        orders: [],
        equity: { equity: this.#equityOf(account), available: "9000" },
        serverTimeMs: this.#nowMs,
        requestedAtMs: this.#nowMs,
        receivedAtMs: this.#nowMs,
      });
    }
  }

  #equityOf(account: AccountId): string {
    const follower = this.state.followers.get(account);
    if (follower === undefined || this.#options.tellsEquity !== true)
      return String(BEGINS_WITH + this.#counter);
    const paidIn = BEGINS_WITH + (account === first ? this.#paidIn : 0);
    return resultSums(this.state, follower)
      .reduce(
        (sum, { account: result }) => sum.plus(profitIn(result) ?? Decimal.zero),
        Decimal.fromNumber(paidIn),
      )
      .toString();
  }

  #positionsOf(account: AccountId) {
    const holdings =
      account === lead
        ? [...(this.state.leaders.get(lead)?.holdings ?? [])].map(([id, legs]) => ({
            id,
            holding: legs.get("net"),
          }))
        : [...(this.state.followers.get(account)?.markets ?? [])].map(([id, { legs }]) => ({
            id,
            holding: legs.find(({ leg }) => leg === "net")?.venue,
          }));
    return holdings.flatMap(({ id, holding }) => {
      const instrument = this.state.instruments.get(id);
      if (instrument === undefined || holding === undefined || holding.lots === 0) return [];
      return {
        instrument: id,
        leg: "net" as const,
        quantity: quantityText(instrument, holding.lots),
        entryPrice: this.#price,
        leverage: "10",
        sequence: this.#counter,
        venueTimeMs: this.#nowMs,
      };
    });
  }
}

function allocation(follower: AccountId, multiplier: string, symbols: readonly string[] | null): Allocation {
  return {
    ...plainAllocation(lead, follower),
    sizing: { kind: "multiplier", multiplier },
    symbols,
  };
}

function spec(symbol: string): InstrumentSpec {
  return { ...BTC_SPEC, venue, symbol, baseCoin: symbol.replace("USDT", "") };
}
