/**
 * The same copier over the venue's real protocol, without sockets: the simulated exchange's protocol functions, the
 * production connector, engine and journal, all under one virtual clock. A life ends by revoking its outside world; what
 * it sent is on its way all the same.
 */

import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import { AccountId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import { readUpToMs } from "../../src/core/read-up-to.ts";
import type { Allocation, Settings } from "../../src/core/settings.ts";
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
import type { Outside } from "../../src/exchange/transport.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { silentLog } from "../../src/log.ts";
import { openVenue, type Venue } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { EXCHANGE_URL, ExchangeSide, secretOf } from "../replay/exchange-side.ts";
import { SeededChance } from "./chance.ts";
import type { DecisionWatcher } from "./world.ts";

const START_MS = Date.UTC(2026, 0, 5);
const RETRY_MS = 500;

export interface WireAccount {
  readonly name: string;
  readonly role: "leader" | "follower";
  readonly mode: "one-way" | "hedge";
  readonly balance: string;
}

export interface WireParts {
  readonly seed: number;
  readonly accounts: readonly WireAccount[];
  readonly allocations: readonly Allocation[];
  readonly watch: DecisionWatcher;
  /** In memory when left out. */
  readonly journal?: Journal;
}

export class WireWorld {
  readonly clock = new VirtualClock(START_MS);
  readonly chance: SeededChance;
  readonly protocol: BybitProtocol;
  readonly exchange: ExchangeSide;
  readonly journal: Journal;
  /** Streams that the copier opened, in all its lives. */
  streamsOpened = 0;
  readonly #parts: WireParts;
  #outside: InMemoryOutside | null = null;
  #engine: Engine | null = null;

  constructor(parts: WireParts) {
    this.#parts = parts;
    this.journal = parts.journal ?? new MemoryJournal();
    this.chance = new SeededChance(parts.seed);
    this.protocol = new BybitProtocol({
      environment: environmentOf(this.clock),
      seed: parts.seed,
      liquidity: { kind: "flat" },
      control: true,
      limits: "real",
    });
    this.exchange = new ExchangeSide(this.protocol);
    for (const { name, balance, mode } of parts.accounts) this.exchange.putAccount(name, balance, mode);
    this.protocol.start();
  }

  /** Null until the venue's instruments are loaded. */
  get engine(): Engine | null {
    return this.#engine;
  }

  start(): void {
    const network = this.chance.split();
    const wire = inMemoryOutside({
      protocol: this.protocol,
      clock: this.clock,
      chance: this.chance.split().next,
      latencyMs: () => network.whole(1, 5),
    });
    const outside = { ...wire, sockets: { open: this.#counted(wire.sockets.open) } };
    this.#outside = outside;
    const venue = openVenue({
      url: EXCHANGE_URL,
      streamUrl: null,
      outside,
      log: silentLog,
      onPrice: (event) => this.#engine?.receivePrice(event),
    });
    this.#load(venue, outside);
  }

  /** The process is gone between two lines. */
  kill(): void {
    this.#outside?.revoke();
    this.#engine = null;
  }

  runFor(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  #counted(open: Outside["sockets"]["open"]): Outside["sockets"]["open"] {
    return (url, listener) => {
      this.streamsOpened += 1;
      return open(url, listener);
    };
  }

  #load(venue: Venue, outside: InMemoryOutside): void {
    venue.feed.loadInstruments((instruments) => {
      if (instruments instanceof ExchangeError)
        outside.clock.setTimer(RETRY_MS, () => this.#load(venue, outside));
      else this.#begin(venue, outside, instruments);
    });
  }

  #begin(venue: Venue, outside: InMemoryOutside, instruments: readonly Instrument[]): void {
    const { state } = recover(this.journal);
    const engine: Engine = new Engine({
      state,
      journal: this.journal,
      clock: outside.clock,
      chance: outside.chance,
      connections: this.#connect(venue, outside, instruments, state, () => engine),
      feeds: new Map([[venue.id, venue.feed]]),
      observer: { decided: this.#parts.watch },
    });
    this.#engine = engine;
    engine.start(this.#settings(venue), instruments);
  }

  #connect(
    venue: Venue,
    outside: InMemoryOutside,
    instruments: readonly Instrument[],
    state: State,
    engine: () => Engine,
  ): ReadonlyMap<AccountId, AccountConnection> {
    const { bybit, budget, rest } = venue;
    const table = new Map(instruments.map((one) => [one.id, one]));
    const made = this.#parts.accounts.map(({ name, role }) =>
      connectBybitAccount({
        account: AccountId(name),
        venue: venue.id,
        role,
        credentials: new Credentials(name, secretOf(name)),
        urls: bybit.urls,
        capabilities: bybit.capabilities,
        instruments: table,
        outside,
        budget,
        rest,
        options: { ...ACCOUNT_DEFAULTS, executionsSinceMs: readUpToMs(state, AccountId(name)) },
        listener: (event) => engine().receive(event),
      }),
    );
    return new Map(made.map((connection) => [connection.account, connection]));
  }

  #settings(venue: Venue): Settings {
    return {
      accounts: this.#parts.accounts.map(({ name, role }) => ({
        account: AccountId(name),
        venue: venue.id,
        role,
      })),
      allocations: this.#parts.allocations,
      leaderStaleAfterMs: 60_000,
      followerStaleAfterMs: 60_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
  }
}
