/** Rows of the trader store to records of its contract, and back. */
import { toNumber } from "../migrations/dialect.ts";
import type { TraderFillTable } from "../migrations/trader-schema.ts";
import type { TraderFillRecord } from "../trader-store.ts";

type FillRow = Omit<TraderFillTable, "id" | "trader" | "place">;

export function traderFillRow(fill: TraderFillRecord): FillRow {
  return {
    time_ms: fill.timeMs,
    kind: fill.kind,
    symbol: fill.symbol,
    quote_asset: fill.quoteAsset,
    side: fill.side,
    leg: fill.leg,
    price: fill.price,
    quantity: fill.quantity,
    realized_pnl: fill.realizedPnl,
    fee: fill.fee,
    fee_asset: fill.feeAsset,
    liquidity: fill.liquidity,
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    position_before: fill.positionBefore,
    closed_quantity: fill.closedQuantity,
    leverage: fill.leverage,
  };
}

export function traderFillRecord(row: FillRow): TraderFillRecord {
  return {
    kind: row.kind,
    timeMs: toNumber(row.time_ms),
    symbol: row.symbol,
    quoteAsset: row.quote_asset,
    side: row.side,
    leg: row.leg,
    price: row.price,
    quantity: row.quantity,
    realizedPnl: row.realized_pnl,
    fee: row.fee,
    feeAsset: row.fee_asset,
    liquidity: row.liquidity,
    tradeId: row.trade_id,
    orderId: row.order_id,
    positionBefore: row.position_before,
    closedQuantity: row.closed_quantity,
    leverage: row.leverage,
  };
}
