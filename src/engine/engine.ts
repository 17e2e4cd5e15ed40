/**
 * Room 2 and 6 round the core: each event is decided on, made durable with its decision in one write, and then acted
 * upon. One event at a time, synchronously; nothing here awaits. What comes back from a venue comes back as a new event.
 * Knows no mode: live, paper and backtest differ in the connections, feeds, clock and journal that it is given.
 */
import { encodeCheckpoint } from "../core/checkpoint.ts";
import { decide } from "../core/decide.ts";
import { type Decision, isEmpty } from "../core/decision.ts";
import { encodeDecision } from "../core/decision-codec.ts";
import { type Command, type Event, timeOf } from "../core/event.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { isWatched } from "../core/guard/guard-settings.ts";
import { tellsMarginMode } from "../core/margin-mode.ts";
import type { AccountId, VenueId } from "../core/model/identifiers.ts";
import type { Instrument, InstrumentSpec } from "../core/model/instrument.ts";
import type { OwnCode } from "../core/own-code.ts";
import { knowsTiers } from "../core/risk-tiers.ts";
import { followsOrders, type Settings } from "../core/settings.ts";
import type { State } from "../core/state.ts";
import type { AccountConnection, ConnectionEvent, MarketFeed } from "../exchange/exchange.ts";
import type { Chance, Clock } from "../exchange/transport.ts";
import { type Journal, type JournalEntry, JournalError } from "../journal/journal.ts";
import { carryOut, type Together } from "./execution.ts";
import { DISK_IS_FULL, type EngineObserver } from "./observer.ts";
import { Prices } from "./prices.ts";
import { newEpoch } from "./recovery.ts";
import { Snapshots } from "./snapshots.ts";
import { Sparing } from "./sparing.ts";
import { STOOD_STILL, Standstill } from "./standstill.ts";

/** Waiting times are looked at this often; nothing in the core waits for less. */
const TICK_MS = 50;
/** Held under a guard, marks are looked at this often. */
const GUARD_MS = 1_000;
/** On a full disk writing is tried again this often. */
const RETRY_MS = 1_000;
/** What waits in memory for room on a full disk; past it, it takes of the reserve, before a reduction could not. */
const WAITING_CHARACTERS_MAX = 256 * 1024;

type Written = "written" | "full" | "stopped";

export interface EngineParts {
  /** As recovered from the journal (recovery.ts). */
  readonly state: State;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly chance: Chance;
  /** When accounts are read; without it, by `chance`. */
  readonly chanceOf?: (account: AccountId) => Chance;
  readonly connections: ReadonlyMap<AccountId, AccountConnection>;
  readonly feeds: ReadonlyMap<VenueId, MarketFeed>;
  readonly observer: EngineObserver;
  /** The owner's own code; absent: none. */
  readonly own?: OwnCode;
  /** Sends the orders of one decision in one go; without it each goes as it is made. */
  readonly together?: Together;
  /** Called after each fill of a leader, as more mostly follow soon. */
  readonly stayAwake?: () => void;
}

export class Engine {
  readonly #parts: EngineParts;
  readonly #prices: Prices;
  readonly #snapshots: Snapshots;
  readonly #state: State;
  #unwritten: JournalEntry[] = [];
  #flushPlanned = false;
  #tickPlanned = false;
  #running = false;
  /** Nothing but reductions could be written the last time. */
  #isFull = false;
  /** A power cut cannot take the first records of this run. */
  #isStartKept = false;
  readonly #sparing = new Sparing();
  readonly #standstill = new Standstill();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#prices = new Prices(parts.feeds);
    const { chance, chanceOf = () => chance, clock, connections } = parts;
    this.#snapshots = new Snapshots({ clock, chanceOf, connections });
  }

  /** What the core knows; to be read between events only. */
  get state(): State {
    return this.#state;
  }

  /** The owner's own code; for previews, which ask the same. */
  get own(): OwnCode | undefined {
    return this.#parts.own;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Begins a new run on the recovered state; connections are opened, but for those of `later`, events flow from here on. */
  start(settings: Settings, instruments: readonly Instrument[], later?: ReadonlySet<AccountId>): void {
    this.#running = true;
    const atMs = this.#parts.clock.nowMs();
    this.#handle({ kind: "engine-started", epoch: newEpoch(this.#parts.chance), atMs });
    const changed = changedSpecs(this.#state, instruments);
    if (changed.length > 0) this.#handle({ kind: "instruments-listed", instruments: changed, atMs });
    this.#handle({ kind: "settings-changed", settings, atMs });
    this.#writeCheckpoint();
    this.#askForMore(settings);
    for (const [account, connection] of this.#parts.connections)
      if (later?.has(account) !== true) connection.open();
    this.#snapshots.start(settings.snapshotIntervalMs);
    this.#prices.followCopied(this.#state);
    this.#planTick();
    this.#planGuard();
  }

  /** The connection of an account that `start` left for later. */
  open(account: AccountId): void {
    if (this.#running) this.#parts.connections.get(account)?.open();
  }

  /** The inbox: what connections and feeds tell. */
  receive(event: ConnectionEvent): void {
    if (!this.#running) return;
    const atMs = timeOf(event);
    this.#noteTurn(atMs);
    this.#snapshots.note(event);
    this.#handleAtPrices(event);
    this.#endStandstill(atMs);
  }

  #noteTurn(atMs: number): void {
    if (!this.#standstill.noteTurn(atMs)) return;
    this.haltOpenings(STOOD_STILL, () => true);
    for (const account of this.#state.leaders.keys()) this.#snapshots.request(account);
  }

  #endStandstill(atMs: number): void {
    if (this.#standstill.endsWith(this.#state, atMs)) this.releaseHalts(STOOD_STILL);
  }

  /** The latest price of an instrument; it reaches the core with the next event that may need it. */
  receivePrice(event: Extract<Event, { readonly kind: "price-updated" }>): void {
    if (!this.#running) return;
    this.#prices.note(event);
    if (this.#prices.isFirst(event, this.#state)) this.#handle(event);
  }

  /** Risk tiers of an instrument; what the core knows already is not journaled again. */
  receiveRiskTiers(event: Extract<Event, { readonly kind: "risk-tiers-listed" }>): void {
    if (this.#running && !knowsTiers(this.#state, event)) this.#handle(event);
  }

  /** What was measured of a leader's record. */
  noteEvidence(account: AccountId, evidence: LeaderEvidence): void {
    this.#handleAtPrices({ kind: "evidence-updated", account, evidence, atMs: this.#parts.clock.nowMs() });
  }

  /** A command of the owner, journaled like every other input. */
  command(command: Command): void {
    const atMs = this.#parts.clock.nowMs();
    if (this.#running) this.#noteTurn(atMs);
    this.#handleAtPrices({ kind: "command-issued", command, atMs });
  }

  /** Whether what increases on this account may go now: for orders that were handed over before, and wait for their turn. */
  mayAdd(account: AccountId): boolean {
    const follower = this.#state.followers.get(account);
    return this.#running && follower !== undefined && follower.halted === null && !follower.paused;
  }

  /** Writes what was decided so far; false where that cannot be written now. */
  writeAll(): boolean {
    return this.#running && this.#flush() === "written";
  }

  /** New settings take effect at once. */
  configure(settings: Settings): void {
    this.#handle({ kind: "settings-changed", settings, atMs: this.#parts.clock.nowMs() });
    this.#askForMore(settings);
    this.#prices.followCopied(this.#state);
  }

  /** A leader's own orders, and margin modes, are asked for only where somebody copies them: it costs requests and records. */
  #askForMore(settings: Settings): void {
    for (const { account, role } of settings.accounts) {
      const connection = this.#parts.connections.get(account);
      if (role === "leader") connection?.followOrders?.(followsOrders(settings, account));
      connection?.tellMarginMode?.(tellsMarginMode(settings, account));
    }
  }

  /** Nothing is opened on these followers until `releaseHalts` with the same cause; reductions go on. */
  haltOpenings(cause: string, concerns: (account: AccountId) => boolean): void {
    const atMs = this.#parts.clock.nowMs();
    for (const { account, halted } of this.#state.followers.values())
      if (halted === null && concerns(account))
        this.#handle({ kind: "account-refused", account, cause, atMs });
  }

  /** Ends the halts of this cause, where there are any. */
  releaseHalts(cause: string): void {
    const isAny = [...this.#state.followers.values()].some(({ halted }) => halted === cause);
    if (isAny) this.#handle({ kind: "halts-released", cause, atMs: this.#parts.clock.nowMs() });
  }

  /** Reads the whole of an account soon, out of turn. */
  readAgain(account: AccountId): void {
    this.#snapshots.request(account);
  }

  /** Adds or replaces instruments that a venue changed. */
  listInstruments(instruments: readonly Instrument[]): void {
    const changed = changedSpecs(this.#state, instruments);
    const atMs = this.#parts.clock.nowMs();
    if (changed.length > 0) this.#handle({ kind: "instruments-listed", instruments: changed, atMs });
  }

  /** Stops deciding, closes connections, writes what is unwritten. Nothing is closed at the venues. */
  stop(): void {
    if (!this.#running) return;
    this.#flush();
    this.#running = false;
    this.#snapshots.stop();
    for (const connection of this.#parts.connections.values()) connection.close();
    for (const feed of this.#parts.feeds.values()) feed.close();
    this.#sync();
  }

  /** What cannot be synced any more is said, and does not keep the rest from being stopped. */
  #sync(): void {
    try {
      this.#parts.journal.sync();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#parts.observer.failed?.(error);
    }
  }

  /** With the prices that the core should know before it. */
  #handleAtPrices(event: Event): void {
    for (const price of this.#prices.dueBefore(event, this.#state)) this.#handle(price);
    this.#handle(event);
  }

  #handle(event: Event): void {
    if (!this.#running || (this.#isFull && this.#isSpared(event))) return;
    this.#decide(event);
  }

  #decide(event: Event): void {
    const decision = decide(this.#state, event, this.#parts.own);
    this.#unwritten.push({ type: "event", payload: JSON.stringify(event) });
    if (!isEmpty(decision)) {
      this.#unwritten.push({ type: "decision", payload: encodeDecision(this.#state, decision) });
    }
    const durable = this.#makeDurable(decision);
    if (durable === null) return;
    carryOut(durable, this.#parts.connections, this.#snapshots, this.#parts.together);
    if (event.kind === "leader-filled") this.#parts.stayAwake?.();
    this.#parts.observer.decided?.(event, decision, this.#state);
    if (this.#state.changes.length > 0 || tellsLeaderOrders(event)) this.#prices.followCopied(this.#state);
    this.#planTick();
    if (durable !== decision) this.#refuse(decision.orders.filter(({ order }) => !order.reduceOnly));
  }

  #isSpared(event: Event): boolean {
    if (this.#sparing.mayMiss(event)) return true;
    const isSnapshot = event.kind === "leader-snapshot-taken" || event.kind === "follower-snapshot-taken";
    if ("account" in event && !isSnapshot) this.#sparing.forget(event.account);
    return false;
  }

  /** The part of a decision that may be carried out: all of it, on a full disk its reductions; null when the engine stopped. */
  #makeDurable(decision: Decision): Decision | null {
    if (decision.orders.length + decision.amends.length === 0) {
      this.#planFlush();
      return decision;
    }
    const reductions = reductionsOf(decision);
    const [orders, amends] = [reductions.orders.length, reductions.amends.length];
    const isReducing = orders === decision.orders.length && amends === decision.amends.length;
    const written = this.#flush(isReducing);
    if (written === "written") return decision;
    if (written === "full" && orders + amends === 0) return reductions;
    if (written === "full" && this.#flush(true) === "written") return reductions;
    return null;
  }

  /** Increases that could not be written were never sent, and are decided anew when there is room. */
  #refuse(orders: Decision["orders"]): void {
    const rejection = { class: "try-again", code: 0, text: DISK_IS_FULL } as const;
    const atMs = this.#parts.clock.nowMs();
    for (const { order } of orders) {
      const { account, clientOrderId } = order;
      this.#handle({ kind: "order-rejected", account, clientOrderId, rejection, atMs });
    }
  }

  /** Writes all unwritten records, or keeps them in memory where a full disk has no room for them. */
  #flush(reduction = false): Written {
    if (this.#unwritten.length === 0) return "written";
    try {
      this.#parts.journal.append(this.#unwritten, { reduction });
    } catch (error) {
      return this.#onWriteFailure(error, reduction);
    }
    this.#unwritten = [];
    if (this.#isFull && !reduction) this.#onRoom();
    return this.#keepStart();
  }

  /**
   * Orders of this run are known as ours by its first record, which on a full disk is written with its first reduction: no power cut may
   * take it from an order that is out. Blocks, once in a run.
   */
  #keepStart(): Written {
    if (this.#isStartKept) return "written";
    try {
      this.#parts.journal.sync();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.#fail(error);
      return "stopped";
    }
    this.#isStartKept = true;
    return "written";
  }

  /** A full disk leaves reductions their reserve and halts the rest; any other failure stops the engine. */
  #onWriteFailure(error: unknown, reduction: boolean): Written {
    if (!(error instanceof JournalError)) throw error;
    if (error.failure !== "disk-full" || reduction) {
      this.#fail(error);
      return "stopped";
    }
    this.#onFull();
    if (waitingCharacters(this.#unwritten) > WAITING_CHARACTERS_MAX && this.#flush(true) === "stopped")
      return "stopped";
    return "full";
  }

  #fail(error: JournalError): void {
    this.#running = false;
    this.#snapshots.stop();
    this.#parts.observer.failed?.(error);
  }

  #onFull(): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.haltOpenings(DISK_IS_FULL, () => true);
    this.#planRetry();
  }

  #planRetry(): void {
    this.#parts.clock.setTimer(RETRY_MS, () => {
      if (!this.#running || !this.#isFull) return;
      if (this.#unwritten.length === 0)
        this.#handle({ kind: "clock-ticked", atMs: this.#parts.clock.nowMs() });
      this.#flush();
      if (this.#isFull) this.#planRetry();
    });
  }

  /** What the full disk halted, and nothing else, goes on. */
  #onRoom(): void {
    this.#isFull = false;
    this.#sparing.forgetAll();
    this.#prices.forgetTold();
    this.#parts.clock.setTimer(0, () => {
      if (this.#isFull) return;
      this.#handle({ kind: "halts-released", cause: DISK_IS_FULL, atMs: this.#parts.clock.nowMs() });
    });
  }

  #planFlush(): void {
    if (this.#flushPlanned || this.#isFull) return;
    this.#flushPlanned = true;
    this.#parts.clock.setTimer(0, () => {
      this.#flushPlanned = false;
      if (this.#running) this.#flush();
    });
  }

  #planTick(): void {
    if (this.#tickPlanned || this.#state.agenda.size === 0) return;
    this.#tickPlanned = true;
    this.#parts.clock.setTimer(TICK_MS, () => {
      this.#tickPlanned = false;
      this.#tick();
    });
  }

  #tick(): void {
    if (!this.#running) return;
    const atMs = this.#parts.clock.nowMs();
    if (isDue(this.#state, atMs)) {
      this.#noteTurn(atMs);
      for (const price of this.#prices.dueAt(atMs, this.#state)) this.#handle(price);
      this.#handle({ kind: "clock-ticked", atMs });
    }
    this.#planTick();
  }

  #planGuard(): void {
    this.#parts.clock.setTimer(GUARD_MS, () => {
      if (!this.#running) return;
      const atMs = this.#parts.clock.nowMs();
      this.#noteTurn(atMs);
      this.#guard();
      this.#endStandstill(atMs);
      this.#planGuard();
    });
  }

  /** A stop is not spared on a full disk: what it leads to are reductions. */
  #guard(): void {
    if (!isWatched(this.#state)) return;
    const atMs = this.#parts.clock.nowMs();
    for (const price of this.#prices.dueUnderGuard(atMs, this.#state)) this.#decideRunning(price);
    if (this.#state.moved.size > 0) this.#decideRunning({ kind: "clock-ticked", atMs });
  }

  #decideRunning(event: Event): void {
    if (this.#running) this.#decide(event);
  }

  /**
   * Before anything is connected, as encoding stalls the thread; later ones are made beside the journal. A checkpoint only
   * makes recovery short: on a full disk there is none, and its reserve is not spent on it.
   */
  #writeCheckpoint(): void {
    while (this.#unwritten.length > 0) if (this.#flush() !== "written") return;
    const checkpoint: JournalEntry = { type: "checkpoint", payload: encodeCheckpoint(this.#state) };
    try {
      this.#parts.journal.append([checkpoint]);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      if (error.failure !== "disk-full") this.#fail(error);
    }
  }
}

/** The decision without what may increase; an amendment that is left out is asked for again when it is missed. */
function reductionsOf(decision: Decision): Decision {
  const orders = decision.orders.filter(({ order }) => order.reduceOnly);
  const amends = decision.amends.filter(({ change }) => change.reduceOnly);
  return { ...decision, orders, amends };
}

function isDue(state: State, nowMs: number): boolean {
  for (const dueMs of state.agenda.values()) if (dueMs <= nowMs) return true;
  return false;
}

function waitingCharacters(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.length, 0);
}

function changedSpecs(state: State, instruments: readonly Instrument[]): InstrumentSpec[] {
  return instruments
    .filter(({ id, spec }) => JSON.stringify(state.instruments.get(id)?.spec) !== JSON.stringify(spec))
    .map(({ spec }) => spec);
}

/** An order that waits may be the first that a leader has to do with an instrument. */
function tellsLeaderOrders(event: Event): boolean {
  return event.kind === "leader-order-reported" || event.kind === "leader-snapshot-taken";
}
