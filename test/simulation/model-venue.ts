/**
 * The truth of a simulated world: a venue with accounts, positions by leg, margin, market orders and their fills, and a
 * sequence that rises with every matching event. Speaks in steps of each instrument; knows no network and no faults
 * (model-connection.ts does). What it records is what the independent checker later reads.
 */
import type { Leg, OrderStatus, PositionMode, RejectionClass, Side } from "../../src/core/event.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";

export interface VenueFill {
  readonly tradeId: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly steps: number;
  readonly price: string;
  readonly sequence: number;
  readonly timeMs: number;
}

export interface VenuePosition {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed. */
  steps: number;
  sequence: number;
  updatedMs: number;
}

export interface VenueOrder {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly steps: number;
  readonly reduceOnly: boolean;
  filledSteps: number;
  status: OrderStatus;
  venueReason: string;
  updatedMs: number;
}

/** One order request as it reached the venue, with what became of it. */
export interface VenueRequest {
  readonly arrivedAtMs: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly steps: number;
  readonly reduceOnly: boolean;
  readonly outcome: "accepted" | "rejected" | "lost";
  readonly code: number;
}

export interface VenueAccount {
  readonly name: string;
  mode: PositionMode;
  equity: number;
  readonly positions: Map<string, VenuePosition>;
  readonly leverage: Map<string, number>;
  readonly orders: Map<string, VenueOrder>;
  readonly byClientId: Map<string, VenueOrder>;
  readonly requests: VenueRequest[];
  readonly fills: VenueFill[];
  /** Told of everything that changes in the account. */
  watcher: AccountWatcher | null;
}

export interface AccountWatcher {
  ordered(order: VenueOrder): void;
  filled(fill: VenueFill): void;
  moved(position: VenuePosition): void;
}

export interface OrderTicket {
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly steps: number;
  readonly reduceOnly: boolean;
  readonly clientOrderId: string;
}

export type Answer =
  | { readonly kind: "accepted"; readonly order: VenueOrder }
  | { readonly kind: "rejected"; readonly class: RejectionClass; readonly code: number };

/** How matching goes: share of the order that finds a counterpart, and in how many executions. */
export interface Matching {
  readonly share: number;
  readonly executions: number;
}

export class ModelVenue {
  readonly instruments: ReadonlyMap<string, InstrumentSpec>;
  readonly accounts = new Map<string, VenueAccount>();
  readonly prices = new Map<string, number>();
  readonly #nowMs: () => number;
  #sequence = 0;
  #ids = 0;

  constructor(instruments: readonly InstrumentSpec[], nowMs: () => number) {
    this.instruments = new Map(instruments.map((spec) => [spec.symbol, spec]));
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  addAccount(name: string, mode: PositionMode, equity: number): VenueAccount {
    const account: VenueAccount = {
      name,
      mode,
      equity,
      positions: new Map(),
      leverage: new Map(),
      orders: new Map(),
      byClientId: new Map(),
      requests: [],
      fills: [],
      watcher: null,
    };
    this.accounts.set(name, account);
    return account;
  }

  position(account: VenueAccount, symbol: string, leg: Leg): VenuePosition {
    const key = `${symbol} ${leg}`;
    const known = account.positions.get(key);
    if (known !== undefined) return known;
    const made = { symbol, leg, steps: 0, sequence: -1, updatedMs: 0 };
    account.positions.set(key, made);
    return made;
  }

  /** Takes or refuses an order; matching it is a second call, so that the two can be apart in time. */
  place(account: VenueAccount, ticket: OrderTicket): Answer {
    const refusal = this.#refusal(account, ticket);
    this.#note(account, ticket, refusal === null ? "accepted" : "rejected", refusal?.code ?? 0);
    if (refusal !== null) return { kind: "rejected", ...refusal };
    this.#ids += 1;
    const order: VenueOrder = {
      ...ticket,
      orderId: `order-${this.#ids}`,
      filledSteps: 0,
      status: "working",
      venueReason: "",
      updatedMs: this.nowMs(),
    };
    account.orders.set(order.orderId, order);
    if (ticket.clientOrderId !== "") account.byClientId.set(ticket.clientOrderId, order);
    account.watcher?.ordered({ ...order });
    return { kind: "accepted", order };
  }

  /** A request that never reached the venue is in its record all the same, so that the checker can tell. */
  noteLost(account: VenueAccount, ticket: OrderTicket): void {
    this.#note(account, ticket, "lost", 0);
  }

  match(account: VenueAccount, order: VenueOrder, matching: Matching): void {
    const position = this.position(account, order.symbol, order.leg);
    const wanted = order.reduceOnly ? Math.min(order.steps, reducible(position, order.side)) : order.steps;
    const total = Math.min(wanted, Math.floor(order.steps * matching.share));
    this.#sequence += 1;
    for (const steps of shares(total, matching.executions)) this.#fill(account, position, order, steps);
    order.status = order.filledSteps === order.steps ? "filled" : "cancelled";
    order.venueReason = order.status === "filled" ? "" : "no counterpart";
    order.updatedMs = this.nowMs();
    account.watcher?.ordered({ ...order });
    if (total > 0) account.watcher?.moved({ ...position });
  }

  #fill(account: VenueAccount, position: VenuePosition, order: VenueOrder, steps: number): void {
    this.#ids += 1;
    order.filledSteps += steps;
    position.steps += order.side === "buy" ? steps : -steps;
    position.sequence = this.#sequence;
    position.updatedMs = this.nowMs();
    const { orderId, clientOrderId, symbol, leg, side } = order;
    const fill: VenueFill = {
      tradeId: `trade-${this.#ids}`,
      orderId,
      clientOrderId,
      symbol,
      leg,
      side,
      steps,
      price: this.priceText(symbol),
      sequence: this.#sequence,
      timeMs: this.nowMs(),
    };
    account.fills.push(fill);
    account.watcher?.filled(fill);
  }

  /** Market orders of an account's owner: placed and matched at once. */
  trade(account: VenueAccount, ticket: Omit<OrderTicket, "clientOrderId">, executions: number): boolean {
    const answer = this.place(account, { ...ticket, clientOrderId: "" });
    if (answer.kind === "rejected") return false;
    this.match(account, answer.order, { share: 1, executions });
    return true;
  }

  priceText(symbol: string): string {
    return text(this.prices.get(symbol) ?? 0, this.instruments.get(symbol)?.tickSize ?? "1");
  }

  #note(account: VenueAccount, ticket: OrderTicket, outcome: VenueRequest["outcome"], code: number): void {
    if (ticket.clientOrderId === "") return;
    account.requests.push({ ...ticket, arrivedAtMs: this.nowMs(), outcome, code });
  }

  #refusal(
    account: VenueAccount,
    ticket: OrderTicket,
  ): { readonly class: RejectionClass; readonly code: number } | null {
    const spec = this.instruments.get(ticket.symbol);
    if (spec === undefined || spec.status !== "trading") return { class: "market-closed", code: 110074 };
    if (ticket.clientOrderId !== "" && account.byClientId.has(ticket.clientOrderId))
      return { class: "bad-request", code: 110072 };
    if ((ticket.leg === "net") !== (account.mode === "one-way"))
      return { class: "position-mode-mismatch", code: 10001 };
    const position = this.position(account, ticket.symbol, ticket.leg);
    if (ticket.reduceOnly && reducible(position, ticket.side) === 0)
      return { class: "reduce-only-violation", code: 110017 };
    if (ticket.reduceOnly) return null;
    return this.#openingRefusal(account, ticket, spec, position);
  }

  #openingRefusal(
    account: VenueAccount,
    ticket: OrderTicket,
    spec: InstrumentSpec,
    position: VenuePosition,
  ): { readonly class: RejectionClass; readonly code: number } | null {
    const step = Number(spec.quantityStep);
    const price = (this.prices.get(ticket.symbol) ?? 0) * Number(spec.tickSize);
    const value = ticket.steps * step * price;
    if (ticket.leg !== "net" && (ticket.leg === "long") !== (ticket.side === "buy"))
      return { class: "bad-request", code: 10001 };
    if (ticket.steps * step < Number(spec.minQuantity) - 1e-12)
      return { class: "below-minimum", code: 110094 };
    if (value < Number(spec.minNotional) - 1e-9) return { class: "below-minimum", code: 110094 };
    if (ticket.steps * step > Number(spec.maxMarketQuantity) + 1e-9)
      return { class: "above-maximum", code: 10001 };
    const after = Math.abs(position.steps + (ticket.side === "buy" ? ticket.steps : -ticket.steps));
    const grows = after > Math.abs(position.steps);
    const leverage = account.leverage.get(ticket.symbol) ?? 10;
    if (grows && (after * step * price) / leverage > account.equity)
      return { class: "insufficient-margin", code: 110007 };
    return null;
  }
}

/** How much of `position` an order on `side` can take away. */
function reducible(position: VenuePosition, side: Side): number {
  if (position.steps > 0) return side === "sell" ? position.steps : 0;
  return side === "buy" ? -position.steps : 0;
}

/** `total` in at most `count` whole parts. */
function shares(total: number, count: number): number[] {
  const parts: number[] = [];
  let rest = total;
  for (let left = Math.min(count, total); left > 0; left -= 1) {
    const part = left === 1 ? rest : Math.max(1, Math.floor(rest / left));
    parts.push(part);
    rest -= part;
  }
  return parts;
}

/** Decimal text of `count` steps of size `step`. */
export function text(count: number, step: string): string {
  const scale = step.includes(".") ? step.length - step.indexOf(".") - 1 : 0;
  const units = BigInt(step.replace(".", "")) * BigInt(count);
  if (scale === 0) return String(units);
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const body = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, "");
  return units < 0n ? `-${body}` : body;
}
