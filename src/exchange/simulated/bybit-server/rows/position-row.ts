/**
 * The venue's positions as Bybit rows. REST and stream differ in two names: the entry price, and one update stamp whose
 * documentation contradicts itself.
 */
import type { PositionRow } from "../../venue-types.ts";

export function restPositionRow(
  row: PositionRow,
  updateKey: "mmrSysUpdatedTime" | "mmrSysUpdateTime",
  skewMs: number,
): string {
  return `{${positionFields(row, "avgPrice", skewMs)},"${updateKey}":""}`;
}

export function streamPositionRow(row: PositionRow, skewMs: number): string {
  return `{"category":"linear",${positionFields(row, "entryPrice", skewMs)},"mmrSysUpdatedTime":""}`;
}

function positionFields(row: PositionRow, priceKey: "avgPrice" | "entryPrice", skewMs: number): string {
  const openTime = row.openTime === 0 ? 0 : row.openTime + skewMs;
  return (
    `"positionIdx":${row.positionIdx},"riskId":${row.riskId},"riskLimitValue":"${row.riskLimitValue}",` +
    `"symbol":"${row.symbol}","side":"${row.side}","size":"${row.size}","${priceKey}":"${row.avgPrice || "0"}",` +
    `"positionValue":"${row.positionValue}","tradeMode":0,"autoAddMargin":0,` +
    `"positionStatus":"${row.positionStatus}","leverage":"${row.leverage}",` +
    `"breakEvenPrice":"${row.breakEvenPrice}","markPrice":"${row.markPrice}","liqPrice":"${row.liqPrice}",` +
    `"bustPrice":"","positionBalance":"${row.positionIM}","positionIM":"${row.positionIM}",` +
    `"positionIMByMp":"${row.positionIM}","positionMM":"${row.positionMM}","positionMMByMp":"${row.positionMM}",` +
    `"tpslMode":"Full","takeProfit":"${row.takeProfit || "0"}","stopLoss":"${row.stopLoss || "0"}",` +
    `"trailingStop":"${row.trailingStop || "0"}","sessionAvgPrice":"${row.sessionAvgPrice}",` +
    `"unrealisedPnl":"${row.unrealisedPnl}","curRealisedPnl":"${row.curRealisedPnl}",` +
    `"cumRealisedPnl":"${row.cumRealisedPnl}","adlRankIndicator":${row.adlRankIndicator},` +
    `"createdTime":"${row.createdTime + skewMs}","updatedTime":"${row.updatedTime + skewMs}",` +
    `"openTime":${openTime},"seq":${row.seq},"isReduceOnly":${row.isReduceOnly},"leverageSysUpdatedTime":""`
  );
}
