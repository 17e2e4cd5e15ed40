/**
 * Orders between decision and venue. Only `core/risk` makes an ApprovedOrder (the brand is not exported), so nothing
 * unapproved can be sent.
 */
import type { Leg } from "./event.ts";
import type { Lots, Ticks } from "./model/amounts.ts";
import type { AccountId, ClientOrderId, InstrumentId } from "./model/identifiers.ts";

/** Why an order exists. `rebalance` moves a holding to its target; `close` carries out the owner's command. */
export type OrderPurpose = "rebalance" | "close";

/** What the leader did and what the market looked like when we decided; attribution cannot recover it later. */
export interface OrderContext {
  readonly leaderPrice: Ticks | null;
  readonly leaderTimeMs: number;
  readonly leaderReceivedAtMs: number;
  readonly decidedAtMs: number;
  readonly bid: Ticks | null;
  readonly ask: Ticks | null;
  readonly mark: Ticks | null;
}

/** A market order, immediate or cancel. */
export interface OrderRequest {
  readonly clientOrderId: ClientOrderId;
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  /** Signed: + buys, - sells. */
  readonly lots: Lots;
  readonly reduceOnly: boolean;
  readonly purpose: OrderPurpose;
  readonly context: OrderContext;
}

declare const approved: unique symbol;
export type ApprovedOrder = OrderRequest & { readonly [approved]: true };
