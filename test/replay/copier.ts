/**
 * The production engine and connector, put together as the program does it, over any outside world: in memory under a
 * virtual clock, or real sockets.
 */
import { AccountId, type InstrumentId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import type { AccountSettings, Settings } from "../../src/core/settings.ts";
import { emptyState } from "../../src/core/state.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineObserver } from "../../src/engine/observer.ts";
import { connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import type { AccountConnection } from "../../src/exchange/exchange.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import type { Outside } from "../../src/exchange/transport.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { silentLog } from "../../src/log.ts";
import { awaited } from "../../src/run/readiness.ts";
import { openVenue, type Venue } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { secretOf } from "./exchange-side.ts";
import type { FollowerSetup } from "./followers.ts";

const SETTINGS = {
  leaderStaleAfterMs: 60_000,
  followerStaleAfterMs: 60_000,
  snapshotIntervalMs: 15_000,
  orderWindowMs: 5_000,
};

export interface CopierParts {
  readonly url: string;
  readonly outside: Outside;
  readonly leaders: readonly AccountId[];
  readonly followers: readonly FollowerSetup[];
  readonly observer: EngineObserver;
}

export class Copier {
  readonly journal = new MemoryJournal();
  readonly #parts: CopierParts;
  readonly #venue: Venue;
  #engine: Engine | null = null;

  constructor(parts: CopierParts) {
    this.#parts = parts;
    this.#venue = openVenue({
      url: parts.url,
      streamUrl: null,
      outside: parts.outside,
      log: silentLog,
      onPrice: (event) => this.#engine?.receivePrice(event),
    });
  }

  /** Asks for the instruments, then connects everybody; what goes wrong is thrown by the callback that learns it. */
  start(): void {
    this.#venue.feed.loadInstruments((instruments) => {
      if (instruments instanceof ExchangeError) throw instruments;
      this.#startEngine(instruments);
    });
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error("the engine has not started");
    return this.#engine;
  }

  /** Whether everybody is connected and every follower was reconciled. */
  get isReady(): boolean {
    const state = this.#engine?.state;
    return state !== undefined && state.settings.accounts.length > 0 && awaited(state).length === 0;
  }

  tellVolatility(leader: AccountId, annualVolatility: string): void {
    const atMs = this.#parts.outside.clock.nowMs();
    this.engine.noteEvidence(leader, { measuredAtMs: atMs, annualVolatility });
  }

  stop(): void {
    this.#engine?.stop();
  }

  #startEngine(instruments: readonly Instrument[]): void {
    const { outside, observer } = this.#parts;
    this.#engine = new Engine({
      state: emptyState(),
      journal: this.journal,
      clock: outside.clock,
      chance: outside.chance,
      connections: this.#connections(instruments),
      feeds: new Map([[this.#venue.id, this.#venue.feed]]),
      observer,
    });
    this.#engine.start(this.#settings(), instruments);
  }

  #settings(): Settings {
    const { id: venue } = this.#venue;
    return {
      ...SETTINGS,
      accounts: this.#accounts().map((one): AccountSettings => ({ ...one, venue })),
      allocations: this.#parts.followers.flatMap(({ allocations }) => allocations),
    };
  }

  #accounts(): readonly Pick<AccountSettings, "account" | "role">[] {
    const { leaders, followers } = this.#parts;
    return [
      ...leaders.map((account) => ({ account, role: "leader" as const })),
      ...followers.map(({ name }) => ({ account: AccountId(name), role: "follower" as const })),
    ];
  }

  #connections(instruments: readonly Instrument[]): ReadonlyMap<AccountId, AccountConnection> {
    const { bybit, budget, rest } = this.#venue;
    const table = new Map<InstrumentId, Instrument>(instruments.map((one) => [one.id, one]));
    const made = this.#accounts().map(({ account, role }) =>
      connectBybitAccount({
        account,
        venue: this.#venue.id,
        role,
        credentials: new Credentials(account, secretOf(account)),
        urls: bybit.urls,
        capabilities: bybit.capabilities,
        instruments: table,
        outside: this.#parts.outside,
        budget,
        rest,
        listener: (event) => this.#engine?.receive(event),
      }),
    );
    return new Map(made.map((connection) => [connection.account, connection]));
  }
}
