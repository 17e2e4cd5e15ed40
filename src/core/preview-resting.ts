/** What a venue answers, where nothing goes wrong, about orders that rest there: it takes them, changes them, takes them back. */
import type { PlannedAmend, PlannedCancel, PlannedOrder } from "./decision.ts";
import type { Event, OrderRow } from "./event.ts";
import { Lots } from "./model/amounts.ts";
import { type ClientOrderId, VenueOrderId } from "./model/identifiers.ts";
import { priceText, quantityText } from "./model/instrument.ts";
import { type FollowerLeg, filledLots, isOpen, type State, type WorkingOrder } from "./state.ts";
import { withPrices } from "./working-order.ts";

export function taken(state: State, { order }: PlannedOrder): Event {
  const { account, clientOrderId } = order;
  const venueOrderId = VenueOrderId(`preview-${clientOrderId}`);
  return { kind: "order-accepted", account, clientOrderId, venueOrderId, atMs: state.nowMs };
}

export function takenBack(state: State, { clientOrderId }: PlannedCancel): Event[] {
  return reported(state, clientOrderId, (leg, order) => rowOf(state, leg, order, "cancelled"));
}

export function changed(state: State, { clientOrderId, change }: PlannedAmend): Event[] {
  return reported(state, clientOrderId, (leg, order) => {
    const lots = Lots((change.quantity ?? Math.abs(order.lots)) * Math.sign(order.lots));
    const form = withPrices(
      order.form,
      (limit) => change.price ?? limit,
      (trigger) => change.triggerPrice ?? trigger,
    );
    return rowOf(
      state,
      leg,
      { ...order, lots, form },
      form.kind === "conditional" ? "untriggered" : "working",
    );
  });
}

function reported(
  state: State,
  id: ClientOrderId,
  rowFor: (leg: FollowerLeg, order: WorkingOrder) => OrderRow,
): Event[] {
  const leg = state.orders.get(id);
  const order = leg?.working.get(id);
  if (leg === undefined || order === undefined || !isOpen(order)) return [];
  const { account } = leg.market.follower;
  return [{ kind: "order-reported", account, order: rowFor(leg, order), atMs: state.nowMs }];
}

function rowOf(
  { nowMs }: State,
  { market, leg }: FollowerLeg,
  order: WorkingOrder,
  status: OrderRow["status"],
): OrderRow {
  const { instrument } = market;
  const { form, clientOrderId, lots, reduceOnly, termsAtMs } = order;
  const becomes = form.kind === "conditional" ? form.becomes : form;
  return {
    instrument: instrument.id,
    leg,
    clientOrderId,
    venueOrderId: VenueOrderId(`preview-${clientOrderId}`),
    side: lots > 0 ? "buy" : "sell",
    status,
    orderType: becomes.kind === "limit" ? "limit" : "market",
    price: becomes.kind === "limit" ? priceText(instrument, becomes.price) : "",
    triggerPrice: form.kind === "conditional" ? priceText(instrument, form.trigger) : "",
    quantity: quantityText(instrument, Lots(Math.abs(lots))),
    filledQuantity: quantityText(instrument, filledLots(order)),
    averagePrice: "",
    reduceOnly,
    venueReason: "",
    venueTimeMs: Math.max(nowMs, termsAtMs),
  };
}
