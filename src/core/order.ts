/**
 * Orders between decision and venue. Only `core/risk` makes an ApprovedOrder and an ApprovedChange (the brand is not
 * exported), so nothing unapproved can be sent. Cancelling needs no approval.
 */
import type { ExitSlippage } from "./entry/exit-slippage.ts";
import type { Leg } from "./event.ts";
import type { Lots, Ticks } from "./model/amounts.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "./model/identifiers.ts";

/**
 * Why an order exists. `rebalance` moves a holding to its target; `close` carries out the owner's command. The others may
 * rest at the venue, beside one another and beside a rebalance: `entry-rest` waits for the leader's price, `take-profit` and
 * `stop` are the follower's own exits, `rested-exit` is the leader's resting exit, `slice` is a part of a worked order,
 * `pending-entry` is the leader's order that waits to open or to add.
 */
export type OrderPurpose =
  | "rebalance"
  | "close"
  | "entry-rest"
  | "take-profit"
  | "stop"
  | "rested-exit"
  | "slice"
  | "pending-entry";

/** Which order of the leader's one of ours stands for, and what of it was unfilled when ours was sized; a decimal text. */
export interface Followed {
  readonly order: VenueOrderId;
  readonly quantity: string;
}

/** How long a limit order stands: until cancelled, for what fills at once, for all or nothing at once, only as a maker. */
export type TimeInForce = "GTC" | "IOC" | "FOK" | "PostOnly";

/** Immediate or cancel, within the venue's own protection. */
export interface MarketForm {
  readonly kind: "market";
}

export interface LimitForm {
  readonly kind: "limit";
  readonly price: Ticks;
  readonly timeInForce: TimeInForce;
}

/** Sent to the book as what it `becomes` once the price that is watched rises, or falls, to the trigger. */
export interface ConditionalForm {
  readonly kind: "conditional";
  readonly trigger: Ticks;
  readonly by: "last" | "mark";
  readonly direction: "rises" | "falls";
  readonly becomes: MarketForm | LimitForm;
}

export type OrderForm = MarketForm | LimitForm | ConditionalForm;

export const MARKET: MarketForm = { kind: "market" };

/** Whether an order of this form may wait at the venue, for a price or for a counterpart. */
export function mayRest(form: OrderForm): boolean {
  if (form.kind === "limit") return form.timeInForce === "GTC" || form.timeInForce === "PostOnly";
  return form.kind === "conditional";
}

/** In words, where it does not trade at once: `when the last price falls to 55000`. */
export function restText(form: OrderForm, price: (ticks: Ticks) => string): string {
  if (!mayRest(form) || form.kind === "market") return "";
  if (form.kind === "limit") return `at ${price(form.price)}`;
  const { by, direction, trigger, becomes } = form;
  const limit = becomes.kind === "limit" ? `, at ${price(becomes.price)}` : "";
  return `when the ${by} price ${direction} to ${price(trigger)}${limit}`;
}

/** What a rule asks for; the rest of a request follows from leg and state. */
export interface OrderTerms {
  /** Signed: + buys, - sells. */
  readonly lots: Lots;
  readonly reduceOnly: boolean;
  readonly purpose: OrderPurpose;
  readonly form: OrderForm;
  /** Tells orders of one leg and purpose apart that one decision makes; 0 to 35. */
  readonly part: number;
}

/** What the leader did and what the market looked like when we decided; attribution cannot recover it later. */
export interface OrderContext {
  readonly leaderPrice: Ticks | null;
  readonly leaderTimeMs: number;
  readonly leaderReceivedAtMs: number;
  readonly decidedAtMs: number;
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  readonly mark: Ticks | null;
  /** How far an exit is beyond the owner's boundary; absent where it is not. */
  readonly exitSlippage?: ExitSlippage;
}

export interface OrderRequest extends OrderTerms {
  readonly clientOrderId: ClientOrderId;
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly context: OrderContext;
}

declare const approved: unique symbol;
export type ApprovedOrder = OrderRequest & { readonly [approved]: true };

/** What is to become of an order that waits at the venue; what is absent stays. */
export interface OrderChange {
  /** Of a limit order, also one that has not been triggered yet. */
  readonly price?: Ticks;
  /** The new total, unsigned, what was filled included. */
  readonly quantity?: Lots;
  /** Of a conditional order that has not been triggered yet. */
  readonly triggerPrice?: Ticks;
  /** Whether the order only reduces: its changes then go before openings. */
  readonly reduceOnly: boolean;
}

export type ApprovedChange = OrderChange & { readonly [approved]: true };
