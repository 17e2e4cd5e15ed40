/**
 * The same copier over the venue's real protocol, without sockets: the simulated exchange's protocol functions, the
 * production connector, engine and journal files, all under one virtual clock. A life ends between any two steps, before any
 * message or in the middle of a write; what it sent is on its way all the same, and another life begins on what it wrote.
 */

import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type { Command } from "../../src/core/event.ts";
import { AccountId, VenueId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import { readUpToMs } from "../../src/core/read-up-to.ts";
import type { AccountSettings, Allocation, Settings } from "../../src/core/settings.ts";
import type { State } from "../../src/core/state.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recover } from "../../src/engine/recovery.ts";
import { ACCOUNT_DEFAULTS } from "../../src/exchange/bybit/account-options.ts";
import { connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import type { AccountConnection } from "../../src/exchange/exchange.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import {
  environmentOf,
  type InMemoryOutside,
  inMemoryOutside,
} from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";
import { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type { InstrumentSettings } from "../../src/exchange/simulated/market-types.ts";
import type { Clock } from "../../src/exchange/transport.ts";
import { DiskError } from "../../src/journal/disk.ts";
import { type FileJournal, openFileJournal } from "../../src/journal/file.ts";
import { JournalError } from "../../src/journal/journal.ts";
import { makeCheckpoint } from "../../src/journal/make-checkpoint.ts";
import { silentLog } from "../../src/log.ts";
import { doubtedTerms } from "../../src/run/doubted-terms.ts";
import { Listings } from "../../src/run/listings.ts";
import { type InstrumentTable, instrumentsInForce, openVenue, type Venue } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { exact, plus, show } from "../checker/exact.ts";
import { KeptAddress } from "../conformance/kept-address.ts";
import { writtenIn } from "../evidence/from-journal.ts";
import { EXCHANGE_URL, ExchangeSide, secretOf } from "../replay/exchange-side.ts";
import { SeededChance } from "./chance.ts";
import { Tally } from "./tally.ts";
import { WireDisk } from "./wire-disk.ts";
import { countStrikes } from "./wire-faults.ts";
import { watchLimits } from "./wire-limits.ts";
import { WireLock } from "./wire-lock.ts";
import type { JournalPhotos } from "./wire-store.ts";
import type { WireWatch } from "./wire-watch.ts";
import { type DecisionWatcher, type History, toldCommand } from "./world.ts";

export const WIRE_VENUE = VenueId(new URL(EXCHANGE_URL).host);
const RETRY_MS = 500;
/** So that histories have several segments, and some begin at a checkpoint beside the journal. */
const SEGMENT_RECORDS_MAX = 400;
const RESERVE_BYTES = 64 * 1024;
const RESTART_MAX_MS = 4_000;
const FIGURES_MS = 250;
const CHECKPOINT_MS = 2_000;
const PHOTO_MS = 7_300;
/** How long after a start what the process before sent may arrive, and count for a key. */
const PAST_COUNTS_MS = 12_000;
/** The venue's five minutes, and what is added to them. */
const CONNECTIONS_COUNT_MS = 310_000;

export type WireAccount = AccountSettings & {
  readonly mode: "one-way" | "hedge";
  readonly balance: string;
};

/** What happens between the process and the exchange's door; the exchange's own faults are its own. */
export interface Weather {
  /** How often a read is answered with what was so a while ago, and how long ago at most. */
  readonly staleReads: number;
  readonly staleMaxMs: number;
}

export const CALM: Weather = { staleReads: 0, staleMaxMs: 0 };

export interface WireParts {
  readonly seed: number;
  readonly startMs: number;
  readonly accounts: readonly WireAccount[];
  readonly allocations: readonly Allocation[];
  readonly instruments: readonly InstrumentSettings[];
  readonly decided: DecisionWatcher;
  readonly watch: WireWatch;
  /** Whether second processes are started, so that each has to lock the data folder. */
  readonly isLocked: boolean;
  /** Absent: no database follows the journal. */
  readonly photos: JournalPhotos | null;
}

type Ending = "kill" | "power-cut";

interface Life {
  readonly outside: InMemoryOutside;
  readonly journal: FileJournal;
  engine: Engine | null;
  listings: Listings | null;
}

export class WireWorld {
  readonly clock: VirtualClock;
  readonly chance: SeededChance;
  readonly protocol: BybitProtocol;
  readonly exchange: ExchangeSide;
  readonly disk: WireDisk;
  readonly struck = new Tally();
  readonly history: History;
  settings: Settings;
  /** Of the scheduler. */
  steps = 0;
  readonly #parts: WireParts;
  readonly #lock: WireLock | null;
  readonly #address = new KeptAddress();
  readonly #transfers: { readonly account: string; readonly amount: string }[] = [];
  #life: Life | null = null;
  /** Null for none: how many steps, or messages, are left to live. */
  #stepsLeft: number | null = null;
  #messagesLeft: number | null = null;
  #ending: Ending = "kill";
  #restarts = true;
  #weather = CALM;
  /** How far the machine's clock is off, and when it was last set forward. */
  #machineOffsetMs = 0;
  #setForwardMs = Number.NEGATIVE_INFINITY;
  /** When the last process began. */
  #begunMs = 0;

  constructor(parts: WireParts) {
    this.#parts = parts;
    this.#lock = parts.isLocked ? new WireLock() : null;
    this.clock = new VirtualClock(parts.startMs);
    this.chance = new SeededChance(parts.seed);
    this.disk = new WireDisk(this.clock, this.chance.split(), this.struck);
    this.protocol = new BybitProtocol({
      environment: environmentOf(this.clock),
      seed: parts.seed,
      liquidity: { kind: "flat" },
      instruments: parts.instruments,
      control: true,
      limits: "real",
    });
    countStrikes(this.protocol.state.faults, this.struck);
    const mayBePast = () => this.clock.nowMs() < (this.history.starts.at(-1) ?? 0) + PAST_COUNTS_MS;
    const lookOlder = () =>
      this.#begunMs > this.#setForwardMs && this.clock.nowMs() < this.#setForwardMs + CONNECTIONS_COUNT_MS;
    watchLimits(this.protocol, { mayBePast, lookOlder }, (text) => parts.watch.breach(text));
    this.exchange = new ExchangeSide(this.protocol);
    for (const { account, balance, mode } of parts.accounts) this.exchange.putAccount(account, balance, mode);
    this.settings = {
      accounts: parts.accounts.map(({ mode: _, balance: __, ...account }) => account),
      allocations: parts.allocations,
      leaderStaleAfterMs: 60_000,
      followerStaleAfterMs: 60_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
    this.history = {
      prices: this.exchange.prices,
      equities: [],
      volatilities: [],
      // Whatever the clock of the machine says at the start.
      versions: [{ fromMs: 0, allocations: parts.allocations }],
      commands: [],
      lostIntents: [],
      limits: [],
      guards: [],
      starts: [],
      outageMs: 0,
      resettled: false,
    };
    this.protocol.start();
    this.#follow(FIGURES_MS, () => this.noteMoney());
    this.#follow(CHECKPOINT_MS, () => this.#checkpoint());
    // Out of step with the checkpoints.
    this.#follow(PHOTO_MS, () => this.#photograph());
  }

  /** Null while no process runs, and until the venue's instruments are loaded. */
  get engine(): Engine | null {
    return this.#life?.engine ?? null;
  }

  get alive(): boolean {
    return this.#life !== null;
  }

  get journal(): FileJournal {
    if (this.#life === null) throw new Error("no process runs");
    return this.#life.journal;
  }

  start(): void {
    if (this.#life !== null) return;
    this.#begunMs = this.clock.nowMs();
    if (this.#lock?.take() === false) throw new Error("the lock of a process that is gone is held");
    const network = this.chance.split();
    const stale = this.chance.split();
    const outside = inMemoryOutside({
      protocol: this.protocol,
      clock: this.clock,
      chance: this.chance.split().next,
      latencyMs: () => network.whole(1, 5),
      staleMs: () => this.#staleMs(stale),
      leaving: (text, path) => this.#leaving(outside, text, path),
    });
    const own = withClock(outside, this.#ownClock(outside.clock));
    const journal = this.#openJournal(own);
    if (journal === null) {
      this.#lock?.release();
      return this.#plan(RETRY_MS);
    }
    const life: Life = { outside: own, journal, engine: null, listings: null };
    this.#life = life;
    const table: InstrumentTable = new Map();
    const venue = openVenue({
      url: EXCHANGE_URL,
      streamUrl: null,
      outside: own,
      log: silentLog,
      onPrice: (event) => life.engine?.receivePrice(event),
      memory: this.#address,
    });
    this.#load(venue, life, table);
  }

  /** Somebody starts the program once more on the same data folder; false where it got past the lock of one that lives. */
  startSecond(): boolean {
    if (this.#lock === null) return true;
    const isAlone = this.#life === null;
    const isThrough = this.#lock.tryBeside();
    if (!isThrough) this.struck.add("second process refused");
    return isThrough === isAlone;
  }

  /** Ends the life at once; another begins soon. */
  die(ending: Ending): void {
    if (this.#life === null) return;
    this.struck.add(ending);
    this.#end(ending);
    this.#plan(this.chance.whole(0, RESTART_MAX_MS));
  }

  /** Ends the life after so many more steps of the scheduler, or before so many more messages are out. */
  dieAfter(
    { steps, messages }: { readonly steps?: number; readonly messages?: number },
    ending: Ending,
  ): void {
    this.#stepsLeft = steps ?? null;
    this.#messagesLeft = messages ?? null;
    this.#ending = ending;
  }

  /** A stop as the owner asks for it. */
  stop(): void {
    const life = this.#life;
    if (life === null) return;
    this.struck.add("stop");
    life.engine?.stop();
    this.#end("kill");
    this.#plan(this.chance.whole(0, RESTART_MAX_MS));
  }

  configure(settings: Settings): void {
    this.settings = settings;
    this.history.resettled = true;
    this.history.versions.push({ fromMs: this.clock.nowMs(), allocations: settings.allocations });
    this.engine?.configure(settings);
  }

  command(command: Command): void {
    this.history.commands.push(toldCommand(command, this.clock.nowMs()));
    this.engine?.command(command);
  }

  changeWeather(weather: Weather): void {
    this.#weather = weather;
  }

  setMachineClock(offMs: number): void {
    this.struck.add("machine clock jump");
    if (offMs > this.#machineOffsetMs) this.#setForwardMs = this.clock.nowMs();
    this.#machineOffsetMs = offMs;
  }

  setVolatility(account: AccountId, volatility: string): void {
    const measuredAtMs = this.clock.nowMs();
    this.history.volatilities.push({ account, atMs: measuredAtMs, volatility });
    this.engine?.noteEvidence(account, { annualVolatility: volatility, measuredAtMs });
  }

  /** Positive deposits, negative withdraws; false when the venue refuses. */
  transfer(account: string, amount: string): boolean {
    const isDone = this.exchange.transfer(account, amount);
    if (isDone) this.#transfers.push({ account, amount });
    return isDone;
  }

  /** All that was ever paid in, less what was taken out. */
  deposited(account: string): string {
    const balance = this.#parts.accounts.find((one) => one.account === account)?.balance ?? "0";
    const own = this.#transfers.filter((transfer) => transfer.account === account);
    return show(own.reduce((sum, { amount }) => plus(sum, exact(amount)), exact(balance)));
  }

  /** Breaks each connection with this probability. */
  breakConnections(probability: number): void {
    const broken = this.#life?.outside.breakSockets(() => this.chance.hits(probability)) ?? 0;
    this.struck.add("connection broken", broken);
  }

  /** What accounts are worth may be something else now. */
  noteMoney(): void {
    const { venue } = this.protocol.state;
    const atMs = this.clock.nowMs();
    for (const { account } of this.#parts.accounts) {
      const row = venue.wallet(account);
      if (row === undefined) continue;
      const [equity, balance, available] = [
        row.totalEquity,
        row.totalWalletBalance,
        row.totalAvailableBalance,
      ];
      const last = this.history.equities.findLast((one) => one.account === account);
      if (last?.equity === equity && last.balance === balance && last.available === available) continue;
      this.history.equities.push({ account, atMs, equity, balance, available });
    }
  }

  runFor(ms: number): void {
    const untilMs = this.clock.nowMs() + ms;
    while (this.clock.step(untilMs)) {
      this.steps += 1;
      this.#parts.watch.stepped(this.clock.waiting, this.#life?.outside ?? null, this.#parts.accounts.length);
      if (this.#stepsLeft === null) continue;
      this.#stepsLeft -= 1;
      if (this.#stepsLeft > 0) continue;
      this.#stepsLeft = null;
      this.die(this.#ending);
    }
  }

  /** No process begins any more. */
  close(): void {
    this.#restarts = false;
    this.protocol.stop();
    this.#lock?.remove();
  }

  #follow(everyMs: number, action: () => void): void {
    this.clock.setTimer(everyMs, () => {
      action();
      if (this.#restarts) this.#follow(everyMs, action);
    });
  }

  #plan(delayMs: number): void {
    this.clock.setTimer(delayMs, () => {
      if (this.#restarts) this.start();
    });
  }

  #ownClock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs() + this.#machineOffsetMs,
      elapsedMs: () => clock.elapsedMs(),
      setTimer: (delayMs, action) => clock.setTimer(delayMs, action),
    };
  }

  #staleMs(chance: SeededChance): number {
    const { staleReads, staleMaxMs } = this.#weather;
    if (!chance.hits(staleReads)) return 0;
    this.struck.add("stale read");
    return chance.whole(1, staleMaxMs);
  }

  #leaving(outside: InMemoryOutside, text: string, path: string): void {
    if (this.#messagesLeft !== null && text.includes("orderLinkId")) {
      this.#messagesLeft -= 1;
      if (this.#messagesLeft <= 0) {
        this.#messagesLeft = null;
        this.struck.add("death before a message");
        outside.revoke();
        return this.die(this.#ending);
      }
    }
    this.#parts.watch.leaving(text, path, this.engine?.state ?? null, this.clock.nowMs());
  }

  /** Null where the disk does not let it. */
  #openJournal(outside: InMemoryOutside): FileJournal | null {
    try {
      return openFileJournal({
        disk: this.disk.files,
        clock: outside.clock,
        segmentRecordsMax: SEGMENT_RECORDS_MAX,
        reserveBytes: RESERVE_BYTES,
        onFailure: () => this.clock.setTimer(0, () => this.#fell(outside)),
      }).journal;
    } catch (error) {
      if (!(error instanceof JournalError || error instanceof DiskError)) throw error;
      if (error instanceof JournalError && error.failure !== "disk-full" && error.failure !== "write-failed")
        throw error;
      this.struck.add("start refused by the disk");
      this.disk.heal();
      return null;
    }
  }

  /** The process gives up; whoever watches over it starts it again, on a disk that works. */
  #fell(outside: InMemoryOutside): void {
    if (this.#life?.outside !== outside) return;
    this.struck.add("gave up");
    this.disk.heal();
    this.#end("kill");
    this.#plan(this.chance.whole(0, RESTART_MAX_MS));
  }

  #end(ending: Ending): void {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    this.#stepsLeft = null;
    this.#messagesLeft = null;
    life.listings?.stop();
    life.outside.revoke();
    this.#lock?.release();
    if (life.engine !== null) this.#parts.photos?.take(this.disk.files);
    if (ending === "kill") return this.disk.killProcess();
    this.history.lostIntents.push(...writtenIn(life.journal).intents);
    this.disk.cutPower();
  }

  /** For a database's reader, which there is once a process has begun. */
  #photograph(): void {
    if (this.engine !== null) this.#parts.photos?.take(this.disk.files, { isQuiet: this.steps % 2 === 0 });
  }

  /** As the journal's keeper does it on a thread of its own. */
  #checkpoint(): void {
    const life = this.#life;
    const first = life?.journal.checkpointDue ?? null;
    if (life === null || first === null) return;
    try {
      makeCheckpoint(this.disk.files, first);
      life.journal.noteCheckpoint(first);
      this.struck.add("checkpoint beside the journal");
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.struck.add("checkpoint failed");
    }
  }

  #load(venue: Venue, life: Life, table: InstrumentTable): void {
    venue.feed.loadInstruments((instruments) => {
      if (instruments instanceof ExchangeError)
        life.outside.clock.setTimer(RETRY_MS, () => this.#load(venue, life, table));
      else this.#begin(venue, life, table, instruments);
    });
  }

  #begin(venue: Venue, life: Life, table: InstrumentTable, instruments: readonly Instrument[]): void {
    for (const one of instruments) table.set(one.id, one);
    const { state } = recover(life.journal);
    const { outside } = life;
    const listings = new Listings({
      venues: new Map([[venue.id, venue]]),
      table,
      clock: outside.clock,
      log: silentLog,
      listed: (changed) => engine.listInstruments(changed),
    });
    const engine: Engine = new Engine({
      state,
      journal: life.journal,
      clock: outside.clock,
      chance: outside.chance,
      connections: this.#connect(venue, life, table, state),
      feeds: new Map([[venue.id, venue.feed]]),
      observer: {
        decided: (event, decision, now) => {
          if (event.kind === "equity-reported" || event.kind === "follower-snapshot-taken") this.noteMoney();
          this.#parts.decided(event, decision, now);
          this.#parts.watch.decided(event, decision, now);
          for (const one of doubtedTerms(event, decision, now)) listings.recheck(one);
          const refused = decision.refusal?.kind;
          if (refused === "unknown-instrument" || refused === "wrong-step") listings.refreshSoon();
        },
        failed: () => this.clock.setTimer(0, () => this.#fell(outside)),
      },
    });
    this.#parts.watch.begin(life.journal);
    this.#parts.photos?.take(this.disk.files, { foundSequence: life.journal.lastSequence });
    life.engine = engine;
    life.listings = listings;
    this.history.starts.push(outside.clock.nowMs());
    engine.start(this.settings, instruments);
    this.#tellMeasurements(engine);
  }

  /** Whoever measures leaders tells each life the newest of each, as nobody knows what a death took. */
  #tellMeasurements(engine: Engine): void {
    const newest = new Map(this.history.volatilities.map((one) => [one.account, one]));
    for (const { account, atMs, volatility } of newest.values())
      engine.noteEvidence(AccountId(account), { annualVolatility: volatility, measuredAtMs: atMs });
  }

  #connect(
    venue: Venue,
    life: Life,
    table: InstrumentTable,
    state: State,
  ): ReadonlyMap<AccountId, AccountConnection> {
    const { bybit, budget, rest } = venue;
    const { outside } = life;
    const made = this.#parts.accounts.map(({ account, role }) =>
      connectBybitAccount({
        account: AccountId(account),
        venue: venue.id,
        role,
        credentials: new Credentials(account, secretOf(account)),
        urls: bybit.urls,
        capabilities: bybit.capabilities,
        instruments: instrumentsInForce(table, () => state),
        outside,
        budget,
        rest,
        options: { ...ACCOUNT_DEFAULTS, executionsSinceMs: readUpToMs(state, account) },
        listener: (event) => life.engine?.receive(event),
        mayAdd: () => life.engine?.mayAdd(AccountId(account)) === true,
      }),
    );
    return new Map(made.map((connection) => [connection.account, connection]));
  }
}

/** The same outside, seen by the clock of the machine. */
function withClock(outside: InMemoryOutside, clock: Clock): InMemoryOutside {
  return Object.create(outside, { clock: { value: clock, enumerable: true } });
}
