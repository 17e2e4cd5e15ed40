/**
 * One follower's account at the venue of a generated sequence: what it holds and what may still fill there, kept apart from all
 * that the core believes. What happens is told in messages that wait until they are delivered, in any order.
 */
import type { Event, Leg, OrderRow, OrderStatus, PositionRow, RejectionClass } from "../../src/core/event.ts";
import {
  type AccountId,
  type ClientOrderId,
  InstrumentId,
  TradeId,
  VenueOrderId,
} from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder } from "../../src/core/order.ts";
import { VENUE } from "../core/story.ts";

/** A lot at a tick is worth a ten-thousandth of a USDT. */
export const LOT_TICKS_PER_USDT = 10_000;
const LOTS_PER_COIN = 1_000;

export interface Sent {
  readonly order: ApprovedOrder;
  readonly place: string;
  filled: number;
  status: OrderStatus;
}

export interface VenueClock {
  nowMs: number;
  sequence: number;
}

export class VenueAccount {
  readonly account: AccountId;
  readonly hedged: boolean;
  /** By place (`BTCUSDT net`): signed lots, and those of the owner's. */
  readonly held = new Map<string, number>();
  readonly foreign = new Map<string, number>();
  readonly sent = new Map<ClientOrderId, Sent>();
  readonly leverage = new Map<string, string>();
  readonly #messages: (() => Event)[] = [];
  readonly #told = new Map<string, number>();
  readonly #clock: VenueClock;
  readonly #ticksOf: (symbol: string) => number;
  cash = 10_000;

  constructor(account: AccountId, hedged: boolean, clock: VenueClock, ticksOf: (symbol: string) => number) {
    this.account = account;
    this.hedged = hedged;
    this.#clock = clock;
    this.#ticksOf = ticksOf;
  }

  put(order: ApprovedOrder): void {
    const place = `${symbolOf(order)} ${order.leg}`;
    this.sent.set(order.clientOrderId, { order, place, filled: 0, status: "working" });
  }

  open(): Sent[] {
    return [...this.sent.values()].filter(({ status }) => status === "working");
  }

  /** Fills a share of one of the open orders; what `ends` loses its rest. */
  fill(which: number, share: number, ends: boolean): void {
    const open = this.open();
    const one = open[which % Math.max(open.length, 1)];
    if (one !== undefined) this.#fill(one, share, ends);
  }

  fillAll(): void {
    for (const one of this.open()) this.#fill(one, 1, true);
  }

  #fill(one: Sent, share: number, ends: boolean): void {
    const { order, place } = one;
    const side = Math.sign(order.lots);
    const held = this.held.get(place) ?? 0;
    const rest = Math.abs(order.lots) - one.filled;
    const most = order.reduceOnly ? Math.min(rest, Math.max(-held * side, 0)) : rest;
    const lots = Math.min(share === 0 ? 0 : Math.max(1, Math.floor(rest * share)), most);
    one.filled += lots;
    if (lots === rest) one.status = "filled";
    else if (ends || most < rest) one.status = "cancelled";
    this.#trade(place, lots * side);
    if (lots > 0) this.#tellFill(one, lots);
    this.#tellOrder(one);
    if (lots > 0) this.#tellPosition(place);
  }

  #trade(place: string, lots: number): void {
    const held = (this.held.get(place) ?? 0) + lots;
    this.held.set(place, held);
    this.cash -= (lots * this.#ticksOf(place.split(" ")[0] ?? "")) / LOT_TICKS_PER_USDT;
    this.#clock.sequence += 1;
    this.#told.set(place, this.#clock.sequence);
    // What the owner had is the owner's while there is as much.
    const foreign = this.foreign.get(place) ?? 0;
    if (Math.sign(foreign) !== Math.sign(held)) this.foreign.set(place, 0);
    else if (Math.abs(foreign) > Math.abs(held)) this.foreign.set(place, held);
  }

  /** The venue takes none of it. */
  reject(which: number, kind: RejectionClass): void {
    const open = this.open().filter(({ filled }) => filled === 0);
    const one = open[which % Math.max(open.length, 1)];
    if (one === undefined) return;
    one.status = "rejected";
    const { clientOrderId } = one.order;
    const rejection = { class: kind, code: 1, text: "" };
    this.#tell(() => ({ kind: "order-rejected", ...this.#now(), clientOrderId, rejection }));
  }

  /** Nobody knows what became of it; the venue has it, or it never arrived. */
  lose(which: number, arrived: boolean): void {
    const open = this.open().filter(({ filled }) => filled === 0);
    const one = open[which % Math.max(open.length, 1)];
    if (one === undefined) return;
    const { clientOrderId } = one.order;
    if (!arrived) this.sent.delete(clientOrderId);
    this.#tell(() => ({ kind: "order-outcome-unknown", ...this.#now(), clientOrderId, cause: "time-out" }));
  }

  cancel(clientOrderId: ClientOrderId): void {
    const one = this.sent.get(clientOrderId);
    if (one?.status !== "working") return;
    one.status = "cancelled";
    this.#tellOrder(one);
  }

  /** Only where nothing of ours is under way, and told at once: what nobody told cannot be known. Returns whether it traded. */
  ownerTrades(symbol: string, lots: number): boolean {
    const place = `${symbol} ${this.hedged ? (lots > 0 ? "long" : "short") : "net"}`;
    if (lots === 0 || this.#messages.length > 0 || this.open().some((one) => one.place === place))
      return false;
    const held = this.held.get(place) ?? 0;
    const [foreign, size] = [this.foreign.get(place) ?? 0, lots * 10];
    const closes = Math.sign(size) === -Math.sign(held);
    if (held !== foreign && !closes) return false;
    const traded = closes ? Math.sign(size) * Math.min(Math.abs(size), Math.abs(held)) : size;
    this.#trade(place, traded);
    if (held === foreign) this.foreign.set(place, held + traded);
    return true;
  }

  waiting(): number {
    return this.#messages.length;
  }

  next(which: number): Event | undefined {
    const [message] = this.#messages.splice(which % Math.max(this.#messages.length, 1), 1);
    return message?.();
  }

  /** In USDT. */
  equity(): number {
    let sum = this.cash;
    for (const [place, lots] of this.held)
      sum += (lots * this.#ticksOf(place.split(" ")[0] ?? "")) / LOT_TICKS_PER_USDT;
    return sum;
  }

  /** Equity as text, and what is free of margin at ten times leverage. */
  figures(): { readonly equity: string; readonly available: string; readonly balance: string } {
    const equity = this.equity();
    const available = Math.max(equity - this.#gross() / 10, 0);
    return { equity: equity.toFixed(4), available: available.toFixed(4), balance: equity.toFixed(4) };
  }

  #gross(): number {
    let sum = 0;
    for (const [place, lots] of this.held)
      sum += (Math.abs(lots) * this.#ticksOf(place.split(" ")[0] ?? "")) / LOT_TICKS_PER_USDT;
    return sum;
  }

  row(place: string): PositionRow {
    const [symbol = "", leg = "net"] = place.split(" ");
    const lots = this.held.get(place) ?? 0;
    const instrument = InstrumentId(symbol, VENUE);
    const away = Math.max(this.equity(), 0) / Math.max(this.#gross(), 1);
    const price = this.#ticksOf(symbol) / 10;
    const liquidation = price * (1 - Math.sign(lots) * away);
    return {
      instrument,
      leg: leg as Leg,
      quantity: String(lots / LOTS_PER_COIN),
      entryPrice: lots === 0 ? "" : price.toFixed(1),
      leverage: this.leverage.get(symbol) ?? "10",
      ...(lots === 0 || away >= 1 ? {} : { liquidationPrice: Math.max(liquidation, 0.1).toFixed(1) }),
      sequence: this.#told.get(place) ?? -1,
      venueTimeMs: this.#clock.nowMs,
    };
  }

  snapshot(): Event {
    const { nowMs } = this.#clock;
    const rows = [...this.held].filter(([, lots]) => lots !== 0).map(([place]) => this.row(place));
    const orders = this.open().map((one) => this.orderRow(one));
    const times = { serverTimeMs: nowMs, requestedAtMs: nowMs, receivedAtMs: nowMs };
    const { account } = this;
    return {
      kind: "follower-snapshot-taken",
      account,
      positions: rows,
      orders,
      equity: this.figures(),
      ...times,
    };
  }

  orderRow({ order, filled, status }: Sent): OrderRow {
    const { clientOrderId, instrument, leg, lots, reduceOnly, form } = order;
    const ticks = this.#ticksOf(symbolOf(order));
    return {
      instrument,
      leg,
      clientOrderId,
      venueOrderId: VenueOrderId(`v${clientOrderId}`),
      side: lots > 0 ? "buy" : "sell",
      status,
      quantity: String(Math.abs(lots) / LOTS_PER_COIN),
      filledQuantity: String(filled / LOTS_PER_COIN),
      averagePrice: filled === 0 ? "" : (ticks / 10).toFixed(1),
      reduceOnly,
      venueReason: status === "cancelled" ? "no liquidity" : "",
      venueTimeMs: this.#clock.nowMs,
      ...(form.kind === "limit"
        ? { orderType: "limit" as const, price: (form.price / 10).toFixed(1), triggerPrice: "" }
        : {}),
    };
  }

  #tellFill({ order }: Sent, lots: number): void {
    const { clientOrderId, instrument, leg } = order;
    const { sequence, nowMs } = this.#clock;
    const price = (this.#ticksOf(symbolOf(order)) / 10).toFixed(1);
    this.#tell(() => ({
      kind: "follower-filled",
      account: this.account,
      instrument,
      leg,
      clientOrderId,
      venueOrderId: VenueOrderId(`v${clientOrderId}`),
      side: order.lots > 0 ? "buy" : "sell",
      tradeId: TradeId(`f${sequence}`),
      quantity: String(lots / LOTS_PER_COIN),
      price,
      fee: "0",
      sequence,
      venueTimeMs: nowMs,
      receivedAtMs: this.#clock.nowMs,
    }));
  }

  #tellOrder(one: Sent): void {
    const order = this.orderRow(one);
    this.#tell(() => ({ kind: "order-reported", ...this.#now(), order }));
  }

  #tellPosition(place: string): void {
    const position = this.row(place);
    this.#tell(() => ({
      kind: "follower-position-reported",
      account: this.account,
      position,
      receivedAtMs: this.#clock.nowMs,
    }));
  }

  #tell(message: () => Event): void {
    this.#messages.push(message);
  }

  #now() {
    return { account: this.account, atMs: this.#clock.nowMs };
  }
}

export function symbolOf({ instrument }: Pick<ApprovedOrder, "instrument">): string {
  return String(instrument).split("@")[0] ?? "";
}
