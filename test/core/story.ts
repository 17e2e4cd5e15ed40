/**
 * A short way to tell the core a story in tests: one leader, one follower (or more), a BTC-like instrument, and events by
 * their names. Times move by themselves; each call returns the decision it led to.
 */
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import type {
  Command,
  Event,
  Leg,
  OrderRow,
  OrderStatus,
  PositionMode,
  PositionRow,
  RejectionClass,
  Side,
} from "../../src/core/event.ts";
import {
  AccountId,
  ClientOrderId,
  InstrumentId,
  TradeId,
  VenueId,
  VenueOrderId,
} from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import type { ApprovedOrder } from "../../src/core/order.ts";
import { NO_OWN_CODE, type OwnCode } from "../../src/core/own-code.ts";
import type { ExecutionStyles } from "../../src/core/risk/execution-style.ts";
import type { OwnLimits } from "../../src/core/risk/extension-limit.ts";
import { type Allocation, plainAllocation, type Settings } from "../../src/core/settings.ts";
import { emptyState, type FollowerLeg, type State } from "../../src/core/state.ts";

export const VENUE = VenueId("sim");
export const LEADER = AccountId("leader");
export const FOLLOWER = AccountId("follower");
export const BTC = InstrumentId("BTCUSDT", VENUE);

export const BTC_SPEC: InstrumentSpec = {
  venue: VENUE,
  symbol: "BTCUSDT",
  baseCoin: "BTC",
  settleCoin: "USDT",
  status: "trading",
  tickSize: "0.1",
  quantityStep: "0.001",
  minQuantity: "0.001",
  maxLimitQuantity: "1000",
  maxMarketQuantity: "100",
  minNotional: "5",
  minPrice: "0.1",
  maxPrice: "1999999.8",
  maxLeverage: "100",
  leverageStep: "0.01",
  fundingIntervalMinutes: 480,
};

export const ALLOCATION: Allocation = {
  ...plainAllocation(LEADER, FOLLOWER),
  sizing: { kind: "multiplier", multiplier: "0.5" },
};

export interface StoryOptions {
  readonly allocation?: Partial<Allocation>;
  readonly instrument?: Partial<InstrumentSpec>;
  readonly mode?: PositionMode;
  readonly leverage?: string;
  readonly followerHolds?: readonly PositionRow[];
  readonly leaderHolds?: readonly PositionRow[];
  readonly ownLimits?: OwnLimits;
  readonly styles?: ExecutionStyles;
  /** Stop after the settings: nothing is confirmed yet. */
  readonly bare?: boolean;
  /** By how much the venue's clock is ahead of ours where snapshots state it; 0 when left out. */
  readonly venueAheadMs?: number;
}

export interface LeaderFillOptions {
  readonly leg?: Leg;
  readonly price?: string;
  readonly ageMs?: number;
  /** Whose it is, where that is not the only leader's. */
  readonly account?: AccountId;
  /** The order that it is a fill of; one that nobody knows when left out. */
  readonly order?: string;
  /** Nothing when left out. */
  readonly fee?: string;
}

export class Story {
  readonly state: State = emptyState();
  readonly events: Event[] = [];
  readonly decisions: Decision[] = [];
  settings: Settings;
  nowMs = 1_000_000;
  readonly #own: OwnCode;
  readonly #venueAheadMs: number;
  #sequence = 0;

  constructor(options: StoryOptions = {}) {
    const { ownLimits = NO_OWN_CODE.limits, styles = NO_OWN_CODE.styles } = options;
    this.#own = { limits: ownLimits, styles };
    this.#venueAheadMs = options.venueAheadMs ?? 0;
    const allocation = { ...ALLOCATION, ...options.allocation };
    this.settings = {
      accounts: [
        { account: LEADER, venue: VENUE, role: "leader" },
        { account: FOLLOWER, venue: VENUE, role: "follower" },
      ],
      allocations: [allocation],
      leaderStaleAfterMs: 60_000,
      followerStaleAfterMs: 60_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
    this.feed({ kind: "engine-started", epoch: "abcdefgh", atMs: this.nowMs });
    const spec = { ...BTC_SPEC, ...options.instrument };
    this.feed({ kind: "instruments-listed", instruments: [spec], atMs: this.nowMs });
    this.configure(this.settings);
    if (options.bare === true) return;
    this.leaderSnapshot(options.leaderHolds ?? []);
    this.followerSnapshot(options.followerHolds ?? []);
    this.price("60000");
    this.describe(options.mode ?? "one-way", options.leverage ?? "10");
  }

  feed(event: Event): Decision {
    const decision = decide(this.state, event, this.#own);
    this.events.push(event);
    this.decisions.push(decision);
    return decision;
  }

  /** Lets time pass in ticks, as the engine would: up to each time that the core wants to wake at. */
  wait(ms: number): Decision[] {
    const untilMs = this.nowMs + ms;
    const decisions: Decision[] = [];
    for (;;) {
      const dueMs = Math.min(...this.state.agenda.values(), Infinity);
      if (dueMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      decisions.push(this.feed({ kind: "clock-ticked", atMs: this.nowMs }));
    }
    this.nowMs = untilMs;
    return decisions;
  }

  /** Lets time pass until something is sent; throws when nothing is. */
  waitForOrder(maxMs: number): Decision {
    const untilMs = this.nowMs + maxMs;
    for (;;) {
      const dueMs = Math.min(...this.state.agenda.values(), Infinity);
      if (dueMs > untilMs) throw new Error(`nothing was sent within ${maxMs} ms`);
      const [decision] = this.wait(Math.max(dueMs - this.nowMs, 0));
      if (decision !== undefined && decision.orders.length > 0) return decision;
    }
  }

  configure(settings: Settings): Decision {
    this.settings = settings;
    return this.feed({ kind: "settings-changed", settings, atMs: this.nowMs });
  }

  allocate(...allocations: readonly Partial<Allocation>[]): Decision {
    return this.configure({
      ...this.settings,
      allocations: allocations.map((change) => ({ ...ALLOCATION, ...change })),
    });
  }

  describe(mode: PositionMode, leverage = "10"): Decision {
    return this.feed({
      kind: "market-described",
      account: FOLLOWER,
      instrument: BTC,
      mode,
      leverage,
      atMs: this.nowMs,
    });
  }

  price(mark: string): Decision {
    return this.book(mark, mark, mark);
  }

  /** What a seller gets and a buyer pays; "" where nobody tells. `ageMs`: for so long it was under way. */
  book(bid: string, ask: string, mark = "", { ageMs = 0 } = {}): Decision {
    const atMs = this.nowMs;
    const venueTimeMs = atMs - ageMs;
    return this.feed({ kind: "price-updated", instrument: BTC, bid, ask, mark, atMs, venueTimeMs });
  }

  leaderFill(side: Side, quantity: string, options: LeaderFillOptions = {}): Decision {
    this.nowMs += 1;
    this.#sequence += 1;
    return this.feed({
      kind: "leader-filled",
      account: options.account ?? LEADER,
      instrument: BTC,
      leg: options.leg ?? "net",
      tradeId: TradeId(`leader-${this.#sequence}`),
      venueOrderId: VenueOrderId(options.order ?? `leader-order-${this.#sequence}`),
      side,
      quantity,
      price: options.price ?? "60000",
      fee: options.fee ?? "0",
      sequence: this.#sequence,
      venueTimeMs: this.nowMs - (options.ageMs ?? 0),
      receivedAtMs: this.nowMs,
    });
  }

  /** The leader's record was measured; `atMs` is when, now if left out. */
  measure(annualVolatility: string, atMs = this.nowMs): Decision {
    const evidence = { measuredAtMs: atMs, annualVolatility };
    return this.feed({ kind: "evidence-updated", account: LEADER, evidence, atMs: this.nowMs });
  }

  equity(account: AccountId, equity: string, balance?: string): Decision {
    const told = { equity, available: equity, ...(balance === undefined ? {} : { balance }) };
    return this.feed({ kind: "equity-reported", account, ...told, atMs: this.nowMs });
  }

  leaderSnapshot(positions: readonly PositionRow[], equity = "10000"): Decision {
    return this.#snapshot("leader-snapshot-taken", LEADER, positions, equity);
  }

  followerSnapshot(positions: readonly PositionRow[], equity = "10000"): Decision {
    return this.#snapshot("follower-snapshot-taken", FOLLOWER, positions, equity);
  }

  /** The same beside orders of ours that are still open. */
  followerSnapshotWith(orders: readonly OrderRow[], positions: readonly PositionRow[]): Decision {
    return this.#snapshot("follower-snapshot-taken", FOLLOWER, positions, "10000", orders);
  }

  /** A position as the venue states it, after everything so far. */
  row(quantity: string, leg: Leg = "net", leverage = "10"): PositionRow {
    this.#sequence += 1;
    const place = { instrument: BTC, leg, sequence: this.#sequence, venueTimeMs: this.nowMs };
    return { ...place, quantity, entryPrice: "", leverage };
  }

  /** The follower's position as its stream tells it. */
  followerHolds(quantity: string, leg: Leg = "net"): Decision {
    this.nowMs += 1;
    const position = this.row(quantity, leg);
    return this.feed({
      kind: "follower-position-reported",
      account: FOLLOWER,
      position,
      receivedAtMs: this.nowMs,
    });
  }

  accept(order: ApprovedOrder): Decision {
    const venueOrderId = VenueOrderId(`venue-${order.clientOrderId}`);
    return this.feed({
      kind: "order-accepted",
      account: FOLLOWER,
      clientOrderId: order.clientOrderId,
      venueOrderId,
      atMs: this.nowMs,
    });
  }

  unknown(order: ApprovedOrder, expiresAtServerMs?: number): Decision {
    const { clientOrderId } = order;
    return this.feed({
      kind: "order-outcome-unknown",
      account: FOLLOWER,
      clientOrderId,
      cause: "time-out",
      ...(expiresAtServerMs === undefined ? {} : { expiresAtServerMs }),
      atMs: this.nowMs,
    });
  }

  reject(order: ApprovedOrder, kind: RejectionClass): Decision {
    const rejection = { class: kind, code: 1, text: "" };
    const { clientOrderId } = order;
    return this.feed({
      kind: "order-rejected",
      account: FOLLOWER,
      clientOrderId,
      rejection,
      atMs: this.nowMs,
    });
  }

  notFound(order: ApprovedOrder, serverTimeMs = this.nowMs): Decision {
    const { clientOrderId } = order;
    return this.feed({
      kind: "order-not-found",
      account: FOLLOWER,
      clientOrderId,
      serverTimeMs,
      atMs: this.nowMs,
    });
  }

  /** The order is done: filled by `quantity`, the rest cancelled; the position follows. */
  fill(order: ApprovedOrder, quantity: string, holds: string): Decision {
    const first = this.report(order, quantity);
    const second = this.followerHolds(holds, order.leg);
    return first.orders.length > 0 ? first : second;
  }

  /** An execution of the decision's only order. */
  trade(
    decision: Decision,
    execution: { readonly quantity: string; readonly price: string; readonly fee: string },
  ): Decision {
    const order = onlyOrder(decision);
    this.nowMs += 1;
    this.#sequence += 1;
    return this.feed({
      kind: "follower-filled",
      account: FOLLOWER,
      instrument: BTC,
      leg: order.leg,
      tradeId: TradeId(`follower-${this.#sequence}`),
      venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
      clientOrderId: order.clientOrderId,
      side: order.lots > 0 ? "buy" : "sell",
      ...execution,
      sequence: this.#sequence,
      venueTimeMs: this.nowMs,
      receivedAtMs: this.nowMs,
    });
  }

  report(order: ApprovedOrder, filledQuantity: string, fee?: string): Decision {
    const status = filledQuantity === quantityOf(order) ? "filled" : "cancelled";
    const row = this.orderRow(order, filledQuantity, status);
    const paid = fee === undefined ? {} : { fee };
    return this.feed({
      kind: "order-reported",
      account: FOLLOWER,
      atMs: this.nowMs,
      order: { ...row, ...paid, venueReason: status === "filled" ? "" : "no liquidity" },
    });
  }

  /** An order of ours as the venue states it now. */
  orderRow(order: ApprovedOrder, filledQuantity: string, status: OrderStatus): OrderRow {
    return {
      instrument: BTC,
      leg: order.leg,
      clientOrderId: ClientOrderId(order.clientOrderId),
      venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
      side: order.lots > 0 ? "buy" : "sell",
      status,
      quantity: quantityOf(order),
      filledQuantity,
      averagePrice: "60000",
      reduceOnly: order.reduceOnly,
      venueReason: "",
      venueTimeMs: this.nowMs,
    };
  }

  command(command: Command): Decision {
    return this.feed({ kind: "command-issued", command, atMs: this.nowMs });
  }

  leg(name: Leg = "net"): FollowerLeg {
    const leg = this.state.followers
      .get(FOLLOWER)
      ?.markets.get(BTC)
      ?.legs.find((one) => one.leg === name);
    if (leg === undefined) throw new Error(`no leg ${name}`);
    return leg;
  }

  #snapshot(
    kind: "leader-snapshot-taken" | "follower-snapshot-taken",
    account: AccountId,
    positions: readonly PositionRow[],
    equity: string,
    orders: readonly OrderRow[] = [],
  ): Decision {
    this.nowMs += 1;
    return this.feed({
      kind,
      account,
      positions,
      orders,
      equity: { equity, available: equity },
      serverTimeMs: this.nowMs + this.#venueAheadMs,
      requestedAtMs: this.nowMs,
      receivedAtMs: this.nowMs,
    });
  }
}

function quantityOf(order: ApprovedOrder): string {
  return String(Math.abs(order.lots) / 1_000);
}

/** The only order of a decision. */
export function onlyOrder(decision: Decision): ApprovedOrder {
  const [planned] = decision.orders;
  if (planned === undefined || decision.orders.length > 1)
    throw new Error(`${decision.orders.length} orders`);
  return planned.order;
}

/** Orders as `+500` and `-500 reduce`, in lots. */
export function orderTexts(decision: Decision): string[] {
  return decision.orders.map(({ order }) => {
    const lots = order.lots > 0 ? `+${order.lots}` : String(order.lots);
    const leg = order.leg === "net" ? "" : `${order.leg} `;
    return `${leg}${lots}${order.reduceOnly ? " reduce" : ""}`;
  });
}

export function reasonsOf(decision: Decision): string[] {
  return decision.denials.map(({ reason }) => reason);
}
