/**
 * The exchange without sockets: HTTP requests and WebSocket texts in, answers and texts out, under an injected clock
 * and timers. server.ts puts it behind a port; a deterministic simulator calls it directly. Nothing in here waits.
 */
import { SimulatedVenue } from "../simulated-venue.ts";
import type {
  FeeRates,
  InstrumentSettings,
  LiquiditySource,
  Venue,
  VenueBehaviour,
  VenueEvent,
  VenueLimits,
} from "../venue-types.ts";
import { type Account, Accounts } from "./accounts.ts";
import { type Behaviour, DEFAULT_BEHAVIOUR, type ServerBehaviour } from "./behaviours.ts";
import { type ControlHost, handleControl, isControlPath } from "./control/control.ts";
import { CATEGORIES, type Category } from "./endpoints/endpoint.ts";
import type { Environment } from "./environment.ts";
import type { ExchangeState } from "./exchange-state.ts";
import { Faults } from "./faults.ts";
import type { HttpRequest } from "./http-parser.ts";
import { SeededRandom } from "./random.ts";
import { AddressLimits, UserLimits } from "./rate-limits.ts";
import { handleRest } from "./rest.ts";
import { PrivateFeed } from "./streams/private-feed.ts";
import { PrivateSession } from "./streams/private-session.ts";
import { PublicFeeds } from "./streams/public-feeds.ts";
import { PublicSession } from "./streams/public-session.ts";
import { IDLE_CUT_MS, type Session, type SessionHost, type SessionOpening } from "./streams/session.ts";
import type { Sink } from "./streams/sink.ts";
import { TradeSession } from "./streams/trade-session.ts";
import { TraceIds } from "./trace-ids.ts";
import type { HttpAnswer, HttpOutcome } from "./wire.ts";

export interface ProtocolOptions {
  readonly environment: Environment;
  readonly seed: number;
  readonly liquidity: LiquiditySource;
  /** Default: what is shipped. */
  readonly instruments?: readonly InstrumentSettings[];
  /** Whether /control is served. */
  readonly control: boolean;
  readonly limits: "off" | "real";
  readonly behaviour?: Behaviour;
  readonly venueLimits?: Partial<VenueLimits>;
  /** How often the venue's time is moved on. Default 50 ms. */
  readonly tickMs?: number;
}

export type SocketOpened =
  | { readonly kind: "session"; readonly session: Session }
  | { readonly kind: "refused"; readonly answer: HttpAnswer };

/** What `openSocket` needs to know of an upgrade request. */
export interface SocketOpening {
  readonly path: string;
  readonly query: string;
  readonly address: string;
}

const OLDER_FEES: FeeRates = { maker: "0.0001", taker: "0.0006" };
const TICK_MS = 50;
const IDLE_CHECK_MS = 30_000;
const SESSIONS_MAX = 50_000;

export class BybitProtocol implements SessionHost, ControlHost {
  readonly state: ExchangeState;
  readonly publicFeeds: PublicFeeds;
  readonly #control: boolean;
  readonly #tickMs: number;
  readonly #connectionIds: SeededRandom;
  readonly #feeds = new Map<string, PrivateFeed>();
  readonly #changedFeeds = new Set<PrivateFeed>();
  readonly #sessions = new Map<Session, number>();
  #cancelTimers: (() => void)[] = [];
  /** The venue may already move prices while it is being made, before there is anybody to tell. */
  #ready = false;

  constructor(options: ProtocolOptions) {
    const { environment, seed } = options;
    const behaviour = serverBehaviour(options.behaviour ?? {});
    const faults = new Faults();
    const random = new SeededRandom(seed ^ 0x5eed);
    const real = options.limits === "real";
    this.#control = options.control;
    this.#tickMs = options.tickMs ?? TICK_MS;
    this.#connectionIds = random;
    this.state = {
      environment,
      venue: this.#makeVenue(options),
      accounts: new Accounts(),
      faults,
      userLimits: new UserLimits(real),
      addressLimits: new AddressLimits(real, behaviour.addressBanMinutes * 60_000),
      behaviour,
      traceIds: new TraceIds(random),
    };
    this.state.venue.setFillLimiter((account, _symbol, lots) => faults.limitFill(account, lots));
    this.publicFeeds = new PublicFeeds(this.state);
    this.#ready = true;
  }

  #makeVenue(options: ProtocolOptions): Venue {
    return new SimulatedVenue({
      seed: options.seed,
      nowMs: neverBackwards(options.environment.nowMs),
      liquidity: options.liquidity,
      ...(options.instruments === undefined ? {} : { instruments: options.instruments }),
      ...(options.behaviour?.defaultFees === "older" ? { feeRates: OLDER_FEES } : {}),
      ...(options.behaviour === undefined ? {} : { behaviour: venueBehaviour(options.behaviour) }),
      ...(options.venueLimits === undefined ? {} : { limits: options.venueLimits }),
      onEvent: (event) => this.#onVenueEvent(event),
      isWatched: (account, kind) => this.#feeds.get(account)?.wants(kind) === true,
      isSymbolWatched: (symbol) => this.#ready && this.publicFeeds.isWatched(symbol),
    });
  }

  /** Starts the exchange's own clockwork: market movement, triggers, funding, idle connections. */
  start(): void {
    this.#repeat(this.#tickMs, () => this.tick());
    this.#repeat(IDLE_CHECK_MS, () => this.#closeIdle());
  }

  /** Stops the clockwork and closes every connection. */
  stop(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
    for (const session of [...this.#sessions.keys()]) session.disconnect("exchange is shutting down");
  }

  #repeat(everyMs: number, action: () => void): void {
    const index = this.#cancelTimers.length;
    const arm = (): void => {
      this.#cancelTimers[index] = this.state.environment.schedule(everyMs, () => {
        arm();
        action();
      });
    };
    arm();
  }

  /** Moves the venue's time on to now and sends what that caused. */
  tick(): void {
    this.state.venue.advanceTo(this.state.environment.nowMs());
    this.flush();
  }

  /** Answers through `reply`: at once, later under latency faults, or with silence or a break under others. */
  handleHttp(request: HttpRequest, address: string, reply: (outcome: HttpOutcome) => void): void {
    if (!isControlPath(request.path)) {
      return handleRest(this.state, { request, address, reply, flush: () => this.flush() });
    }
    const answer = this.#control
      ? handleControl(this, request, address)
      : { status: 404, headers: "", body: `{"error":"the control interface is off"}` };
    reply({ kind: "answer", answer });
    this.flush();
  }

  /** A new WebSocket connection; the caller passes on texts and tells of its end with `session.closed()`. */
  openSocket(opening: SocketOpening, sink: Sink): SocketOpened {
    const make = this.#sessionMaker(opening.path);
    if (make === undefined) return refuse(404, "no such stream");
    if (this.state.faults.disconnects(undefined)) return refuse(503, "streams are disconnected");
    const nowMs = this.state.environment.nowMs();
    if (
      !this.state.addressLimits.admitConnection(opening.address, nowMs) ||
      this.#sessions.size >= SESSIONS_MAX
    ) {
      return refuse(403, "access too frequent");
    }
    const connectionId = `${this.#connectionIds.hex(2)}-${this.#connectionIds.hex(1)}`;
    const session = make({ host: this, sink, address: opening.address, connectionId });
    this.#sessions.set(session, idleCutOf(opening.query));
    return { kind: "session", session };
  }

  closeSocket(session: Session): void {
    this.#sessions.delete(session);
    session.closed();
  }

  #sessionMaker(path: string): ((opening: SessionOpening) => Session) | undefined {
    if (path === "/v5/private") return (opening) => new PrivateSession(opening);
    if (path === "/v5/trade" && this.state.behaviour.orderEntrySocket === "available") {
      return (opening) => new TradeSession(opening);
    }
    const category = publicCategory(path);
    return category === undefined ? undefined : (opening) => new PublicSession(opening, category);
  }

  feedOf(account: Account): PrivateFeed {
    const known = this.#feeds.get(account.apiKey);
    if (known !== undefined) return known;
    const made = new PrivateFeed(this.state, account);
    this.#feeds.set(account.apiKey, made);
    return made;
  }

  /** How many topics are subscribed on an account's private streams. */
  feedListeners(apiKey: string): number {
    const listeners = this.#feeds.get(apiKey)?.listeners() ?? [];
    return listeners.reduce((sum, listener) => sum + listener.topics.size, 0);
  }

  flush(): void {
    if (this.#changedFeeds.size === 0) return;
    const feeds = [...this.#changedFeeds];
    this.#changedFeeds.clear();
    for (const feed of feeds) feed.flush();
  }

  #onVenueEvent(event: VenueEvent): void {
    if ("symbol" in event) this.publicFeeds.collect(event);
    if (!("account" in event)) return;
    const feed = this.#feeds.get(event.account);
    if (feed === undefined) return;
    feed.collect(event);
    this.#changedFeeds.add(feed);
  }

  disconnectAccount(apiKey: string): void {
    this.#feeds.delete(apiKey);
    for (const session of [...this.#sessions.keys()]) {
      if (session.account?.apiKey === apiKey) session.disconnect("account was reset");
    }
  }

  applyStreamFaults(): void {
    for (const session of [...this.#sessions.keys()]) {
      if (this.state.faults.disconnects(session.account?.apiKey))
        session.disconnect("streams are disconnected");
    }
  }

  #closeIdle(): void {
    const nowMs = this.state.environment.nowMs();
    for (const [session, cutMs] of [...this.#sessions]) {
      if (nowMs - session.lastActiveMs > cutMs) session.disconnect("idle");
    }
  }
}

function refuse(status: number, body: string): SocketOpened {
  return { kind: "refused", answer: { status, headers: "", body, contentType: "text/plain; charset=utf-8" } };
}

function publicCategory(path: string): Category | undefined {
  return CATEGORIES.find((category) => path === `/v5/public/${category}`);
}

/** `max_active_time=30s` to `600s`, or in minutes. */
function idleCutOf(query: string): number {
  const match = /(?:^|&)max_active_time=(\d{1,4})(s|m)(?:&|$)/.exec(query);
  if (match === null) return IDLE_CUT_MS;
  const wantedMs = Number(match[1]) * (match[2] === "m" ? 60_000 : 1000);
  return Math.min(Math.max(wantedMs, 30_000), IDLE_CUT_MS);
}

/** The venue's clock must not run backwards, which the machine's may. */
function neverBackwards(nowMs: () => number): () => number {
  let latest = 0;
  return () => {
    latest = Math.max(latest, nowMs());
    return latest;
  };
}

function serverBehaviour(wanted: Behaviour): ServerBehaviour {
  return { ...DEFAULT_BEHAVIOUR, ...wanted };
}

function venueBehaviour(wanted: Behaviour): Partial<VenueBehaviour> {
  const own = new Set(Object.keys(DEFAULT_BEHAVIOUR));
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !own.has(name)));
}
