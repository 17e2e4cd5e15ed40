/**
 * The tables after the last migration, as Kysely sees them. Amounts are decimal text, times UTC milliseconds, lists JSON.
 */
import type { SqlBoolean } from "./dialect.ts";

/** A whole number: PostgreSQL's driver returns it as text. */
type Whole = number;

export interface Schema {
  /** One row: how far the journal is in the database. */
  journal_progress: { id: Whole; sequence: Whole };
  accounts: AccountTable;
  allocations: AllocationTable;
  orders: OrderTable;
  fills: FillTable;
  positions: PositionTable;
  equity: EquityTable;
  outcomes: OutcomeTable;
  worked: WorkedTable;
  account_days: AccountDayTable;
  copy_days: CopyDayTable;
}

export interface AccountTable {
  account: string;
  venue: string;
  role: "leader" | "follower";
  account_type: string;
  verified_at_ms: Whole | null;
}

export interface AllocationTable {
  id: string;
  leader: string;
  follower: string;
  settings: string;
}

export interface OrderTable {
  client_order_id: string;
  account: string;
  symbol: string;
  leg: "net" | "long" | "short";
  side: "buy" | "sell";
  quantity: string;
  filled_quantity: string;
  average_price: string;
  reduce_only: SqlBoolean;
  purpose: string;
  cause: string;
  status: "intended" | "accepted" | "unknown" | "filled" | "cancelled" | "rejected" | "never-arrived";
  venue_order_id: string;
  venue_reason: string;
  leader_price: string;
  leader_time_ms: Whole;
  decided_at_ms: Whole;
  updated_at_ms: Whole;
  decision: Whole;
}

export interface FillTable {
  account: string;
  trade_id: string;
  role: "leader" | "follower";
  symbol: string;
  leg: "net" | "long" | "short";
  side: "buy" | "sell";
  quantity: string;
  price: string;
  fee: string;
  client_order_id: string;
  venue_time_ms: Whole;
  sequence: Whole;
  position_before: string;
}

export interface PositionTable {
  account: string;
  symbol: string;
  leg: "net" | "long" | "short";
  quantity: string;
  owned_quantity: string;
  updated_at_ms: Whole;
}

export interface EquityTable {
  account: string;
  at_ms: Whole;
  equity: string;
  available: string;
}

export interface OutcomeTable {
  change: Whole;
  leader: string;
  follower: string;
  symbol: string;
  leg: "net" | "long" | "short";
  changed_by: string;
  leader_holds: string;
  at_ms: Whole;
  orders: string;
  reason: string;
  detail: string;
}

export interface WorkedTable {
  decision: Whole;
  account: string;
  symbol: string;
  leg: "net" | "long" | "short";
  at_ms: Whole;
  detail: string;
}

export interface AccountDayTable {
  account: string;
  place: string;
  books: Whole;
  day: Whole;
  sequence: Whole;
  at_ms: Whole;
  equity: string;
  capital: string;
  strategy: string;
  opening: SqlBoolean;
}

export interface CopyDayTable {
  account: string;
  place: string;
  books: Whole;
  leader: string;
  coin: string;
  day: Whole;
  sequence: Whole;
  trades: string;
  fees: string;
  funding: string;
  copied: SqlBoolean;
  fee_rate: string;
  fee_period: string;
  opening: SqlBoolean;
}

/** What makes a row the same row; writing it again replaces it. */
export const KEYS = {
  accounts: ["account"],
  allocations: ["id"],
  orders: ["client_order_id"],
  fills: ["account", "trade_id"],
  positions: ["account", "symbol", "leg"],
  equity: ["account", "at_ms"],
  outcomes: ["change", "leader", "follower", "symbol", "leg"],
  worked: ["decision", "account", "symbol", "leg"],
  account_days: ["account", "books", "day"],
  copy_days: ["account", "books", "leader", "coin", "day"],
} as const satisfies {
  readonly [T in Exclude<keyof Schema, "journal_progress">]: readonly (keyof Schema[T])[];
};

export type RecordTable = keyof typeof KEYS;

/** Tables that are read from the journal, too, and outlive its records: of the days that it has no record of any more nothing can be made anew. */
export const DAY_TABLES = ["account_days", "copy_days"] as const satisfies readonly RecordTable[];

/** Tables that are read from the journal and can be rebuilt from it; accounts also hold what only a venue said. */
export const JOURNAL_TABLES = [
  "allocations",
  "orders",
  "fills",
  "positions",
  "equity",
  "outcomes",
  "worked",
] as const satisfies readonly RecordTable[];
