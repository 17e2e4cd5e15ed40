/**
 * Our orders and questions in Bybit's words. An order-entry frame is built by joining text around the six values that
 * change (performance: 0.4 us against more than 1 us for JSON.stringify); ids, symbols and quantities that would need
 * escaping cannot occur, and are refused rather than sent.
 */
import type { Leg } from "../../core/event.ts";
import { Lots, type Ticks } from "../../core/model/amounts.ts";
import type { ClientOrderId, InstrumentId } from "../../core/model/identifiers.ts";
import { type Instrument, priceText, quantityText } from "../../core/model/instrument.ts";
import type { ApprovedOrder, ConditionalForm, LimitForm, MarketForm, OrderChange } from "../../core/order.ts";
import { CATEGORY } from "./parse.ts";

/** "Place Order": at most 36 characters of these. */
const ORDER_LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;
const SYMBOL = /^[A-Z0-9-]+$/;

const POSITION_INDEX: Readonly<Record<Leg, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };

/** What all orders of one instrument begin with; in a fan-out they follow one another. */
let prefixOf: Instrument | null = null;
let prefix = "";

/** The JSON text of an order, as REST body and as the stream's argument; throws a RangeError on what cannot be sent. */
export function orderBody(order: ApprovedOrder, instrument: Instrument): string {
  if (!ORDER_LINK_ID.test(order.clientOrderId)) {
    throw new RangeError("the order id is not one that the venue takes");
  }
  if (order.lots === 0) throw new RangeError("the quantity is zero");
  if (prefixOf !== instrument) startPrefix(instrument);
  const side = order.lots > 0 ? "Buy" : "Sell";
  const quantity = quantityText(instrument, Lots(Math.abs(order.lots)));
  const { form } = order;
  // The usual form is told apart by hand, as a thousand orders wait for one another here.
  const type = form.kind === "market" ? `Market"` : formText(form, instrument);
  return (
    `${prefix}${side}","orderType":"${type},"qty":"${quantity}","positionIdx":${POSITION_INDEX[order.leg]},` +
    `"reduceOnly":${order.reduceOnly},"orderLinkId":"${order.clientOrderId}"}`
  );
}

/** From inside the quotes of the order's type on ("Place Order": price, timeInForce, the trigger's three). */
function formText(form: MarketForm | LimitForm | ConditionalForm, instrument: Instrument): string {
  switch (form.kind) {
    case "market":
      return `Market"`;
    case "limit":
      return `Limit","price":"${positivePrice(instrument, form.price)}","timeInForce":"${form.timeInForce}"`;
    case "conditional": {
      const { trigger, by, direction, becomes } = form;
      return (
        `${formText(becomes, instrument)},"triggerPrice":"${positivePrice(instrument, trigger)}",` +
        `"triggerDirection":${TRIGGER_DIRECTION[direction]},"triggerBy":"${TRIGGER_BY[by]}"`
      );
    }
  }
}

const TRIGGER_DIRECTION = { rises: 1, falls: 2 } as const;
const TRIGGER_BY = { last: "LastPrice", mark: "MarkPrice" } as const;

function positivePrice(instrument: Instrument, ticks: Ticks): string {
  if (ticks <= 0) throw new RangeError("the price is not above zero");
  return priceText(instrument, ticks);
}

/** The JSON text that takes an order back; throws a RangeError on what cannot be sent, as the next. */
export function cancelBody(id: ClientOrderId, instrument: Instrument): string {
  return JSON.stringify(referenceOf(id, instrument));
}

/** The JSON text that changes an order where it rests; what is not named stays. */
export function amendBody(id: ClientOrderId, instrument: Instrument, change: OrderChange): string {
  const { price, quantity, triggerPrice } = change;
  if (quantity !== undefined && quantity <= 0) throw new RangeError("the quantity is not above zero");
  return JSON.stringify({
    ...referenceOf(id, instrument),
    ...(quantity === undefined ? {} : { qty: quantityText(instrument, quantity) }),
    ...(price === undefined ? {} : { price: positivePrice(instrument, price) }),
    ...(triggerPrice === undefined ? {} : { triggerPrice: positivePrice(instrument, triggerPrice) }),
  });
}

function referenceOf(id: ClientOrderId, { spec }: Instrument): Readonly<Record<string, string>> {
  if (!ORDER_LINK_ID.test(id)) throw new RangeError("the order id is not one that the venue takes");
  return { category: CATEGORY, symbol: spec.symbol, orderLinkId: id };
}

function startPrefix(instrument: Instrument): void {
  const { symbol } = instrument.spec;
  if (!SYMBOL.test(symbol)) throw new RangeError("the symbol is not one that the venue takes");
  prefix = `{"category":"${CATEGORY}","symbol":"${symbol}","side":"`;
  prefixOf = instrument;
}

/** What the order-entry stream can be asked; by REST each is a path of its own. */
export type OrderAction = "create" | "amend" | "cancel";

/** When a frame was stamped, and how long it is valid. */
export interface FrameStamp {
  readonly stampMs: number;
  readonly windowMs: number;
}

/** One frame of the order-entry stream ("Websocket Trade Guideline"). */
export function orderFrame(
  action: OrderAction,
  requestId: number,
  { stampMs, windowMs }: FrameStamp,
  body: string,
): string {
  return (
    `{"reqId":"${requestId}","header":{"X-BAPI-TIMESTAMP":"${stampMs}","X-BAPI-RECV-WINDOW":"${windowMs}"},` +
    `"op":"order.${action}","args":[${body}]}`
  );
}

export function leverageBody(symbol: string, leverage: string): string {
  return JSON.stringify({ category: CATEGORY, symbol, buyLeverage: leverage, sellLeverage: leverage });
}

/** Query text in the order given, each value percent-encoded once, exactly as it is signed. */
export function queryText(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const parts: string[] = [];
  for (const name in parameters) {
    const value = parameters[name];
    if (value !== undefined && value !== "") parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return parts.join("&");
}

export function symbolOf(instrument: InstrumentId): string {
  const at = instrument.indexOf("@");
  return at < 0 ? instrument : instrument.slice(0, at);
}
