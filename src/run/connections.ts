/**
 * The connections of a run: one venue for each address, and one connection for each account. Live and paper differ here, and nowhere
 * below.
 */
import { type Configuration, type ConfiguredAccount, clockErrorMsMax } from "../config.ts";
import type { AccountId, VenueId } from "../core/model/identifiers.ts";
import { readUpToMs } from "../core/read-up-to.ts";
import type { Engine } from "../engine/engine.ts";
import type { Recovered } from "../engine/recovery.ts";
import type { AddressMemory } from "../exchange/bybit/address-memory.ts";
import type { RequestBudget } from "../exchange/bybit/budget.ts";
import { connectBybitAccount } from "../exchange/bybit/connect.ts";
import { openBybitBooks } from "../exchange/bybit/public-books.ts";
import type { AccountConnection, ConnectionEvent, MarketFeed } from "../exchange/exchange.ts";
import { WEIGHT_MAX } from "../exchange/hyperliquid/weights.ts";
import { inTurn } from "../exchange/net/in-turn.ts";
import type { RealOutside } from "../exchange/net/outside.ts";
import { connectPaperAccount } from "../exchange/simulated/paper/paper-account.ts";
import { paperRestoreOf } from "../exchange/simulated/paper/paper-restore.ts";
import {
  feedWithPaperBooks,
  PaperVenue,
  type PaperVenueParts,
} from "../exchange/simulated/paper/paper-venue.ts";
import type { StreamWatchOptions } from "../exchange/stream-watch.ts";
import type { Outside, SocketTransport } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import type { LimitUse } from "../watch/health-readings.ts";
import type { VenueClock } from "../watch/sources.ts";
import { ApiErrors } from "./api-errors.ts";
import { followAddress, type HyperliquidPlace, openHyperliquid, plansFor } from "./hyperliquid.ts";
import { unlistedSymbols } from "./mapped-symbols.ts";
import { Refusal } from "./start-failure.ts";
import {
  accountPartsOf,
  type InstrumentTable,
  instrumentsInForce,
  loadInstruments,
  openVenue,
  type Venue,
} from "./venues.ts";

export interface ConnectionsParts {
  readonly configuration: Configuration;
  readonly outside: RealOutside;
  /** What is heard before it runs is dropped. */
  readonly engine: () => Engine | null;
  readonly log: () => Log | undefined;
  /** Absent: the same as the leaders', behind whom what followers hear waits its turn. */
  readonly followersSockets?: SocketTransport;
}

export class Connections {
  readonly instruments: InstrumentTable = new Map();
  readonly venues = new Map<VenueId, Venue>();
  readonly #hyperliquid = new Map<VenueId, HyperliquidPlace>();
  readonly accounts = new Map<AccountId, AccountConnection>();
  readonly #parts: ConnectionsParts;
  readonly #inForce = instrumentsInForce(this.instruments, () => this.#parts.engine()?.state);
  readonly #paperVenues = new Map<VenueId, PaperVenue>();
  readonly #followersOutside: Outside;

  /** What venues answered with errors. */
  readonly apiErrors: ApiErrors;

  constructor({ outside, ...others }: ConnectionsParts) {
    this.apiErrors = new ApiErrors(() => outside.clock.nowMs());
    const parts = { ...others, outside: { ...outside, http: this.apiErrors.counting(outside.http) } };
    this.#parts = parts;
    const sockets = parts.followersSockets ?? inTurn(parts.outside.sockets);
    this.#followersOutside = { ...parts.outside, sockets };
  }

  openVenues(log: Log, memory: AddressMemory): void {
    const budgets = new Map<string, RequestBudget>();
    const { watchdogs, settings } = this.#parts.configuration;
    const errorMsMax = clockErrorMsMax(watchdogs, settings.orderWindowMs);
    for (const { exchange, venue, url, streamUrl } of this.#parts.configuration.accounts) {
      if (exchange === "hyperliquid") {
        this.#openHyperliquid(venue, { url, streamUrl }, log);
        continue;
      }
      if (this.venues.has(venue)) continue;
      this.venues.set(
        venue,
        openVenue({
          url,
          streamUrl,
          outside: this.#parts.outside,
          log,
          budgets,
          onPrice: (event) => this.#parts.engine()?.receivePrice(event),
          onRiskTiers: (event) => this.#parts.engine()?.receiveRiskTiers(event),
          errorMsMax,
          memory,
          watch: {
            lateMs: watchdogs.pricesLateSeconds.value * 1_000,
            pollMs: watchdogs.pollSeconds.value * 1_000,
          },
        }),
      );
    }
  }

  #openHyperliquid(venue: VenueId, at: Pick<ConfiguredAccount, "url" | "streamUrl">, log: Log): void {
    if (this.#hyperliquid.has(venue)) return;
    const onNotice = (notice: string): void => log.channel("api").warn("market feed", { venue, notice });
    const place = openHyperliquid({ ...at, outside: this.#parts.outside, onNotice });
    this.#hyperliquid.set(venue, place);
  }

  /** Whatever lists instruments. */
  get listing(): ReadonlyMap<VenueId, Pick<Venue, "id" | "feed">> {
    return new Map<VenueId, Pick<Venue, "id" | "feed">>([...this.venues, ...this.#hyperliquid]);
  }

  /** Asks until each venue has answered; throws a Refusal where the configuration names what none of them lists. */
  async loadInstruments(stop: AbortSignal, log: Log): Promise<void> {
    const retry = (cause: string) =>
      log.channel("api").warn("the venue's instruments are not to be had yet", { cause });
    for (const venue of this.listing.values()) {
      const instruments = await loadInstruments(venue, stop, retry);
      for (const instrument of instruments) this.instruments.set(instrument.id, instrument);
    }
    const problems = unlistedSymbols(this.#parts.configuration, this.instruments);
    if (problems.length > 0) throw new Refusal(problems);
  }

  connectAll(recovered: Recovered): void {
    for (const account of this.#parts.configuration.accounts) this.connect(account, recovered);
  }

  connect(account: ConfiguredAccount, recovered: Recovered): void {
    this.accounts.set(account.account, this.#connectionTo(account, recovered));
  }

  #connectionTo(account: ConfiguredAccount, recovered: Recovered): AccountConnection {
    if (account.exchange === "hyperliquid") return this.#followed(account, recovered);
    const venue = this.venues.get(account.venue);
    if (venue === undefined) throw new Error(`${account.account} has no venue`);
    if (account.execution === "paper") return this.#paperConnection(account, venue, recovered);
    if (account.credentials === null) throw new Error(`${account.account} has no key`);
    return connectBybitAccount({
      ...accountPartsOf(venue),
      account: account.account,
      role: account.role,
      credentials: account.credentials,
      instruments: this.#inForce,
      outside: account.role === "leader" ? this.#parts.outside : this.#followersOutside,
      listener: (event: ConnectionEvent) => this.#parts.engine()?.receive(event),
      mayAdd: () => this.#parts.engine()?.mayAdd(account.account) === true,
      options: {
        orderWindowMs: this.#parts.configuration.settings.orderWindowMs,
        executionsSinceMs: readUpToMs(recovered.state, account.account),
        watch: this.#streamWatch(),
      },
    });
  }

  #followed(account: ConfiguredAccount, recovered: Recovered): AccountConnection {
    const place = this.#hyperliquid.get(account.venue);
    const plan = plansFor(this.#parts.configuration.accounts).get(account.venue);
    if (place === undefined || plan === undefined) throw new Error(`${account.account} has no venue`);
    return followAddress(account, {
      place,
      plan,
      outside: this.#parts.outside,
      listener: (event) => this.#parts.engine()?.receive(event),
      onNotice: (notice) =>
        this.#parts.log()?.channel("api").warn("followed address", { account: account.account, notice }),
      fillsSinceMs: readUpToMs(recovered.state, account.account),
      watch: this.#streamWatch(),
    });
  }

  #streamWatch(): StreamWatchOptions {
    const { streamLateSeconds, pollSeconds } = this.#parts.configuration.watchdogs;
    return { lateMs: streamLateSeconds.value * 1_000, pollMs: pollSeconds.value * 1_000 };
  }

  #paperConnection(account: ConfiguredAccount, venue: Venue, recovered: Recovered): AccountConnection {
    return connectPaperAccount({
      account: account.account,
      paperVenue: this.#paperVenue(venue),
      balance: String(this.#parts.configuration.paper.balance.value),
      restore: paperRestoreOf(recovered.state, account.account, venue.id),
      ...(venue.riskTiers === undefined ? {} : { riskTiers: venue.riskTiers }),
      clock: this.#parts.outside.clock,
      listener: (event) => this.#parts.engine()?.receive(event),
      onNotice: (notice) =>
        this.#parts.log()?.channel("api").warn("paper account", { account: account.account, notice }),
    });
  }

  #paperVenue(venue: Venue): PaperVenue {
    const { clock, chance } = this.#parts.outside;
    const known = this.#paperVenues.get(venue.id);
    if (known !== undefined) return known;
    const openBooks: PaperVenueParts["openBooks"] = (listener) =>
      openBybitBooks({
        venue: venue.id,
        urls: venue.bybit.urls,
        outside: this.#parts.outside,
        budget: venue.budget,
        listener,
        onNotice: (notice) =>
          this.#parts.log()?.channel("api").warn("public books", { venue: venue.id, notice }),
      });
    const made = new PaperVenue({
      venue: venue.id,
      instruments: this.#inForce,
      openBooks,
      clock,
      chance,
    });
    this.#paperVenues.set(venue.id, made);
    return made;
  }

  /** Paper books follow whatever prices are followed. */
  feeds(): Map<VenueId, MarketFeed> {
    const feeds = [...this.venues.values()].map((venue) => {
      const paper = this.#paperVenues.get(venue.id);
      return [venue.id, paper === undefined ? venue.feed : feedWithPaperBooks(venue.feed, paper)] as const;
    });
    return new Map(feeds);
  }

  /** Those that tell how their price streams do. */
  priceFeeds(): readonly MarketFeed[] {
    return [...this.venues.values()].map(({ feed }) => feed);
  }

  /** What the watchdogs look at. */
  watched() {
    return {
      connections: this.accounts,
      clocks: () => this.clocks(),
      feeds: () => this.priceFeeds(),
      apiErrors: () => this.apiErrors.lastMinute(),
    };
  }

  /** What is known of each venue's clock. */
  clocks(): readonly VenueClock[] {
    return [...this.venues.values()].map(({ id, rest }) => ({ venue: id, ...rest.clock.health }));
  }

  /** How much of what each venue lets this address ask is used. Hosts that share a limit are one. */
  limits(): readonly LimitUse[] {
    const budgets = new Map([...this.venues.values()].map(({ bybit, budget }) => [bybit.limitGroup, budget]));
    const bybit = [...budgets].map(([subject, budget]) => {
      return { subject, ...budget.use, restUntilMs: budget.restUntilMs };
    });
    const hyperliquid = [...this.#hyperliquid.values()].map(({ id, weights }) => {
      return { subject: id, used: weights.used, most: WEIGHT_MAX, waiting: 0, restUntilMs: 0 };
    });
    return [...bybit, ...hyperliquid];
  }

  close(): void {
    for (const connection of this.accounts.values()) connection.close();
    for (const venue of this.#paperVenues.values()) venue.close();
    for (const venue of this.venues.values()) venue.feed.close();
    for (const { feed, streams } of this.#hyperliquid.values()) {
      streams.close();
      feed.close();
    }
  }
}
