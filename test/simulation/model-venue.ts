/**
 * The truth of a simulated world: a venue with accounts, positions by leg, margin, orders of every form and their fills, and a
 * sequence that rises with every matching event. Speaks in steps of each instrument; knows no network and no faults
 * (model-connection.ts does). What it records is what the independent checker later reads.
 */
import type {
  FollowedMarginMode,
  Leg,
  OrderStatus,
  PositionMode,
  RejectionClass,
  Side,
} from "../../src/core/event.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import {
  type ConditionalForm,
  MARKET,
  mayRest,
  type OrderForm,
  type TimeInForce,
} from "../../src/core/order.ts";
import { leverageAllowed, type Tiers } from "./broad.ts";

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
  /** What was paid for it, signed like `steps`, in units of the venue's money. */
  cost: number;
  sequence: number;
  updatedMs: number;
}

export interface VenueOrder {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  steps: number;
  readonly reduceOnly: boolean;
  readonly form: OrderForm;
  /** Of a limit order, triggered or not; 0 at market. In ticks, as the trigger; 0 without one. */
  price: number;
  trigger: number;
  /** It has met the book once; what is left of it rests. */
  hasMatched: boolean;
  filledSteps: number;
  status: OrderStatus;
  venueReason: string;
  updatedMs: number;
}

/** What was unfilled of an order that an account's owner gave, from a time on; nothing once it is over. */
export interface Unfilled {
  readonly orderId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: Side;
  readonly steps: number;
  readonly atMs: number;
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
  /** It may wait in the book for its price. */
  readonly rests: boolean;
  readonly outcome: "accepted" | "rejected" | "lost";
  readonly code: number;
}

export interface VenueAccount {
  readonly name: string;
  mode: PositionMode;
  marginMode: FollowedMarginMode;
  /** In the settle coin; where the venue keeps money, what was paid in. */
  equity: number;
  /** Received for sales less paid for purchases, in units of money. */
  cash: number;
  readonly positions: Map<string, VenuePosition>;
  readonly leverage: Map<string, number>;
  readonly orders: Map<string, VenueOrder>;
  readonly byClientId: Map<string, VenueOrder>;
  readonly requests: VenueRequest[];
  readonly fills: VenueFill[];
  /** Of orders that open, in order. */
  readonly waited: Unfilled[];
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
  /** Default: at market. */
  readonly form?: OrderForm;
}

/** What an amendment asks for: prices in ticks, the quantity as the new total. */
export interface Amendment {
  readonly price?: number;
  readonly steps?: number;
  readonly trigger?: number;
}

export type Answer =
  | { readonly kind: "accepted"; readonly order: VenueOrder }
  | { readonly kind: "rejected"; readonly class: RejectionClass; readonly code: number };

export interface VenueMoney {
  readonly equity: string;
  readonly available: string;
  readonly balance: string;
}

/** How matching goes: share of the order that finds a counterpart, and in how many executions. */
export interface Matching {
  readonly share: number;
  readonly executions: number;
}

/** Money is counted in whole units, so that sums of fills are exact. */
const MONEY_STEP = "0.00001";
const MONEY_UNITS = 100_000;

export class ModelVenue {
  readonly instruments: ReadonlyMap<string, InstrumentSpec>;
  readonly accounts = new Map<string, VenueAccount>();
  readonly prices = new Map<string, number>();
  readonly #nowMs: () => number;
  #sequence = 0;
  #ids = 0;

  /** Whether equity follows prices and trades, and who has none left is liquidated; otherwise it is what it was set to. */
  readonly keepsMoney: boolean;
  /** How much leverage positions may have by their value. */
  readonly tiers: Tiers;
  /** Called when trades changed an account's figures. */
  onMoney: (account: VenueAccount) => void = () => {};

  constructor(
    instruments: readonly InstrumentSpec[],
    nowMs: () => number,
    options: { readonly keepsMoney?: boolean; readonly tiers?: Tiers } = {},
  ) {
    this.instruments = new Map(instruments.map((spec) => [spec.symbol, spec]));
    this.#nowMs = nowMs;
    this.keepsMoney = options.keepsMoney === true;
    this.tiers = options.tiers ?? {};
  }

  nowMs(): number {
    return this.#nowMs();
  }

  addAccount(name: string, mode: PositionMode, equity: number): VenueAccount {
    const account: VenueAccount = {
      name,
      mode,
      marginMode: "cross",
      equity,
      cash: 0,
      positions: new Map(),
      leverage: new Map(),
      orders: new Map(),
      byClientId: new Map(),
      requests: [],
      fills: [],
      waited: [],
      watcher: null,
    };
    this.accounts.set(name, account);
    return account;
  }

  position(account: VenueAccount, symbol: string, leg: Leg): VenuePosition {
    const key = `${symbol} ${leg}`;
    const known = account.positions.get(key);
    if (known !== undefined) return known;
    const made = { symbol, leg, steps: 0, cost: 0, sequence: -1, updatedMs: 0 };
    account.positions.set(key, made);
    return made;
  }

  /** Takes or refuses an order; matching it is a second call, so that the two can be apart in time. */
  place(account: VenueAccount, ticket: OrderTicket): Answer {
    const refusal = this.#refusal(account, ticket);
    this.#note(account, ticket, refusal === null ? "accepted" : "rejected", refusal?.code ?? 0);
    if (refusal !== null) return { kind: "rejected", ...refusal };
    this.#ids += 1;
    const { form = MARKET } = ticket;
    const order: VenueOrder = {
      ...ticket,
      form,
      price: limitPriceOf(form),
      trigger: form.kind === "conditional" ? form.trigger : 0,
      hasMatched: false,
      orderId: `order-${this.#ids}`,
      filledSteps: 0,
      status: form.kind === "conditional" ? "untriggered" : "working",
      venueReason: "",
      updatedMs: this.nowMs(),
    };
    account.orders.set(order.orderId, order);
    if (ticket.clientOrderId !== "") account.byClientId.set(ticket.clientOrderId, order);
    this.#tell(account, order);
    return { kind: "accepted", order };
  }

  /** A request that never reached the venue is in its record all the same, so that the checker can tell. */
  noteLost(account: VenueAccount, ticket: OrderTicket): void {
    this.#note(account, ticket, "lost", 0);
  }

  /** The first meeting with the book, at once or when it is triggered; what may rest of it then does. */
  match(account: VenueAccount, order: VenueOrder, matching: Matching): void {
    if (order.status !== "working" || order.hasMatched) return;
    order.hasMatched = true;
    const { timeInForce } = limitOf(order.form);
    const crosses = this.#crosses(order);
    if (timeInForce === "PostOnly" && crosses) return this.#end(account, order, "would take liquidity");
    if (timeInForce === "FOK" && matching.share < 1) return this.#end(account, order, "no counterpart");
    if (crosses) this.#execute(account, order, matching, 0);
    const rests = timeInForce === "GTC" || timeInForce === "PostOnly";
    if (order.status === "working" && !rests) this.#end(account, order, "no counterpart");
  }

  /** After a move of its price: triggers what is due, fills what is crossed, each whole. */
  priceMoved(symbol: string): void {
    for (const account of this.accounts.values()) {
      for (const order of account.orders.values()) {
        if (order.symbol !== symbol) continue;
        if (order.status === "untriggered" && this.#isDue(order)) this.#trigger(account, order);
        else if (order.status === "working" && order.hasMatched && this.#crosses(order))
          this.#execute(account, order, { share: 1, executions: 1 }, order.price);
      }
    }
  }

  /** False where the account holds something, or something of it rests: then the mode stays. */
  setMarginMode(account: VenueAccount, mode: FollowedMarginMode): boolean {
    const holds = [...account.positions.values()].some(({ steps }) => steps !== 0);
    if (account.marginMode !== mode && (holds || this.hasOpenOrders(account))) return false;
    account.marginMode = mode;
    return true;
  }

  hasOpenOrders({ orders }: VenueAccount): boolean {
    return [...orders.values()].some(isOpen);
  }

  /** False where what is held there is worth more than may have so much. */
  setLeverage(account: VenueAccount, symbol: string, leverage: number): boolean {
    const held = [...account.positions.values()].filter((one) => one.symbol === symbol);
    const steps = Math.max(0, ...held.map((one) => Math.abs(one.steps)));
    if (leverage > this.#leverageAt(symbol, steps)) return false;
    account.leverage.set(symbol, leverage);
    return true;
  }

  #leverageAt(symbol: string, steps: number): number {
    const { quantityStep = "0", tickSize = "0" } = this.instruments.get(symbol) ?? {};
    const value = steps * Number(quantityStep) * (this.prices.get(symbol) ?? 0) * Number(tickSize);
    return leverageAllowed(this.tiers[symbol] ?? [], value) ?? Number.POSITIVE_INFINITY;
  }

  /** An open order of the account's owner. */
  withdraw(account: VenueAccount, order: VenueOrder): void {
    if (isOpen(order)) this.#end(account, order, "CancelByUser");
  }

  /** Null when the order is gone already, or was never known. */
  cancel(account: VenueAccount, clientOrderId: string): VenueOrder | null {
    const order = account.byClientId.get(clientOrderId);
    if (order === undefined || !isOpen(order)) return null;
    this.#end(account, order, "CancelByUser");
    return order;
  }

  /** The same, for a change; "refused" when it asks for what cannot be. */
  amend(account: VenueAccount, clientOrderId: string, change: Amendment): VenueOrder | null | "refused" {
    const order = account.byClientId.get(clientOrderId);
    if (order === undefined || !isOpen(order)) return null;
    return this.#change(account, order, change);
  }

  /** The same for an open order of the account's owner. */
  edit(account: VenueAccount, order: VenueOrder, change: Amendment): boolean {
    return isOpen(order) && this.#change(account, order, change) !== "refused";
  }

  #change(account: VenueAccount, order: VenueOrder, change: Amendment): VenueOrder | "refused" {
    const { price = order.price, steps = order.steps, trigger = order.trigger } = change;
    const isTriggered = order.status !== "untriggered" && trigger !== order.trigger;
    if (isTriggered || steps <= order.filledSteps) return "refused";
    Object.assign(order, { price, steps, trigger, updatedMs: this.nowMs() });
    this.#tell(account, order);
    this.priceMoved(order.symbol);
    return order;
  }

  /** Somebody trades with a part of an order that rests in the book, and with nobody else's. */
  fillResting(account: VenueAccount, order: VenueOrder, share: number): void {
    if (order.status !== "working" || !order.hasMatched || order.price === 0) return;
    this.#execute(account, order, { share, executions: 1 }, order.price);
  }

  #tell(account: VenueAccount, order: VenueOrder): void {
    const { orderId, clientOrderId, symbol, leg, side, reduceOnly } = order;
    if (clientOrderId === "" && !reduceOnly && mayRest(order.form)) {
      const steps = isOpen(order) ? order.steps - order.filledSteps : 0;
      account.waited.push({ orderId, symbol, leg, side, steps, atMs: this.nowMs() });
    }
    account.watcher?.ordered({ ...order });
  }

  #isPassed({ direction, trigger }: ConditionalForm, symbol: string): boolean {
    const price = this.prices.get(symbol) ?? 0;
    return direction === "rises" ? price >= trigger : price <= trigger;
  }

  /** Units of money that one step is worth at a price of one tick. */
  #unitsOf(symbol: string): number {
    const spec = this.instruments.get(symbol);
    return spec === undefined
      ? 0
      : Math.round(Number(spec.quantityStep) * Number(spec.tickSize) * MONEY_UNITS);
  }

  /** What the venue states of an account, in the settle coin. */
  moneyOf(account: VenueAccount): VenueMoney {
    if (!this.keepsMoney) {
      const equity = String(account.equity);
      return { equity, available: equity, balance: equity };
    }
    let [worth, cost, margin] = [0, 0, 0];
    for (const { symbol, steps, cost: paid } of account.positions.values()) {
      const value = steps * (this.prices.get(symbol) ?? 0) * this.#unitsOf(symbol);
      worth += value;
      cost += paid;
      margin += Math.ceil(Math.abs(value) / (account.leverage.get(symbol) ?? 10));
    }
    const base = account.equity * MONEY_UNITS + account.cash;
    const stated = (units: number): string => text(units, MONEY_STEP);
    return {
      equity: stated(base + worth),
      available: stated(Math.max(base + worth - margin, 0)),
      balance: stated(base + cost),
    };
  }

  /** Average price paid, and where the account would have nothing left if only this price moved; "" where there is none. */
  termsOf(
    account: VenueAccount,
    { symbol, steps, cost }: VenuePosition,
  ): { readonly entry: string; readonly liquidation: string } {
    const units = this.#unitsOf(symbol);
    const tick = this.instruments.get(symbol)?.tickSize ?? "1";
    if (!this.keepsMoney || steps === 0 || units === 0) return { entry: "", liquidation: "" };
    const away = (Number(this.moneyOf(account).equity) * MONEY_UNITS) / (steps * units);
    const liquidation = Math.round((this.prices.get(symbol) ?? 0) - away);
    return {
      entry: text(Math.round(cost / (steps * units)), tick),
      liquidation: liquidation > 0 ? text(liquidation, tick) : "",
    };
  }

  /** Who has nothing left loses all positions at the price of now. True when that was so. */
  liquidate(account: VenueAccount): boolean {
    if (!this.keepsMoney || Number(this.moneyOf(account).equity) > 0) return false;
    for (const order of account.orders.values()) if (isOpen(order)) this.#end(account, order, "liquidated");
    for (const { symbol, leg, steps } of account.positions.values()) {
      if (steps === 0) continue;
      const side = steps > 0 ? ("sell" as const) : ("buy" as const);
      this.trade(account, { symbol, leg, side, steps: Math.abs(steps), reduceOnly: true }, 1);
    }
    return true;
  }

  #isDue({ form, symbol, trigger }: VenueOrder): boolean {
    const price = this.prices.get(symbol) ?? 0;
    return form.kind === "conditional" && (form.direction === "rises" ? price >= trigger : price <= trigger);
  }

  #trigger(account: VenueAccount, order: VenueOrder): void {
    order.status = "working";
    order.updatedMs = this.nowMs();
    this.#tell(account, order);
    this.match(account, order, { share: 1, executions: 1 });
  }

  #crosses({ side, price, symbol }: VenueOrder): boolean {
    const now = this.prices.get(symbol) ?? 0;
    return price === 0 || (side === "buy" ? price >= now : price <= now);
  }

  /**
   * Fills a share of what is open, as far as there is something to reduce; an order that can reduce nothing ends. At `price`
   * (ticks) where it rested, at the market's (0) where it takes.
   */
  #execute(account: VenueAccount, order: VenueOrder, matching: Matching, price: number): void {
    const position = this.position(account, order.symbol, order.leg);
    const open = order.steps - order.filledSteps;
    const wanted = order.reduceOnly ? Math.min(open, reducible(position, order.side)) : open;
    const total = Math.min(wanted, Math.floor(open * matching.share));
    this.#sequence += 1;
    for (const steps of shares(total, matching.executions))
      this.#fill(account, position, order, { steps, price });
    if (order.filledSteps === order.steps) this.#end(account, order, "");
    else if (wanted < open) this.#end(account, order, "CancelByReduceOnly");
    else if (total > 0) this.#tell(account, order);
    if (total > 0) account.watcher?.moved({ ...position });
    if (total > 0 && this.keepsMoney) this.onMoney(account);
  }

  #end(account: VenueAccount, order: VenueOrder, reason: string): void {
    order.status = order.filledSteps === order.steps ? "filled" : "cancelled";
    order.venueReason = order.status === "filled" ? "" : reason;
    order.updatedMs = this.nowMs();
    this.#tell(account, order);
  }

  #fill(
    account: VenueAccount,
    position: VenuePosition,
    order: VenueOrder,
    { steps, price }: { readonly steps: number; readonly price: number },
  ): void {
    this.#ids += 1;
    order.filledSteps += steps;
    const by = order.side === "buy" ? steps : -steps;
    const paid = by * (price || (this.prices.get(order.symbol) ?? 0)) * this.#unitsOf(order.symbol);
    account.cash -= paid;
    position.cost = costAfter(position, by, paid);
    position.steps += by;
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
      price: this.priceText(symbol, price),
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

  /** The market's price, or the given one (in ticks; 0 is none). */
  priceText(symbol: string, ticks = 0): string {
    return text(ticks || (this.prices.get(symbol) ?? 0), this.instruments.get(symbol)?.tickSize ?? "1");
  }

  #note(account: VenueAccount, ticket: OrderTicket, outcome: VenueRequest["outcome"], code: number): void {
    if (ticket.clientOrderId === "") return;
    const rests = mayRest(ticket.form ?? MARKET);
    account.requests.push({ ...ticket, rests, arrivedAtMs: this.nowMs(), outcome, code });
  }

  #refusal(
    account: VenueAccount,
    ticket: OrderTicket,
  ): { readonly class: RejectionClass; readonly code: number } | null {
    const spec = this.instruments.get(ticket.symbol);
    if (spec === undefined || spec.status !== "trading") return { class: "market-closed", code: 110074 };
    if (ticket.clientOrderId !== "" && account.byClientId.has(ticket.clientOrderId))
      return { class: "bad-request", code: 110072 };
    if (this.keepsMoney && ticket.form?.kind === "conditional" && this.#isPassed(ticket.form, ticket.symbol))
      return { class: "trigger-passed", code: 110093 };
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
    if (grows && leverage > this.#leverageAt(ticket.symbol, after))
      return { class: "leverage-too-high", code: 110013 };
    if (grows && (after * step * price) / leverage > Number(this.moneyOf(account).equity))
      return { class: "insufficient-margin", code: 110007 };
    return null;
  }
}

/** An addition adds what was paid, a reduction takes its share, and past nothing begins anew. */
function costAfter({ steps, cost }: VenuePosition, by: number, paid: number): number {
  if (steps === 0 || Math.sign(by) === Math.sign(steps)) return cost + paid;
  const left = steps + by;
  if (Math.sign(left) === Math.sign(steps)) return Math.round((cost * left) / steps);
  return Math.round((paid * left) / by);
}

export function isOpen({ status }: VenueOrder): boolean {
  return status === "working" || status === "untriggered";
}

/** A market order is one that takes what it gets at once. */
function limitOf(form: OrderForm): { readonly timeInForce: TimeInForce } {
  const simple = form.kind === "conditional" ? form.becomes : form;
  return simple.kind === "limit" ? simple : { timeInForce: "IOC" };
}

function limitPriceOf(form: OrderForm): number {
  const simple = form.kind === "conditional" ? form.becomes : form;
  return simple.kind === "limit" ? simple.price : 0;
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
