/**
 * A generated sequence at work: leaders, followers and their accounts at a venue, the production `decide` between them, and the
 * judges over every decision. What is asked of the venue is answered at once and truly; what happens there is told in any order.
 */
import { decodeCheckpoint, encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision, Question } from "../../src/core/decision.ts";
import type { Event, PositionRow } from "../../src/core/event.ts";
import { type AccountId, InstrumentId, TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { Settings } from "../../src/core/settings.ts";
import { emptyState, type State } from "../../src/core/state.ts";
import { VENUE } from "../core/story.ts";
import { castFrom, FOLLOWERS, LEADERS, PRICES, SYMBOLS, specs } from "./casting.ts";
import { limitsLosses } from "./casting-risk.ts";
import { type Breach, judgeDecision } from "./judge.ts";
import { StopWatch } from "./stop-watch.ts";
import { VenueAccount, type VenueClock } from "./venue-account.ts";

/** More questions than this in answer to one event have no end. */
const ANSWERS_MAX = 500;

export interface Counts {
  events: number;
  orders: number;
  increases: number;
  restarts: number;
  /** By reason, and by guard. */
  readonly denials: Record<string, number>;
  readonly stops: Record<string, number>;
}

export class RiskWorld {
  readonly counts: Counts = { events: 0, orders: 0, increases: 0, restarts: 0, denials: {}, stops: {} };
  readonly breaches: Breach[] = [];
  readonly clock: VenueClock = { nowMs: 1_000_000, sequence: 0 };
  readonly accounts = new Map<AccountId, VenueAccount>();
  readonly #ticks = new Map<string, number>();
  /** By leader: signed lots and leverage by symbol, and equity. */
  readonly #leaders = new Map(LEADERS.map((leader) => [leader, newLeader()] as const));
  readonly #equity = new Map<AccountId, number>();
  readonly #increasesAtMs = new Map<AccountId, number[]>();
  readonly #stops = new StopWatch();
  readonly #questions: Question[] = [];
  readonly #toBeRead = new Set<AccountId>();
  #answering = false;
  #epochs = 0;
  state: State = emptyState();
  settings: Settings;

  /** Whether followers may have limits on what all copies together may lose. */
  readonly limitsLosses: boolean;

  constructor(seed: number) {
    this.limitsLosses = limitsLosses(seed);
    const { settings, hedged } = castFrom(seed);
    this.settings = settings;
    for (const [coin, price] of Object.entries(PRICES)) this.#ticks.set(`${coin}USDT`, price * 10);
    for (const account of FOLLOWERS)
      this.accounts.set(
        account,
        new VenueAccount(account, hedged.has(account), this.clock, (symbol) => this.ticksOf(symbol)),
      );
    this.start();
  }

  ticksOf(symbol: string): number {
    return this.#ticks.get(symbol) ?? 1;
  }

  account(index: number): VenueAccount {
    const account = this.accounts.get(pick(FOLLOWERS, index));
    if (account === undefined) throw new Error(`no follower ${index}`);
    return account;
  }

  /** The engine begins a run. */
  start(): void {
    this.#epochs += 1;
    const { nowMs } = this.clock;
    this.feed({
      kind: "engine-started",
      epoch: `epoch${String(this.#epochs).padStart(3, "0")}`,
      atMs: nowMs,
    });
    this.feed({ kind: "instruments-listed", instruments: specs(), atMs: nowMs });
    this.configure(this.settings);
    for (const symbol of SYMBOLS) this.tellPrice(symbol);
    for (const leader of LEADERS) this.leaderSnapshot(leader);
    for (const account of this.accounts.values()) this.feed(account.snapshot());
  }

  /** The process dies and reads its checkpoint; `starts` begins a new run after it. */
  restart(starts: boolean): void {
    this.counts.restarts += 1;
    this.state = decodeCheckpoint(encodeCheckpoint(this.state));
    if (starts) this.start();
  }

  configure(settings: Settings): void {
    for (const { account, limits } of settings.accounts) {
      const before = this.state.followers.get(account)?.limits.ordersPerMinute ?? null;
      // What went out while nobody counted is not counted.
      if (before === null || limits?.ordersPerMinute === null) this.#increasesAtMs.set(account, []);
    }
    this.settings = settings;
    this.feed({ kind: "settings-changed", settings, atMs: this.clock.nowMs });
  }

  feed(event: Event): void {
    this.counts.events += 1;
    this.#noteEquity(event);
    const decision = decide(this.state, event);
    this.#judge(event, decision);
    for (const { clientOrderId, market } of decision.cancels)
      this.accounts.get(market.follower.account)?.cancel(clientOrderId);
    this.#questions.push(...decision.questions);
    this.#answerAll();
  }

  #judge(event: Event, decision: Decision): void {
    const { state, accounts } = this;
    const [equity, increasesAtMs] = [this.#equity, this.#increasesAtMs];
    this.breaches.push(...judgeDecision({ state, decision, accounts, equity, increasesAtMs }));
    this.breaches.push(...this.#stops.see(state, event, decision));
    for (const { order } of decision.orders) {
      this.counts.orders += 1;
      if (order.reduceOnly) continue;
      this.counts.increases += 1;
      this.#increasesAtMs.get(order.account)?.push(state.nowMs);
    }
    for (const { reason } of decision.denials) count(this.counts.denials, reason);
    for (const { guard } of decision.stops) count(this.counts.stops, guard);
  }

  #noteEquity(event: Event): void {
    if (event.kind === "equity-reported") this.#equity.set(event.account, Number(event.equity));
    if (event.kind === "follower-snapshot-taken")
      this.#equity.set(event.account, Number(event.equity.equity));
  }

  #answerAll(): void {
    if (this.#answering) return;
    this.#answering = true;
    for (let answers = 0; this.#questions.length > 0; answers += 1) {
      if (answers > ANSWERS_MAX) throw new Error("questions without end");
      const question = this.#questions.shift();
      if (question !== undefined) this.#answer(question);
    }
    this.#answering = false;
  }

  #answer(question: Question): void {
    if (question.kind === "snapshot") this.#toBeRead.add(question.account);
    else this.#answerAbout(question);
  }

  #answerAbout(question: Exclude<Question, { readonly kind: "snapshot" }>): void {
    const account = this.accounts.get(question.account);
    if (account === undefined) throw new Error(`no follower ${question.account}`);
    const now = { account: account.account, atMs: this.clock.nowMs };
    // biome-ignore lint/nursery/useExhaustiveSwitchCases: every kind of the narrowed union is here
    switch (question.kind) {
      case "look-up": {
        const { clientOrderId } = question;
        const sent = account.sent.get(clientOrderId);
        const isKnown = sent !== undefined && sent.status !== "rejected";
        const serverTimeMs = this.clock.nowMs + 10_000;
        if (!isKnown) return this.feed({ kind: "order-not-found", ...now, clientOrderId, serverTimeMs });
        return this.feed({ kind: "order-reported", ...now, order: account.orderRow(sent) });
      }
      case "describe-market": {
        const { instrument } = question;
        const leverage = account.leverage.get(symbolIn(instrument)) ?? "10";
        const mode = account.hedged ? "hedge" : "one-way";
        return this.feed({ kind: "market-described", ...now, instrument, mode, leverage });
      }
      case "set-leverage": {
        const leverage = String(question.leverageHundredths / 100);
        account.leverage.set(symbolIn(question.instrument), leverage);
        return this.feed({ kind: "leverage-set", ...now, instrument: question.instrument, leverage });
      }
    }
  }

  /** Accounts are read whole a moment later, once for all who asked. */
  readAsked(): void {
    if (this.#toBeRead.size === 0) return;
    this.clock.nowMs += 1;
    const asked = [...this.#toBeRead];
    this.#toBeRead.clear();
    for (const name of asked) {
      const account = this.accounts.get(name);
      if (account === undefined) this.leaderSnapshot(name);
      else this.feed(account.snapshot());
    }
  }

  /** In whole lots; the leader's own account may turn. */
  leads(leader: AccountId, symbol: string, lots: number): void {
    const books = this.#leaderBooks(leader);
    if (lots === 0) return;
    books.held.set(symbol, (books.held.get(symbol) ?? 0) + lots);
    this.clock.nowMs += 1;
    this.clock.sequence += 1;
    books.told.set(symbol, this.clock.sequence);
    this.feed({
      kind: "leader-filled",
      account: leader,
      instrument: InstrumentId(symbol, VENUE),
      leg: "net",
      tradeId: TradeId(`t${this.clock.sequence}`),
      venueOrderId: VenueOrderId(`o${this.clock.sequence}`),
      side: lots > 0 ? "buy" : "sell",
      quantity: String(Math.abs(lots) / 1_000),
      price: (this.ticksOf(symbol) / 10).toFixed(1),
      fee: "0",
      sequence: this.clock.sequence,
      venueTimeMs: this.clock.nowMs,
      receivedAtMs: this.clock.nowMs,
    });
  }

  leaderHolds(leader: AccountId, symbol: string): number {
    return this.#leaderBooks(leader).held.get(symbol) ?? 0;
  }

  setLeader(leader: AccountId, change: { readonly equity?: number; readonly leverage?: number }): void {
    Object.assign(this.#leaderBooks(leader), change);
  }

  leaderSnapshot(leader: AccountId): void {
    const { held, told, equity, leverage } = this.#leaderBooks(leader);
    const { nowMs } = this.clock;
    const positions = [...held].flatMap(([symbol, lots]): PositionRow[] => {
      if (lots === 0) return [];
      const entryPrice = (this.ticksOf(symbol) / 10).toFixed(1);
      const place = { instrument: InstrumentId(symbol, VENUE), leg: "net", venueTimeMs: nowMs } as const;
      const figures = { quantity: String(lots / 1_000), entryPrice, leverage: String(leverage) };
      return [{ ...place, ...figures, sequence: told.get(symbol) ?? -1 }];
    });
    const figures = { equity: String(equity), available: String(equity), balance: String(equity) };
    const times = { serverTimeMs: nowMs, requestedAtMs: nowMs, receivedAtMs: nowMs };
    const whole = { account: leader, positions, orders: [], equity: figures, ...times };
    this.feed({ kind: "leader-snapshot-taken", ...whole });
  }

  mark(symbol: string, percent: number): void {
    const opening = (PRICES[symbol.replace("USDT", "")] ?? 1) * 10;
    const ticks = Math.round((this.ticksOf(symbol) * percent) / 100);
    this.#ticks.set(symbol, Math.min(Math.max(ticks, Math.ceil(opening / 5)), opening * 5));
    this.tellPrice(symbol);
    this.tick(50);
  }

  tellPrice(symbol: string): void {
    const price = (this.ticksOf(symbol) / 10).toFixed(1);
    const quote = { bid: price, ask: price, mark: price };
    const instrument = InstrumentId(symbol, VENUE);
    this.feed({ kind: "price-updated", instrument, ...quote, atMs: this.clock.nowMs });
  }

  tick(ms: number): void {
    this.clock.nowMs += ms;
    this.feed({ kind: "clock-ticked", atMs: this.clock.nowMs });
  }

  tellFigures(account: VenueAccount): void {
    const { account: name } = account;
    this.feed({ kind: "equity-reported", account: name, ...account.figures(), atMs: this.clock.nowMs });
  }

  deliver(account: VenueAccount, which: number): void {
    this.clock.nowMs += 1;
    const event = account.next(which);
    if (event !== undefined) this.feed(event);
  }

  #leaderBooks(leader: AccountId) {
    const books = this.#leaders.get(leader);
    if (books === undefined) throw new Error(`no leader ${leader}`);
    return books;
  }
}

function newLeader() {
  return { held: new Map<string, number>(), told: new Map<string, number>(), equity: 10_000, leverage: 10 };
}

export function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}

function symbolIn(instrument: InstrumentId): string {
  return String(instrument).split("@")[0] ?? "";
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
