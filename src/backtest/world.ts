/**
 * A follower's copier in the past: the production engine, decisions, sizing and limits, and the paper venue with its matching engine and
 * ledger, under a virtual clock. The leaders are recorded traders, the market is recorded bars. Nothing below knows that it is the past.
 */

import { seededRandom, seededRandomOf } from "../analytics/numeric/random.ts";
import type { Command } from "../core/event.ts";
import type { LeaderEvidence } from "../core/evidence.ts";
import { replacementsDue } from "../core/guard/replacement.ts";
import type { AccountId, InstrumentId, VenueId } from "../core/model/identifiers.ts";
import type { Instrument } from "../core/model/instrument.ts";
import type { AccountSettings, Allocation, Settings } from "../core/settings.ts";
import { emptyState, type State } from "../core/state.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineObserver } from "../engine/observer.ts";
import type { AccountConnection, ConnectionEvent, MarketFeed, PriceListener } from "../exchange/exchange.ts";
import type { PublicBooks, PublicBooksListener } from "../exchange/public-books.ts";
import { connectPaperAccount } from "../exchange/simulated/paper/paper-account.ts";
import { PaperVenue } from "../exchange/simulated/paper/paper-venue.ts";
import type { FeeRates } from "../exchange/simulated/venue-types.ts";
import type { Clock } from "../exchange/transport.ts";
import type { LeaderDelay } from "./delay.ts";
import { type CopiedFill, type Happenings, HappeningsCounter } from "./happenings.ts";
import type { LeaderFill } from "./leader-fill.ts";
import { PassingJournal } from "./passing-journal.ts";
import { RecordedLeader } from "./recorded-leader.ts";
import { beginningStandIns } from "./stand-ins.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A leader's symbol at the follower's venue. */
export interface PairedMarket {
  /** On the grid of what the leader traded. */
  readonly leader: Instrument;
  readonly follower: Instrument;
  /** Follower's units in one of the leader's. */
  readonly units: number;
}

export interface WorldLeader {
  /** As fills name it. */
  readonly name: string;
  readonly account: AccountId;
  readonly venue: VenueId;
}

export interface WorldFollower {
  readonly account: AccountId;
  readonly venue: VenueId;
  /** In the settle coin, decimal text. */
  readonly equity: string;
  readonly settings: Pick<AccountSettings, "limits" | "guards">;
  /** From an order to its effect. */
  readonly latencyMs: number;
  readonly feeRates: FeeRates;
}

export interface WorldParts {
  readonly fromMs: number;
  readonly leaders: readonly WorldLeader[];
  readonly follower: WorldFollower;
  /** Of all leaders, oldest first; those before `fromMs` are what leaders hold when it begins. */
  readonly fills: readonly LeaderFill[];
  /** Of a leader's venue and symbol; null where the follower's venue does not list it. */
  marketOf(venue: VenueId, symbol: string): PairedMarket | null;
  /** All instruments of both sides. */
  readonly instruments: readonly Instrument[];
  /** Prices and books of the follower's venue under this clock, told to `onPrice`. */
  openMarket(clock: Clock, onPrice: PriceListener): WorldMarket;
  /** When the fills of a leader are heard of. */
  delayOf(leader: string): Pick<LeaderDelay, "heardAtMs">;
  readonly seed: number;
  readonly onFill?: (fill: CopiedFill) => void;
  /** Sees every event with what was decided. */
  readonly onDecided?: NonNullable<EngineObserver["decided"]>;
  /** Whether leaders that took the place of stopped ones stay when the strategy decides anew; without it they go. */
  readonly keepsStandIns?: boolean;
  /** May take the place of a leader that is stopped to be replaced, beside those that its stop_loss names. */
  readonly replacements?: readonly AccountId[];
}

export interface WorldMarket extends PublicBooks, MarketFeed {
  /** Whoever fills orders hears of changes. */
  listen(listener: PublicBooksListener): this;
  /** What a recorded trader paid for one unit of the instrument, now. */
  paid(id: InstrumentId, price: number): void;
  /** Prices of traders that were no prices. */
  readonly strange: number;
}

/** What is copied from now on. */
export interface WorldAllocation {
  readonly allocation: Allocation;
  /** Of the leader, as far as it was known; decimal text. */
  readonly leaderEquity: string;
}

/** What is known of a leader now, copied or not. */
export interface KnownNow {
  readonly account: AccountId;
  /** Decimal text. */
  readonly equity: string;
  /** Null where its record is too short. */
  readonly evidence: LeaderEvidence | null;
}

/** What the account comes to at a moment; in the settle coin. */
export interface AccountSample {
  readonly atMs: number;
  readonly equity: number;
  readonly long: number;
  readonly short: number;
}

/** Streams of the record never fail, so that the whole is read seldom; what is stale is judged by the same. */
export const SNAPSHOT_MS = 900_000;
const STALE_MS = 4 * SNAPSHOT_MS;
const ORDER_WINDOW_MS = 5_000;

export class BacktestWorld {
  readonly clock: VirtualClock;
  readonly #parts: WorldParts;
  readonly #journal = new PassingJournal();
  readonly #counter: HappeningsCounter;
  readonly #books: WorldMarket;
  readonly #paper: PaperVenue;
  readonly #engine: Engine;
  readonly #leaders = new Map<string, RecordedLeader>();
  readonly #accounts = new Map<AccountId, RecordedLeader>();
  readonly #delays = new Map<string, Pick<LeaderDelay, "heardAtMs">>();
  /** Whoever was ever copied: what is still held of it is followed to its end. */
  readonly #known = new Map<AccountId, AccountSettings>();
  #equities: ReadonlyMap<AccountId, string> = new Map();
  #allocations: readonly Allocation[] = [];
  #standIns: readonly Allocation[] = [];
  #place = 0;

  constructor(parts: WorldParts) {
    const { follower, fromMs, seed } = parts;
    this.#parts = parts;
    this.clock = new VirtualClock(fromMs);
    this.#counter = new HappeningsCounter(follower.account, parts.onFill ?? (() => {}));
    const chance = seededRandom(seed);
    const instruments = new Map(parts.instruments.map((one) => [one.id, one]));
    this.#books = parts.openMarket(this.clock, (event) => this.#engine.receivePrice(event));
    const around = { clock: this.clock, chance, feeRates: follower.feeRates };
    this.#paper = new PaperVenue({
      ...around,
      venue: follower.venue,
      instruments,
      openBooks: (listener) => this.#books.listen(listener),
    });
    const listener = (event: ConnectionEvent) => this.#engine.receive(event);
    const connections = new Map<AccountId, AccountConnection>();
    for (const { name, account, venue } of parts.leaders) {
      const leader = new RecordedLeader({ account, venue, clock: this.clock, listener });
      this.#leaders.set(name, leader);
      this.#accounts.set(account, leader);
      this.#delays.set(name, parts.delayOf(name));
      connections.set(account, leader);
    }
    const { account, equity: balance, latencyMs } = follower;
    connections.set(
      account,
      connectPaperAccount({
        account,
        paperVenue: this.#paper,
        balance,
        restore: null,
        clock: this.clock,
        listener,
        options: { latencyMs },
      }),
    );
    this.#engine = new Engine({
      state: emptyState(),
      journal: this.#journal,
      clock: this.clock,
      chance,
      // Each its own, or whoever comes later would move when the others are read.
      chanceOf: (account) => seededRandomOf(seed, account),
      connections,
      feeds: new Map([[follower.venue, this.#books]]),
      observer: {
        decided: (event, decision, state) => {
          this.#counter.decided(event, decision);
          parts.onDecided?.(event, decision, state);
          // Not within the decision, but right after it.
          if (decision.stops.some(({ action }) => action === "replace"))
            this.clock.setTimer(0, () => this.#replace());
        },
        failed: (error) => this.#counter.failed(error),
      },
    });
  }

  /** What leaders hold at the beginning, then the engine with nobody copied. */
  start(): void {
    const { fills, fromMs } = this.#parts;
    for (; this.#place < fills.length; this.#place += 1) {
      const fill = fills[this.#place];
      if (fill === undefined || fill.timeMs >= fromMs) break;
      this.#delays.get(fill.leader)?.heardAtMs(fill.timeMs);
      this.#leaders.get(fill.leader)?.heard(fill);
    }
    this.#engine.start(this.#settings([]), this.#parts.instruments);
    this.#planFills();
  }

  get state(): State {
    return this.#engine.state;
  }

  get happenings(): Happenings {
    return this.#counter.happenings;
  }

  /** Of everything that was decided so far. */
  get fingerprint(): string {
    this.#engine.writeAll();
    return this.#journal.fingerprint();
  }

  /** The same, without what was told: two runs that share it did the same, whatever their settings. */
  get doings(): string {
    this.#engine.writeAll();
    return this.#journal.doings();
  }

  /** Fills that closed something from before the record; prices that were none. */
  get doubts(): { readonly unseenCloses: number; readonly strangePrices: number } {
    let unseenCloses = 0;
    for (const { isTold, unseen } of this.#leaders.values()) if (isTold) unseenCloses += unseen;
    return { unseenCloses, strangePrices: this.#books.strange };
  }

  runUntil(ms: number): void {
    this.clock.runUntil(ms);
  }

  /** From now on these are copied, and nobody else. `known`: everybody of whom something is known now. */
  allocate(allocations: readonly WorldAllocation[], known: readonly KnownNow[] = []): void {
    this.#equities = new Map(known.map(({ account, equity }) => [account, equity]));
    this.#allocations = allocations.map(({ allocation }) => allocation);
    if (this.#parts.keepsStandIns !== true) this.#standIns = [];
    for (const { leader, guards } of this.#allocations) {
      if (!this.#introduce(leader)) throw new RangeError(`there is no leader ${leader}`);
      for (const name of guards.stopLoss?.replacements ?? []) this.#introduce(name);
    }
    for (const name of this.#parts.replacements ?? []) this.#introduce(name);
    this.#configure();
    this.measure(known);
    for (const { allocation, leaderEquity } of allocations)
      this.#leaderOf(allocation.leader)?.tell(leaderEquity);
  }

  /** Tells the engine what is known of those that it knows. */
  measure(known: readonly KnownNow[]): void {
    for (const { account, evidence } of known)
      if (evidence !== null && this.#known.has(account)) this.#engine.noteEvidence(account, evidence);
  }

  get follower(): AccountId {
    return this.#parts.follower.account;
  }

  /** Whoever is copied now, also in the place of another. */
  get copied(): readonly AccountId[] {
    return this.state.settings.allocations.map(({ leader }) => leader);
  }

  /** What was found of a leader's record stops its copies; who takes its place is chosen at once. */
  stopCopies(stop: Extract<Command, { readonly kind: "stop" }>): void {
    this.#engine.command(stop);
    if (stop.action === "replace") this.#replace();
  }

  /** Those whose relation was stopped to be replaced are, by whom the core chooses. */
  #replace(): void {
    for (const choice of replacementsDue(this.state)) this.#engine.command(choice);
    const beginning = beginningStandIns(this.state);
    if (beginning.length === 0) return;
    this.#standIns = [...this.#standIns, ...beginning];
    this.#configure();
    for (const { leader } of beginning) this.#leaderOf(leader)?.tell(this.#equities.get(leader) ?? "");
  }

  #configure(): void {
    const chosen = new Set(this.#allocations.map(({ leader }) => leader));
    const besides = this.#standIns.filter(({ leader }) => !chosen.has(leader));
    this.#engine.configure(this.#settings([...this.#allocations, ...besides]));
  }

  /** The engine knows of it from the next settings on; false where nobody recorded it. */
  #introduce(account: AccountId): boolean {
    const leader = this.#leaderOf(account);
    if (leader !== undefined) this.#known.set(account, { account, venue: leader.venue, role: "leader" });
    return leader !== undefined;
  }

  #leaderOf(account: AccountId): RecordedLeader | undefined {
    return this.#accounts.get(account);
  }

  sample(): AccountSample {
    const { account } = this.#parts.follower;
    return this.#paper.ask((venue) => {
      let [long, short] = [0, 0];
      for (const row of venue.positions(account)) {
        const value = Number(row.size) * Number(row.markPrice);
        if (row.side === "Buy") long += value;
        else short += value;
      }
      return { atMs: this.clock.nowMs(), equity: Number(venue.wallet(account)?.totalEquity), long, short };
    });
  }

  /** Decimal text in the settle coin, to the last digit that the venue tells. */
  get equity(): string {
    const { account } = this.#parts.follower;
    return this.#paper.ask((venue) => venue.wallet(account)?.totalEquity ?? "0");
  }

  stop(): void {
    this.#engine.stop();
    this.#paper.close();
  }

  #settings(allocations: readonly Allocation[]): Settings {
    const { account, venue, settings } = this.#parts.follower;
    return {
      accounts: [...this.#known.values(), { account, venue, role: "follower", paper: true, ...settings }],
      allocations,
      leaderStaleAfterMs: STALE_MS,
      followerStaleAfterMs: STALE_MS,
      snapshotIntervalMs: SNAPSHOT_MS,
      orderWindowMs: ORDER_WINDOW_MS,
    };
  }

  /** One timer for the next fill of anybody. */
  #planFills(): void {
    const next = this.#parts.fills[this.#place];
    if (next === undefined) return;
    this.clock.setTimer(next.timeMs - this.clock.nowMs(), () => {
      this.#happen(this.clock.nowMs());
      this.#planFills();
    });
  }

  /** The market is at the price of a fill when it happens; a copier hears of it later. */
  #happen(nowMs: number): void {
    const { fills } = this.#parts;
    for (; this.#place < fills.length; this.#place += 1) {
      const fill = fills[this.#place];
      if (fill === undefined || fill.timeMs > nowMs) return;
      const leader = this.#leaders.get(fill.leader);
      const delay = this.#delays.get(fill.leader);
      if (leader === undefined || delay === undefined) continue;
      const market = this.#parts.marketOf(leader.venue, fill.symbol);
      if (market !== null) this.#books.paid(market.follower.id, fill.price.toNumber() / market.units);
      this.clock.setTimer(delay.heardAtMs(fill.timeMs) - nowMs, () => leader.heard(fill));
    }
  }
}
