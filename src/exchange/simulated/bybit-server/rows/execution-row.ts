/**
 * The venue's executions as Bybit rows: execution/list, the `execution` topic and the short form of `execution.fast`.
 */
import type { ExecutionRow } from "../../venue-types.ts";

export function restExecutionRow(row: ExecutionRow, skewMs: number): string {
  return `{${executionFields(row, skewMs)},"execFeeV2":"","extraFees":""}`;
}

/** The REST row with the position index: what the control interface shows as a fill. */
export function fillRow(row: ExecutionRow, skewMs: number): string {
  return `{${executionFields(row, skewMs)},"execFeeV2":"","extraFees":"","positionIdx":${row.positionIdx},"execPnl":"${row.execPnl}"}`;
}

export function streamExecutionRow(row: ExecutionRow, skewMs: number): string {
  return (
    `{"category":"linear",${executionFields(row, skewMs)},"isLeverage":"0","marketUnit":"",` +
    `"execPnl":"${row.execPnl}","extraFees":[]}`
  );
}

export function fastExecutionRow(row: ExecutionRow, keepMakerLinkId: boolean, skewMs: number): string {
  const linkId = row.isMaker && !keepMakerLinkId ? "" : row.orderLinkId;
  return (
    `{"category":"linear","symbol":"${row.symbol}","execId":"${row.execId}","execPrice":"${row.execPrice}",` +
    `"execQty":"${row.execQty}","orderId":"${row.orderId}","isMaker":${row.isMaker},"orderLinkId":"${linkId}",` +
    `"side":"${row.side}","execTime":"${row.execTime + skewMs}","seq":${row.seq}}`
  );
}

function executionFields(row: ExecutionRow, skewMs: number): string {
  return (
    `"symbol":"${row.symbol}","orderId":"${row.orderId}","orderLinkId":"${row.orderLinkId}","side":"${row.side}",` +
    `"orderPrice":"${row.orderPrice}","orderQty":"${row.orderQty}","leavesQty":"${row.leavesQty}",` +
    `"createType":"${row.createType}","orderType":"${row.orderType}",` +
    `"stopOrderType":"${row.stopOrderType || "UNKNOWN"}","execFee":"${row.execFee}","execId":"${row.execId}",` +
    `"execPrice":"${row.execPrice}","execQty":"${row.execQty}","execType":"${row.execType}",` +
    `"execValue":"${row.execValue}","execTime":"${row.execTime + skewMs}","feeCurrency":"${row.feeCurrency}",` +
    `"isMaker":${row.isMaker},"feeRate":"${row.feeRate}","tradeIv":"","markIv":"","markPrice":"${row.markPrice}",` +
    `"indexPrice":"${row.indexPrice}","underlyingPrice":"","blockTradeId":"","closedSize":"${row.closedSize}",` +
    `"seq":${row.seq}`
  );
}
