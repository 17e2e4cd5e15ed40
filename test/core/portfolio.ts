/**
 * A story of one follower with several leaders and instruments, for limits that look at the whole account. Each instrument
 * has the BTC story's steps; quantities are in whole coins of 1000 lots.
 */
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Event, Leg, PositionRow, Side } from "../../src/core/event.ts";
import type { LeaderEvidence } from "../../src/core/evidence.ts";
import { AccountId, InstrumentId, TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder } from "../../src/core/order.ts";
import { NO_LIMITS, type RiskLimits } from "../../src/core/risk-settings.ts";
import { type Allocation, plainAllocation, type Settings } from "../../src/core/settings.ts";
import { emptyState, type FollowerLeg, type State } from "../../src/core/state.ts";
import { BTC_SPEC, FOLLOWER, VENUE } from "./story.ts";

export interface PortfolioOptions {
  readonly limits?: Partial<RiskLimits>;
  /** By symbol. */
  readonly prices?: Readonly<Record<string, string>>;
  readonly leaders?: readonly string[];
  readonly allocation?: Partial<Allocation>;
  readonly equity?: string;
  readonly available?: string;
  readonly leverage?: string;
  readonly mode?: "one-way" | "hedge";
  /** What the follower's owner holds; signed quantity by symbol. */
  readonly owned?: Readonly<Record<string, string>>;
}

const PRICES = { BTCUSDT: "50000", ETHUSDT: "2500", SOLUSDT: "100" };

export class Portfolio {
  readonly state: State = emptyState();
  readonly events: Event[] = [];
  nowMs = 1_000_000;
  readonly #equity: string;
  #available: string;
  readonly #held = new Map<string, number>();
  #sequence = 0;
  settings: Settings;

  constructor(options: PortfolioOptions = {}) {
    const { prices = PRICES, leaders = ["leader"], equity = "10000", mode = "one-way" } = options;
    this.#equity = equity;
    this.#available = options.available ?? equity;
    this.settings = {
      accounts: [
        ...leaders.map((leader) => ({ account: AccountId(leader), venue: VENUE, role: "leader" as const })),
        { account: FOLLOWER, venue: VENUE, role: "follower", limits: { ...NO_LIMITS, ...options.limits } },
      ],
      allocations: leaders.map((leader) => ({
        ...plainAllocation(AccountId(leader), FOLLOWER),
        ...options.allocation,
      })),
      leaderStaleAfterMs: 600_000,
      followerStaleAfterMs: 600_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
    this.feed({ kind: "engine-started", epoch: "abcdefgh", atMs: this.nowMs });
    const instruments = Object.keys(prices).map((symbol) => ({
      ...BTC_SPEC,
      symbol,
      baseCoin: symbol.replace("USDT", ""),
    }));
    this.feed({ kind: "instruments-listed", instruments, atMs: this.nowMs });
    this.feed({ kind: "settings-changed", settings: this.settings, atMs: this.nowMs });
    for (const [symbol, price] of Object.entries(prices)) this.price(symbol, price);
    for (const leader of leaders) this.leaderHolds({}, leader);
    for (const [symbol, quantity] of Object.entries(options.owned ?? {}))
      this.#held.set(`${symbol} ${mode === "one-way" ? "net" : "long"}`, Number(quantity) * 1_000);
    this.snapshot();
    for (const symbol of Object.keys(prices)) this.describe(symbol, mode, options.leverage);
  }

  describe(symbol: string, mode: PortfolioOptions["mode"] = "one-way", leverage = "10"): Decision {
    const instrument = InstrumentId(symbol, VENUE);
    const about = { account: FOLLOWER, instrument, mode, leverage };
    return this.feed({ kind: "market-described", ...about, atMs: this.nowMs });
  }

  feed(event: Event): Decision {
    this.events.push(event);
    return decide(this.state, event);
  }

  price(symbol: string, price: string): Decision {
    const instrument = InstrumentId(symbol, VENUE);
    return this.feed({
      kind: "price-updated",
      instrument,
      bid: price,
      ask: price,
      mark: price,
      atMs: this.nowMs,
    });
  }

  leads(symbol: string, side: Side, quantity: string, leader = "leader", leg: Leg = "net"): Decision {
    this.nowMs += 1;
    this.#sequence += 1;
    return this.feed({
      kind: "leader-filled",
      account: AccountId(leader),
      instrument: InstrumentId(symbol, VENUE),
      leg,
      tradeId: TradeId(`t${this.#sequence}`),
      venueOrderId: VenueOrderId(`o${this.#sequence}`),
      side,
      quantity,
      price: this.#price(symbol),
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: this.nowMs,
      receivedAtMs: this.nowMs,
    });
  }

  /** A snapshot of a leader: signed quantity by symbol. */
  leaderHolds(positions: Readonly<Record<string, string>>, leader = "leader"): Decision {
    this.nowMs += 1;
    const rows = Object.entries(positions).map(([symbol, quantity]) => this.#row(symbol, "net", quantity));
    return this.#snapshotOf("leader-snapshot-taken", leader, rows, { equity: "10000", available: "10000" });
  }

  measured(leader: string, evidence: Omit<LeaderEvidence, "measuredAtMs">, atMs = this.nowMs): Decision {
    return this.feed({
      kind: "evidence-updated",
      account: AccountId(leader),
      evidence: { measuredAtMs: atMs, ...evidence },
      atMs: this.nowMs,
    });
  }

  figures(equity: string, available = equity): Decision {
    this.nowMs += 1;
    this.#available = available;
    return this.feed({ kind: "equity-reported", account: FOLLOWER, equity, available, atMs: this.nowMs });
  }

  /** The venue's account of the follower, as it is. */
  snapshot(): Decision {
    this.nowMs += 1;
    const rows = [...this.#held].flatMap(([place, lots]) => {
      const [symbol = "", leg = "net"] = place.split(" ");
      return lots === 0 ? [] : [this.#row(symbol, leg as Leg, String(lots / 1_000))];
    });
    const figures = { equity: this.#equity, available: this.#available };
    return this.#snapshotOf("follower-snapshot-taken", FOLLOWER, rows, figures);
  }

  /** Every order is filled whole: position, execution and order, in the order told. Returns the last decision with orders. */
  fill(decision: Decision, order: readonly ("position" | "order")[] = ["order", "position"]): Decision {
    let last = decision;
    for (const { order: sent } of decision.orders) {
      for (const what of order) {
        const told = what === "order" ? this.#orderDone(sent) : this.#positionTold(sent);
        if (told.orders.length > 0) last = told;
      }
    }
    return last;
  }

  /** Fills and what follows of it, until nothing is sent any more. */
  fillAll(decision: Decision): void {
    let next = decision;
    for (let rounds = 0; next.orders.length > 0; rounds += 1) {
      if (rounds > 20) throw new Error("orders without end");
      const after = this.fill(next);
      if (after === next) return;
      next = after;
    }
  }

  reject(order: ApprovedOrder): Decision {
    const { clientOrderId } = order;
    const rejection = { class: "try-again", code: 1, text: "" } as const;
    return this.feed({
      kind: "order-rejected",
      account: FOLLOWER,
      clientOrderId,
      rejection,
      atMs: this.nowMs,
    });
  }

  leg(symbol: string, name: Leg = "net"): FollowerLeg {
    const market = this.state.followers.get(FOLLOWER)?.markets.get(InstrumentId(symbol, VENUE));
    const leg = market?.legs.find((one) => one.leg === name);
    if (leg === undefined) throw new Error(`no leg ${symbol} ${name}`);
    return leg;
  }

  /** Owned quantity. */
  owned(symbol: string, leg: Leg = "net"): number {
    return this.leg(symbol, leg).ownedLots / 1_000;
  }

  #orderDone(order: ApprovedOrder): Decision {
    this.nowMs += 1;
    const quantity = String(Math.abs(order.lots) / 1_000);
    return this.feed({
      kind: "order-reported",
      account: FOLLOWER,
      atMs: this.nowMs,
      order: {
        instrument: order.instrument,
        leg: order.leg,
        clientOrderId: order.clientOrderId,
        venueOrderId: VenueOrderId(`v${order.clientOrderId}`),
        side: order.lots > 0 ? "buy" : "sell",
        status: "filled",
        quantity,
        filledQuantity: quantity,
        averagePrice: this.#price(String(order.instrument).split("@")[0] ?? ""),
        reduceOnly: order.reduceOnly,
        venueReason: "",
        venueTimeMs: this.nowMs,
      },
    });
  }

  #positionTold(order: ApprovedOrder): Decision {
    this.nowMs += 1;
    const symbol = String(order.instrument).split("@")[0] ?? "";
    const place = `${symbol} ${order.leg}`;
    const lots = (this.#held.get(place) ?? 0) + order.lots;
    this.#held.set(place, lots);
    const position = this.#row(symbol, order.leg, String(lots / 1_000));
    return this.feed({
      kind: "follower-position-reported",
      account: FOLLOWER,
      position,
      receivedAtMs: this.nowMs,
    });
  }

  #row(symbol: string, leg: Leg, quantity: string): PositionRow {
    this.#sequence += 1;
    const instrument = InstrumentId(symbol, VENUE);
    const place = { instrument, leg, sequence: this.#sequence, venueTimeMs: this.nowMs };
    return { ...place, quantity, entryPrice: quantity === "0" ? "" : this.#price(symbol), leverage: "10" };
  }

  #price(symbol: string): string {
    const ticks = this.state.quotes.get(InstrumentId(symbol, VENUE))?.mark ?? 0;
    return String(ticks / 10);
  }

  #snapshotOf(
    kind: "leader-snapshot-taken" | "follower-snapshot-taken",
    account: string,
    positions: readonly PositionRow[],
    equity: { readonly equity: string; readonly available: string },
  ): Decision {
    const times = { serverTimeMs: this.nowMs, requestedAtMs: this.nowMs, receivedAtMs: this.nowMs };
    return this.feed({ kind, account: AccountId(account), positions, orders: [], equity, ...times });
  }
}

/** Orders as `BTCUSDT +500`, in lots. */
export function told(decision: Decision): string[] {
  return decision.orders.map(({ market, order }) => {
    const lots = order.lots > 0 ? `+${order.lots}` : String(order.lots);
    return `${market.instrument.spec.symbol} ${lots}${order.reduceOnly ? " reduce" : ""}`;
  });
}
