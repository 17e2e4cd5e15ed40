/**
 * Our orders and questions in Bybit's words. An order-entry frame is built by joining text around the six values that
 * change (performance: 0.4 us against more than 1 us for JSON.stringify); ids, symbols and quantities that would need
 * escaping cannot occur, and are refused rather than sent.
 */
import type { Leg } from "../../core/event.ts";
import { Lots } from "../../core/model/amounts.ts";
import type { InstrumentId } from "../../core/model/identifiers.ts";
import { type Instrument, quantityText } from "../../core/model/instrument.ts";
import type { ApprovedOrder } from "../../core/order.ts";
import { CATEGORY } from "./parse.ts";

/** "Place Order": at most 36 characters of these. */
const ORDER_LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;
const SYMBOL = /^[A-Z0-9-]+$/;

const POSITION_INDEX: Readonly<Record<Leg, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };

/** What all orders of one instrument begin with; in a fan-out they follow one another. */
let prefixOf: Instrument | null = null;
let prefix = "";

/** The JSON text of a market order, as REST body and as the stream's argument; throws a RangeError on what cannot be sent. */
export function orderBody(order: ApprovedOrder, instrument: Instrument): string {
  if (!ORDER_LINK_ID.test(order.clientOrderId)) {
    throw new RangeError("the order id is not one that the venue takes");
  }
  if (order.lots === 0) throw new RangeError("the quantity is zero");
  if (prefixOf !== instrument) startPrefix(instrument);
  const side = order.lots > 0 ? "Buy" : "Sell";
  const quantity = quantityText(instrument, Lots(Math.abs(order.lots)));
  return (
    `${prefix}${side}","orderType":"Market","qty":"${quantity}","positionIdx":${POSITION_INDEX[order.leg]},` +
    `"reduceOnly":${order.reduceOnly},"orderLinkId":"${order.clientOrderId}"}`
  );
}

function startPrefix(instrument: Instrument): void {
  const { symbol } = instrument.spec;
  if (!SYMBOL.test(symbol)) throw new RangeError("the symbol is not one that the venue takes");
  prefix = `{"category":"${CATEGORY}","symbol":"${symbol}","side":"`;
  prefixOf = instrument;
}

/** One frame of the order-entry stream ("Websocket Trade Guideline"). */
export function orderFrame(requestId: number, stampMs: number, windowMs: number, body: string): string {
  return (
    `{"reqId":"${requestId}","header":{"X-BAPI-TIMESTAMP":"${stampMs}","X-BAPI-RECV-WINDOW":"${windowMs}"},` +
    `"op":"order.create","args":[${body}]}`
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
