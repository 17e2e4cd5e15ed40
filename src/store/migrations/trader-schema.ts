/** The tables of the trader store after the last migration, as Kysely sees them. Amounts are decimal text, times UTC milliseconds. */
import type { Generated } from "kysely";
import type { FillKind, HistoryExtent, TraderFillRecord, TransferKind } from "../trader-store.ts";

export interface TraderSchema {
  traders: TraderTable;
  trader_fills: TraderFillTable;
  trader_sources: TraderSourceTable;
  trader_derived: TraderDerivedTable;
  trader_screened: TraderScreenedTable;
  trader_screened_elsewhere: TraderScreenedElsewhereTable;
  trader_transfers: TraderTransferTable;
  trader_transfers_read: TraderTransfersReadTable;
}

export interface TraderTable {
  id: number;
  venue: string;
  trader: string;
  first_seen_ms: number;
  last_seen_ms: number;
  stated_equity: string | null;
  revision: number;
}

export interface TraderFillTable {
  id: number;
  trader: number;
  time_ms: number;
  /** Order within the moment. */
  place: number;
  kind: FillKind;
  symbol: string;
  quote_asset: string;
  side: TraderFillRecord["side"];
  leg: TraderFillRecord["leg"];
  price: string;
  quantity: string;
  realized_pnl: string | null;
  fee: string;
  fee_asset: string;
  liquidity: TraderFillRecord["liquidity"];
  trade_id: string;
  order_id: string;
  position_before: string | null;
  closed_quantity: string | null;
  leverage: string | null;
}

/** What each file said about each trader. */
export interface TraderSourceTable {
  trader: number;
  hash: string;
  name: string;
  seen_ms: number;
  history: HistoryExtent;
  rejected_rows: number;
}

export interface TraderDerivedTable {
  trader: number;
  name: string;
  basis: string;
  json: string;
}

/** Who was looked at at a venue, first and last. */
export interface TraderScreenedTable {
  venue: string;
  trader: string;
  first_ms: number;
  last_ms: number;
}

/** How many were looked at elsewhere, where, and when that was noted. */
export interface TraderScreenedElsewhereTable {
  id: Generated<number>;
  count: number;
  place: string;
  at_ms: number;
}

/** What was paid into a trader's account (positive) or out of it; null where nobody tells. */
export interface TraderTransferTable {
  trader: number;
  id: string;
  time_ms: number;
  kind: TransferKind;
  amount: string | null;
  asset: string;
}

/** When a source last told all transfers of a trader. */
export interface TraderTransfersReadTable {
  trader: number;
  read_ms: number;
}
