/**
 * One recorded leader and its followers in one process under a virtual clock: the simulated exchange behind its protocol, the
 * production connector over an in-memory network, the production engine. The same script and seed give the same messages.
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
import { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type { Outside } from "../../src/exchange/transport.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { silentLog } from "../../src/log.ts";
import { awaited } from "../../src/run/readiness.ts";
import { openVenue, type Venue } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { SeededChance } from "../simulation/chance.ts";
import { environmentOf, inMemoryOutside } from "../simulation/in-memory-outside.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { EXCHANGE_URL, ExchangeSide, secretOf } from "./exchange-side.ts";
import { type FollowerSetup, LEADER } from "./followers.ts";

const READY_MS_MAX = 60_000;
const SETTINGS = {
  leaderStaleAfterMs: 60_000,
  followerStaleAfterMs: 60_000,
  snapshotIntervalMs: 15_000,
  orderWindowMs: 5_000,
};

export interface WorldParts {
  readonly seed: number;
  readonly startMs: number;
  readonly followers: readonly FollowerSetup[];
  readonly observer: EngineObserver;
}

/** The exchange first; `startEngine` when it is furnished. */
export class ReplayWorld {
  readonly clock: VirtualClock;
  readonly exchange: ExchangeSide;
  readonly protocol: BybitProtocol;
  readonly journal = new MemoryJournal();
  readonly #parts: WorldParts;
  readonly #outside: Outside;
  #engine: Engine | null = null;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    const chance = new SeededChance(parts.seed);
    this.clock = new VirtualClock(parts.startMs);
    this.protocol = new BybitProtocol({
      environment: environmentOf(this.clock),
      seed: parts.seed,
      liquidity: { kind: "flat" },
      control: true,
      limits: "real",
    });
    this.exchange = new ExchangeSide(this.protocol);
    const network = chance.split();
    this.#outside = inMemoryOutside({
      protocol: this.protocol,
      clock: this.clock,
      chance: chance.next,
      latencyMs: () => network.whole(1, 4),
    });
    this.protocol.start();
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error("the engine was not started");
    return this.#engine;
  }

  /** Connects everybody and runs until every follower is reconciled. Throws when that does not happen in time. */
  startEngine(): void {
    const venue = openVenue({
      url: EXCHANGE_URL,
      streamUrl: null,
      outside: this.#outside,
      log: silentLog,
      onPrice: (event) => this.#engine?.receivePrice(event),
    });
    const instruments = this.#loadInstruments(venue);
    const engine = new Engine({
      state: emptyState(),
      journal: this.journal,
      clock: this.#outside.clock,
      chance: this.#outside.chance,
      connections: this.#connections(venue, instruments),
      feeds: new Map([[venue.id, venue.feed]]),
      observer: this.#parts.observer,
    });
    this.#engine = engine;
    engine.start(this.settings(venue), instruments);
    this.#runUntil(() => awaited(engine.state).length === 0, "the followers were not reconciled");
  }

  settings({ id }: Venue): Settings {
    const { followers } = this.#parts;
    const leader: AccountSettings = { account: LEADER, venue: id, role: "leader" };
    const others = followers.map(({ name }): AccountSettings => {
      return { account: AccountId(name), venue: id, role: "follower" };
    });
    return {
      ...SETTINGS,
      accounts: [leader, ...others],
      allocations: followers.map((one) => one.allocation),
    };
  }

  stop(): void {
    this.#engine?.stop();
    this.protocol.stop();
  }

  #loadInstruments(venue: Venue): readonly Instrument[] {
    let loaded: readonly Instrument[] | null = null;
    venue.feed.loadInstruments((result) => {
      if (result instanceof ExchangeError) throw result;
      loaded = result;
    });
    this.#runUntil(() => loaded !== null, "the instruments were not answered");
    return loaded ?? [];
  }

  #connections(venue: Venue, instruments: readonly Instrument[]): ReadonlyMap<AccountId, AccountConnection> {
    const table = new Map<InstrumentId, Instrument>(instruments.map((one) => [one.id, one]));
    const names = [LEADER, ...this.#parts.followers.map(({ name }) => AccountId(name))];
    const made = names.map((account) =>
      connectBybitAccount({
        account,
        venue: venue.id,
        role: account === LEADER ? "leader" : "follower",
        credentials: new Credentials(account, secretOf(account)),
        urls: venue.bybit.urls,
        capabilities: venue.bybit.capabilities,
        instruments: table,
        outside: this.#outside,
        budget: venue.budget,
        rest: venue.rest,
        listener: (event) => this.#engine?.receive(event),
      }),
    );
    return new Map(made.map((connection) => [connection.account, connection]));
  }

  #runUntil(isDone: () => boolean, complaint: string): void {
    const endMs = this.clock.nowMs() + READY_MS_MAX;
    while (!isDone()) if (!this.clock.step(endMs)) throw new Error(`${complaint} within ${READY_MS_MAX} ms`);
  }
}
