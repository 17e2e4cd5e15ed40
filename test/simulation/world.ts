/**
 * A whole copier under virtual time: the real core, engine and journal on a model venue. It can die at any moment (with
 * or without the last records of its journal) and begin again; the venue and the clock go on.
 */

import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Command, Event } from "../../src/core/event.ts";
import type { LeaderEvidence } from "../../src/core/evidence.ts";
import type { AccountGuards } from "../../src/core/guard/guard-settings.ts";
import { AccountId, InstrumentId, type VenueId } from "../../src/core/model/identifiers.ts";
import { type InstrumentSpec, makeInstrument } from "../../src/core/model/instrument.ts";
import { NO_LIMITS, type RiskLimits } from "../../src/core/risk-settings.ts";
import type { AccountSettings, Allocation, Settings } from "../../src/core/settings.ts";
import type { State } from "../../src/core/state.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recover } from "../../src/engine/recovery.ts";
import type { MarketFeed } from "../../src/exchange/exchange.ts";
import type { Clock, Timer } from "../../src/exchange/transport.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import type { CheckedFigures, CheckedIntent, Evidence } from "../checker/evidence.ts";
import { intentOf } from "../evidence/from-journal.ts";
import { type Measured, measuredRisk, type Tiers } from "./broad.ts";
import { SeededChance } from "./chance.ts";
import { VENUE } from "./markets.ts";
import { type Faults, ModelConnection, NO_FAULTS } from "./model-connection.ts";
import { ModelVenue, text, type VenueAccount } from "./model-venue.ts";
import { Tally } from "./tally.ts";

const START_MS = Date.UTC(2026, 0, 5);

/** Paid in by whoever was liquidated. */
const AFTER_LIQUIDATION = 1_000;

/** Prices are told by `setPrice`, instruments at the start. */
const QUIET_FEED: MarketFeed = { venue: VENUE, loadInstruments: () => {}, follow: () => {}, close: () => {} };

/** Timers of a process that died do not fire. */
class MortalClock implements Clock {
  readonly #clock: Clock;
  #alive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  elapsedMs(): number {
    return this.#clock.elapsedMs();
  }

  setTimer(delayMs: number, action: () => void): Timer {
    return this.#clock.setTimer(delayMs, () => {
      if (this.#alive) action();
    });
  }

  die(): void {
    this.#alive = false;
  }
}

export interface History {
  readonly prices: { readonly symbol: string; readonly atMs: number; readonly price: string }[];
  readonly equities: ({ readonly account: string } & CheckedFigures)[];
  readonly volatilities: { readonly account: string; readonly atMs: number; readonly volatility: string }[];
  /** Settings from their time on. */
  readonly versions: { readonly fromMs: number; readonly allocations: readonly Allocation[] }[];
  /** Limits from their time on, where they changed. */
  readonly limits: { readonly fromMs: number; readonly account: string; readonly limits: RiskLimits }[];
  /** Guards from their time on, where they changed; null: none. */
  readonly guards: {
    readonly fromMs: number;
    readonly account: string;
    readonly guards: AccountGuards | null;
  }[];
  readonly commands: Evidence["commands"][number][];
  readonly lostIntents: CheckedIntent[];
  /** When lives of the copier began that were told no prices at once, by its own clock. */
  readonly starts: number[];
  /** The longest for which an account was out of reach. */
  outageMs: number;
  /** Whether settings changed meanwhile. */
  resettled: boolean;
}

export type DecisionWatcher = (event: Event, decision: Decision, state: State) => void;

export interface WorldParts {
  readonly seed: number;
  readonly instruments: readonly InstrumentSpec[];
  readonly accounts: readonly (AccountSettings & {
    readonly mode: "one-way" | "hedge";
    readonly equity: number;
  })[];
  readonly allocations: readonly Allocation[];
  readonly watch: DecisionWatcher;
  /** Default: the morning of a day. */
  readonly startMs?: number;
  /** Whether the venue keeps money; equity is what it is set to otherwise. */
  readonly keepsMoney?: boolean;
  /** Its risk tiers; none that anybody knows of when absent. */
  readonly tiers?: Tiers;
}

interface Life {
  readonly clock: MortalClock;
  readonly engine: Engine;
  readonly connections: Map<AccountId, ModelConnection>;
}

export class World {
  readonly clock: VirtualClock;
  readonly venue: ModelVenue;
  readonly chance: SeededChance;
  faults: Faults = NO_FAULTS;
  readonly #outages = new Map<AccountId, { readonly untilMs: number; readonly streamToo: boolean }>();
  readonly struck = new Tally();
  journal = new MemoryJournal();
  settings: Settings;
  /** What the checker needs to know and the venue does not record. */
  readonly history: History = {
    prices: [],
    equities: [],
    volatilities: [],
    versions: [],
    limits: [],
    guards: [],
    commands: [],
    lostIntents: [],
    starts: [],
    outageMs: 0,
    resettled: false,
  };
  readonly #parts: WorldParts;
  /** Of all orders since records were lost last. */
  readonly #intents: CheckedIntent[] = [];
  /** Told again to each life, as the last of it may have been lost with the journal's end. */
  readonly #measured = new Map<AccountId, LeaderEvidence>();
  #life: Life;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.clock = new VirtualClock(parts.startMs ?? START_MS);
    this.chance = new SeededChance(parts.seed);
    const skewMs = this.chance.whole(-1_500, 1_500);
    if (skewMs !== 0) this.struck.add(`venue clock ${skewMs > 0 ? "ahead" : "behind"}`);
    this.venue = new ModelVenue(parts.instruments, () => this.clock.nowMs() + skewMs, {
      keepsMoney: parts.keepsMoney === true,
      ...(parts.tiers === undefined ? {} : { tiers: parts.tiers }),
    });
    this.venue.onMoney = (account) => this.noteMoney(account);
    for (const { account, mode, equity } of parts.accounts) {
      this.venue.addAccount(account, mode, equity);
      this.setEquity(account, equity);
    }
    this.settings = {
      accounts: parts.accounts.map(({ mode: _, equity: __, ...account }) => account),
      allocations: parts.allocations,
      leaderStaleAfterMs: 60_000,
      followerStaleAfterMs: 60_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
    this.history.versions.push({ fromMs: 0, allocations: parts.allocations });
    this.#life = this.#begin();
  }

  get engine(): Engine {
    return this.#life.engine;
  }

  /** Nothing is read of the account for so long, and with its stream nothing told. */
  cutOff(account: AccountId, ms: number, streamToo: boolean): void {
    this.struck.add(streamToo ? "outage of stream and reads" : "outage of reads");
    this.#outages.set(account, { untilMs: this.clock.nowMs() + ms, streamToo });
    this.history.outageMs = Math.max(this.history.outageMs, ms);
    if (streamToo) this.connection(account)?.dropStream(ms);
  }

  endOutages(): void {
    const silent = [...this.#outages.keys()];
    this.#outages.clear();
    for (const account of silent) this.connection(account)?.reconnect();
  }

  #outageOf(account: AccountId): { readonly untilMs: number; readonly streamToo: boolean } | null {
    const outage = this.#outages.get(account);
    return outage === undefined || outage.untilMs <= this.clock.nowMs() ? null : outage;
  }

  connection(account: string): ModelConnection | undefined {
    return this.#life.connections.get(AccountId(account));
  }

  start(): void {
    const { engine } = this.#life;
    engine.start(this.settings, this.#parts.instruments.map(makeInstrument));
    const atMs = this.clock.nowMs();
    this.history.starts.push(atMs);
    for (const [symbol, tiers] of Object.entries(this.venue.tiers)) {
      const instrument = InstrumentId(symbol, VENUE);
      engine.receiveRiskTiers({ kind: "risk-tiers-listed", instrument, tiers, atMs });
    }
    for (const [account, evidence] of this.#measured) engine.noteEvidence(account, evidence);
  }

  /** The process is gone between two lines; `lostRecords` of the journal's end go with it (a power cut). */
  kill(lostRecords: number): void {
    this.#end();
    this.struck.add(lostRecords > 0 ? "power-cut" : "kill");
    if (lostRecords > 0) this.history.lostIntents.push(...this.#intents.splice(0));
    if (lostRecords > 0) this.journal = shortened(this.journal, lostRecords);
    this.#life = this.#begin();
  }

  /** A stop as the owner asks for it. */
  stop(): void {
    this.#life.engine.stop();
    this.#end();
    this.#life = this.#begin();
  }

  configure(settings: Settings): void {
    this.settings = settings;
    this.history.resettled = true;
    this.history.versions.push({ fromMs: this.clock.nowMs(), allocations: settings.allocations });
    this.#life.engine.configure(settings);
  }

  /** The owner sets an account's limits. */
  limit(name: string, limits: RiskLimits): void {
    this.#resettle(name, "limits changed", (account) => {
      this.#note(this.history.limits, name, { limits: account.limits ?? NO_LIMITS }, { limits });
      return { ...account, limits };
    });
  }

  /** The same with its guards. */
  guard(name: string, guards: AccountGuards | null): void {
    this.#resettle(name, "guards changed", ({ guards: before = null, ...account }) => {
      this.#note(this.history.guards, name, { guards: before }, { guards });
      return guards === null ? account : { ...account, guards };
    });
  }

  #resettle(name: string, strike: string, changed: (account: AccountSettings) => AccountSettings): void {
    const accounts = this.settings.accounts.map((one) => (one.account === name ? changed(one) : one));
    this.settings = { ...this.settings, accounts };
    this.struck.add(strike);
    this.#life.engine.configure(this.settings);
  }

  /** What changes for the first time was so from the beginning. */
  #note<Terms extends object>(
    versions: (Terms & { readonly fromMs: number; readonly account: string })[],
    account: string,
    before: Terms,
    terms: Terms,
  ): void {
    if (versions.every((one) => one.account !== account)) versions.push({ ...before, fromMs: 0, account });
    versions.push({ ...terms, fromMs: this.clock.nowMs(), account });
  }

  command(command: Command): void {
    this.history.commands.push(toldCommand(command, this.clock.nowMs()));
    this.#life.engine.command(command);
  }

  setEquity(account: string, equity: number): void {
    const truth = this.venue.accounts.get(account);
    if (truth === undefined) return;
    truth.equity = equity;
    this.noteMoney(truth);
  }

  /** Called when an account's figures may be others. */
  noteMoney(account: VenueAccount): void {
    const { equity, available, balance } = this.venue.moneyOf(account);
    const figures = this.venue.keepsMoney ? { equity, available, balance } : { equity };
    this.history.equities.push({ account: account.name, atMs: this.clock.nowMs(), ...figures });
  }

  /** A leader's record was measured. */
  setVolatility(account: AccountId, volatility: string, measured: Measured = {}): void {
    const measuredAtMs = this.clock.nowMs();
    this.history.volatilities.push({ account, atMs: measuredAtMs, volatility });
    const { badFrom, ...told } = measured;
    const risk = badFrom === undefined ? {} : { risk: measuredRisk(badFrom) };
    const evidence = { annualVolatility: volatility, measuredAtMs, ...told, ...risk };
    this.#measured.set(account, evidence);
    if (this.#life.engine.running) this.#life.engine.noteEvidence(account, evidence);
  }

  setPrice(symbol: string, ticks: number): void {
    this.venue.prices.set(symbol, ticks);
    this.venue.priceMoved(symbol);
    if (this.venue.keepsMoney) this.#followMoney();
    const spec = this.venue.instruments.get(symbol);
    if (spec === undefined) return;
    const atMs = this.clock.nowMs();
    this.history.prices.push({ symbol, atMs, price: text(ticks, spec.tickSize) });
    this.#tellPrice(spec, ticks);
  }

  tellPrices(): void {
    for (const [symbol, ticks] of this.venue.prices) {
      const spec = this.venue.instruments.get(symbol);
      if (spec !== undefined) this.#tellPrice(spec, ticks);
    }
  }

  #tellPrice(spec: InstrumentSpec, ticks: number): void {
    if (!this.#life.engine.running) return;
    const price = text(ticks, spec.tickSize);
    this.#life.engine.receivePrice({
      kind: "price-updated",
      instrument: makeInstrument(spec).id,
      bid: price,
      ask: price,
      mark: price,
      atMs: this.clock.nowMs(),
    });
  }

  #followMoney(): void {
    for (const account of this.venue.accounts.values()) {
      this.noteMoney(account);
      if (!this.venue.liquidate(account)) continue;
      this.struck.add("liquidation");
      const owed = Math.ceil(-Number(this.venue.moneyOf(account).equity));
      this.setEquity(account.name, account.equity + owed + AFTER_LIQUIDATION);
    }
  }

  /** Of each decision as it is made. */
  readonly #decided: DecisionWatcher = (event, decision, state) => {
    for (const { order } of decision.orders) this.#intents.push(intentOf(order));
    this.#parts.watch(event, decision, state);
  };

  #end(): void {
    this.#life.clock.die();
    for (const connection of this.#life.connections.values()) connection.close();
  }

  #begin(): Life {
    const clock = new MortalClock(this.clock);
    const connections = new Map<AccountId, ModelConnection>();
    const feeds = new Map<VenueId, MarketFeed>([[VENUE, QUIET_FEED]]);
    const engine: Engine = new Engine({
      state: recover(this.journal).state,
      journal: this.journal,
      clock,
      chance: this.chance.split().next,
      connections,
      feeds,
      observer: { decided: this.#decided },
    });
    for (const { account, role } of this.#parts.accounts) {
      connections.set(
        account,
        new ModelConnection(account, VENUE, {
          clock: this.clock,
          venue: this.venue,
          chance: this.chance.split(),
          faults: () => this.faults,
          outage: () => this.#outageOf(account),
          struck: this.struck,
          listener: (event) => engine.receive(event),
          role,
          orderWindowMs: this.settings.orderWindowMs,
        }),
      );
    }
    return { clock, engine, connections };
  }
}

/** For the checker. */
export function toldCommand(command: Command, atMs: number): Evidence["commands"][number] {
  const about = "symbol" in command && command.symbol !== undefined ? { symbol: command.symbol } : {};
  return { kind: command.kind, follower: command.account ?? null, atMs, ...about };
}

/** An event whose decision is lost is lost with it (journal/journal.ts). */
function shortened(journal: MemoryJournal, lostRecords: number): MemoryJournal {
  const shorter = new MemoryJournal();
  const records = [...journal.read(1)];
  const kept = records.length - lostRecords;
  const whole = records[kept]?.type === "decision" ? kept - 1 : kept;
  for (const { type, payload } of records.slice(0, Math.max(whole, 0))) shorter.append([{ type, payload }]);
  return shorter;
}
