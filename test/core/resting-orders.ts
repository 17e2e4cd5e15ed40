/**
 * Orders that rest, for tests of what the core makes of them: decided as if a rule had asked for them, and reported as a
 * venue reports them.
 */
import { commit } from "../../src/core/commit.ts";
import { type Decision, emptyDraft } from "../../src/core/decision.ts";
import type { OrderRow, OrderStatus } from "../../src/core/event.ts";
import { Lots, Ticks } from "../../src/core/model/amounts.ts";
import type { ClientOrderId } from "../../src/core/model/identifiers.ts";
import { VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { ApprovedOrder, OrderForm, OrderPurpose } from "../../src/core/order.ts";
import { requestOf } from "../../src/core/reconcile.ts";
import { restoreApproved } from "../../src/core/risk/check-risk.ts";
import { BTC, FOLLOWER, type Story } from "./story.ts";

/** Prices in whole units of the settle coin; the instrument's tick is 0.1. */
export const at = (price: number): Ticks => Ticks(price * 10);
export const limitAt = (price: number): OrderForm => ({
  kind: "limit",
  price: at(price),
  timeInForce: "GTC",
});
export const stopAt = (price: number): OrderForm => ({
  kind: "conditional",
  trigger: at(price),
  by: "mark",
  direction: "falls",
  becomes: { kind: "market" },
});

export interface RestWish {
  readonly purpose: OrderPurpose;
  readonly lots: number;
  readonly form: OrderForm;
  readonly part?: number;
}

/** Reduces where its purpose is an exit. */
export function decideToRest(story: Story, ...wishes: readonly RestWish[]): readonly ApprovedOrder[] {
  const leg = story.leg();
  const orders = wishes.map(({ purpose, lots, form, part = 0 }) => {
    const reduceOnly = purpose !== "entry-rest" && purpose !== "slice";
    const terms = { purpose, lots: Lots(lots), form, part, reduceOnly };
    return restoreApproved(requestOf(story.state, leg, terms, null));
  });
  const planned = orders.map((order) => ({ market: leg.market, order, shares: null }));
  commit(story.state, { ...emptyDraft(), orders: planned });
  return orders;
}

/** One such order, which the venue has taken. */
export function rest(story: Story, wish: RestWish): ApprovedOrder {
  const [order] = decideToRest(story, wish);
  if (order === undefined) throw new Error("unreachable: one was wished for");
  story.accept(order);
  return order;
}

export interface Report {
  readonly status: OrderStatus;
  readonly filledQuantity?: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly triggerPrice?: string;
  readonly venueTimeMs?: number;
}

export function rowOf(story: Story, order: ApprovedOrder, report: Report): OrderRow {
  const { form } = order;
  const simple = form.kind === "conditional" ? form.becomes : form;
  return {
    instrument: BTC,
    leg: order.leg,
    clientOrderId: order.clientOrderId,
    venueOrderId: VenueOrderId(`venue-${order.clientOrderId}`),
    side: order.lots > 0 ? "buy" : "sell",
    orderType: simple.kind,
    price: simple.kind === "limit" ? String(simple.price / 10) : "",
    triggerPrice: form.kind === "conditional" ? String(form.trigger / 10) : "",
    quantity: String(Math.abs(order.lots) / 1_000),
    filledQuantity: "0",
    averagePrice: "",
    reduceOnly: order.reduceOnly,
    venueReason: "",
    venueTimeMs: story.nowMs,
    ...report,
  };
}

export function report(story: Story, order: ApprovedOrder, what: Report): Decision {
  const row = rowOf(story, order, what);
  return story.feed({ kind: "order-reported", account: FOLLOWER, order: row, atMs: story.nowMs });
}

/** A snapshot of the follower with these orders, asked for and answered now. */
export function snapshotWith(
  story: Story,
  holds: string,
  orders: readonly OrderRow[],
  foreignOrders?: number,
): Decision {
  return story.feed({
    kind: "follower-snapshot-taken",
    account: FOLLOWER,
    positions: holds === "0" ? [] : [story.row(holds)],
    orders,
    ...(foreignOrders === undefined ? {} : { foreignOrders }),
    equity: { equity: "10000", available: "10000" },
    serverTimeMs: story.nowMs,
    requestedAtMs: story.nowMs,
    receivedAtMs: story.nowMs,
  });
}

export const cancelled = (decision: Decision): readonly ClientOrderId[] =>
  decision.cancels.map(({ clientOrderId }) => clientOrderId);
