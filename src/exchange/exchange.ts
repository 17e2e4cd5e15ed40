/**
 * THE CONTRACT between the engine and a trading venue. A connection serves one account; a market feed serves one
 * venue. Both speak in events (core/event.ts) to the one listener they were made with; no method returns an answer
 * and none throws for a failure of the world: what happened is always a new event. Connections reconnect for ever by
 * themselves, and after each reconnect take a snapshot.
 */
import type { Event, EventOf, FollowedMarginMode, PositionMode } from "../core/event.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueId } from "../core/model/identifiers.ts";
import type { Instrument } from "../core/model/instrument.ts";
import type { ApprovedChange, ApprovedOrder } from "../core/order.ts";
import type { ExchangeError } from "./exchange-error.ts";
import type { StreamHealth } from "./stream-health.ts";

/** What a connection may tell the inbox. */
export type ConnectionEvent = Extract<
  Event,
  {
    readonly kind:
      | "leader-filled"
      | "follower-filled"
      | "funding-settled"
      | "leader-position-reported"
      | "follower-position-reported"
      | "leader-snapshot-taken"
      | "follower-snapshot-taken"
      | "market-described"
      | "equity-reported"
      | "order-accepted"
      | "order-rejected"
      | "order-outcome-unknown"
      | "order-reported"
      | "order-not-found"
      | "order-cancel-refused"
      | "order-amend-refused"
      | "leader-order-reported"
      | "leverage-set"
      | "leverage-refused"
      | "margin-mode-set"
      | "margin-mode-refused"
      | "question-failed"
      | "connection-changed"
      | "account-refused";
  }
>;

export type ConnectionListener = (event: ConnectionEvent) => void;

/** What a venue can do; conformance tests tie their skips to these. */
export interface Capabilities {
  readonly orderEntryStream: boolean;
  readonly hedgeMode: boolean;
}

/** What a key is and may do: what a start verifies before anything is sent. */
export interface KeyInspection {
  readonly account: AccountId;
  /** The venue's own name for the account behind the key; null where it tells none. */
  readonly userId: string | null;
  readonly readOnly: boolean;
  readonly canTrade: boolean;
  readonly canWithdraw: boolean;
  readonly permissions: readonly string[];
  readonly expiresAtMs: number | null;
}

/** What `accounts check` looks at besides. */
export interface AccountInspection extends KeyInspection {
  readonly equity: string;
  readonly available: string;
  readonly clockOffsetMs: number;
  /** Position mode seen on a common instrument; the venue keeps it per symbol. */
  readonly positionMode: PositionMode;
  readonly marginMode: string;
}

/** The trading account of one leader or follower. */
export interface AccountConnection {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly capabilities: Capabilities;
  /** Whether its stream carries what its snapshots show; absent where nothing is streamed. It heals by itself. */
  readonly streamHealth?: StreamHealth;
  /** Reads the key once, and no more than that needs. `done` is called exactly once. */
  inspectKey(done: (result: KeyInspection | ExchangeError) => void): void;
  /** Reads key, permissions, clock, balance and modes once. `done` is called exactly once. */
  inspect(done: (result: AccountInspection | ExchangeError) => void): void;
  /** Connects the streams, subscribes, takes a snapshot; from here on events flow. */
  open(): void;
  close(): void;
  requestSnapshot(): void;
  /**
   * Of a leader: whether its own orders, and the exits of its positions, are told from now on. A venue that cannot tell them,
   * and every follower, does without.
   */
  followOrders?(wanted: boolean): void;
  /** Answered by `market-described` or `question-failed`. */
  describeMarket(instrument: InstrumentId): void;
  /** Sends at once, in order, without waiting for one another. Each gets accepted, rejected or unknown. */
  submit(orders: readonly ApprovedOrder[]): void;
  /**
   * Takes an order of ours back. Done is an `order-reported` of its end; otherwise `order-cancel-refused`: an order that is
   * gone, or a request whose fate is unknown, is to be looked up.
   */
  cancel(clientOrderId: ClientOrderId, instrument: InstrumentId): void;
  /** Changes an order of ours in place. Done is an `order-reported` with its new terms; otherwise `order-amend-refused`. */
  amend(clientOrderId: ClientOrderId, instrument: InstrumentId, change: ApprovedChange): void;
  /** What became of an order: `order-reported`, `order-not-found` or `question-failed`. Also reports its fills. */
  lookUp(clientOrderId: ClientOrderId, instrument: InstrumentId): void;
  /** Answered by `leverage-set` (also when it was so already), `leverage-refused` or `question-failed`. */
  setLeverage(instrument: InstrumentId, leverage: string): void;
  /** Whether snapshots tell the account's margin mode from here on; a connection without it never does. */
  tellMarginMode?(wanted: boolean): void;
  /**
   * Of the whole account. Answered by `margin-mode-set` (also when it was so already), `margin-mode-refused` or
   * `question-failed`; asked only of connections that tell the mode.
   */
  setMarginMode?(mode: FollowedMarginMode): void;
}

export type PriceListener = (event: EventOf<"price-updated">) => void;

/** Risk tiers of a venue's instruments, which it tells its own listener; one for all of the venue's accounts. */
export interface RiskTierSource {
  /** Reads them now, unless they were told before. */
  ask(instrument: InstrumentId): void;
  /** `done` is called once they were told, cannot be had, or take too long. */
  whenTold(instrument: InstrumentId, done: () => void): void;
}

export type RiskTierListener = (event: EventOf<"risk-tiers-listed">) => void;

/** How its price stream does; `downSinceMs`: since when none stands, null while one does or nothing is followed. */
export interface PriceHealth extends StreamHealth {
  readonly downSinceMs: number | null;
}

/** Instruments and best prices of one venue. */
export interface MarketFeed {
  readonly venue: VenueId;
  /** By a data heartbeat; absent where the feed has none. */
  readonly priceHealth?: PriceHealth;
  /** All tradable instruments, all pages, or the one of a symbol. `done` is called exactly once. */
  loadInstruments(done: (result: readonly Instrument[] | ExchangeError) => void, symbol?: string): void;
  /** Follows best bid, ask and mark; adds to what is followed already. */
  follow(instruments: readonly InstrumentId[]): void;
  close(): void;
}
