/**
 * The venue's orders as Bybit order rows: JSON text for order/realtime, order/history and the `order` topic. Link ids
 * were checked against `[A-Za-z0-9_-]` and everything else is decimal text or a known word, so nothing needs escaping.
 */
import type { OrderRow } from "../../venue-types.ts";

/** How absent values read: they differ between REST and stream. */
interface Empties {
  readonly stopPrice: string;
  readonly word: string;
  readonly average: string;
}

const STREAM: Empties = { stopPrice: "", word: "", average: "" };
const REST_ZERO: Empties = { stopPrice: "0.00", word: "UNKNOWN", average: "0" };
const REST_BLANK: Empties = { stopPrice: "", word: "", average: "" };

export function restOrderRow(row: OrderRow, style: "zero-unknown" | "blank", skewMs: number): string {
  return `{${orderFields(row, style === "blank" ? REST_BLANK : REST_ZERO, skewMs)}}`;
}

export function streamOrderRow(row: OrderRow, skewMs: number): string {
  return `{"category":"linear",${orderFields(row, STREAM, skewMs)},"closedPnl":"${row.closedPnl}","feeCurrency":"USDT"}`;
}

function orderFields(row: OrderRow, empty: Empties, skewMs: number): string {
  const paid = row.cumExecFee !== "0" && row.cumExecFee !== "";
  const feeDetail = paid ? `{"USDT":"${row.cumExecFee}"}` : "{}";
  return (
    `"orderId":"${row.orderId}","orderLinkId":"${row.orderLinkId}","parentOrderLinkId":"${row.parentOrderLinkId}",` +
    `"blockTradeId":"","symbol":"${row.symbol}","price":"${row.price}","qty":"${row.qty}","side":"${row.side}",` +
    `"isLeverage":"","positionIdx":${row.positionIdx},"orderStatus":"${row.orderStatus}",` +
    `"createType":"${row.createType}","cancelType":"${row.cancelType || "UNKNOWN"}",` +
    `"rejectReason":"${row.rejectReason}","avgPrice":"${row.avgPrice || empty.average}",` +
    `"leavesQty":"${row.leavesQty}","leavesValue":"${row.leavesValue}","cumExecQty":"${row.cumExecQty}",` +
    `"cumExecValue":"${row.cumExecValue}","cumExecFee":"${row.cumExecFee}","cumFeeDetail":${feeDetail},` +
    `"timeInForce":"${row.timeInForce}","orderType":"${row.orderType}",` +
    `"stopOrderType":"${row.stopOrderType || empty.word}","orderIv":"","marketUnit":"",` +
    stopFields(row, empty) +
    `"lastPriceOnCreated":"${row.lastPriceOnCreated || empty.stopPrice}","reduceOnly":${row.reduceOnly},` +
    `"closeOnTrigger":${row.closeOnTrigger},"placeType":"","smpType":"${row.smpType}","smpGroup":0,` +
    `"smpOrderId":"${row.smpOrderId}","createdTime":"${row.createdTime + skewMs}",` +
    `"updatedTime":"${row.updatedTime + skewMs}","extraFees":"","rpiTakerAccess":false,"rpiMatchedQty":"0"`
  );
}

function stopFields(row: OrderRow, empty: Empties): string {
  return (
    `"slippageToleranceType":"${row.slippageToleranceType}","slippageTolerance":${JSON.stringify(row.slippageTolerance)},` +
    `"triggerPrice":"${row.triggerPrice || empty.stopPrice}","takeProfit":"${row.takeProfit || empty.stopPrice}",` +
    `"stopLoss":"${row.stopLoss || empty.stopPrice}","tpslMode":"${row.tpslMode}",` +
    `"tpLimitPrice":"${row.tpLimitPrice}","slLimitPrice":"${row.slLimitPrice}",` +
    `"tpTriggerBy":"${row.tpTriggerBy || empty.word}","slTriggerBy":"${row.slTriggerBy || empty.word}",` +
    `"triggerDirection":${row.triggerDirection},"triggerBy":"${row.triggerBy || empty.word}",`
  );
}
