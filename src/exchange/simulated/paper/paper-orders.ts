/**
 * Our orders and their changes as requests to the simulated venue, and what its refusal of a change means to the engine.
 */
import type { ChangeRefusal } from "../../../core/event.ts";
import { Lots } from "../../../core/model/amounts.ts";
import type { ClientOrderId } from "../../../core/model/identifiers.ts";
import { type Instrument, priceText, quantityText } from "../../../core/model/instrument.ts";
import type { ApprovedOrder, OrderChange, OrderForm } from "../../../core/order.ts";
import type { AmendRequest, OrderReference, OrderRequest, Refused } from "../venue-types.ts";
import { rejectionOf } from "./paper-refusals.ts";
import { POSITION_INDEX } from "./paper-rows.ts";

export function requestOf(order: ApprovedOrder, instrument: Instrument): OrderRequest {
  return {
    symbol: instrument.spec.symbol,
    side: order.lots > 0 ? "Buy" : "Sell",
    qty: quantityText(instrument, Lots(Math.abs(order.lots))),
    positionIdx: POSITION_INDEX[order.leg],
    reduceOnly: order.reduceOnly,
    orderLinkId: order.clientOrderId,
    ...formOf(order.form, instrument),
  };
}

type FormFields = Pick<
  OrderRequest,
  "orderType" | "price" | "timeInForce" | "triggerPrice" | "triggerDirection" | "triggerBy"
>;

function formOf(form: OrderForm, instrument: Instrument): FormFields {
  switch (form.kind) {
    case "market":
      return { orderType: "Market" };
    case "limit": {
      const { price, timeInForce } = form;
      return { orderType: "Limit", price: priceText(instrument, price), timeInForce };
    }
    case "conditional":
      return {
        ...formOf(form.becomes, instrument),
        triggerPrice: priceText(instrument, form.trigger),
        triggerDirection: form.direction === "rises" ? 1 : 2,
        triggerBy: form.by === "last" ? "LastPrice" : "MarkPrice",
      };
  }
}

export function referenceOf(id: ClientOrderId, { spec }: Instrument): OrderReference {
  return { symbol: spec.symbol, orderLinkId: id };
}

export function amendmentOf(id: ClientOrderId, instrument: Instrument, change: OrderChange): AmendRequest {
  const { price, quantity, triggerPrice } = change;
  return {
    ...referenceOf(id, instrument),
    ...(quantity === undefined ? {} : { qty: quantityText(instrument, quantity) }),
    ...(price === undefined ? {} : { price: priceText(instrument, price) }),
    ...(triggerPrice === undefined ? {} : { triggerPrice: priceText(instrument, triggerPrice) }),
  };
}

export function changeRefusalOf(outcome: Refused): ChangeRefusal {
  const rejection = rejectionOf(outcome);
  return outcome.reason === "order-not-found" ? { ...rejection, class: "already-gone" } : rejection;
}
