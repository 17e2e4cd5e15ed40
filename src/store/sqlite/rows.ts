/**
 * Records of the contract to rows and back, one pair for each table. Shared by every SQL database: what differs is in
 * migrations/dialect.ts.
 */
import { type SqlDialect, toBoolean, toNumber } from "../migrations/dialect.ts";
import type {
  AccountTable,
  AllocationTable,
  EquityTable,
  FillTable,
  OrderTable,
  OutcomeTable,
  PositionTable,
  WorkedTable,
} from "../migrations/schema.ts";
import type {
  AccountRecord,
  AllocationRecord,
  EquityRecord,
  FillRecord,
  OrderRecord,
  OutcomeRecord,
  PositionRecord,
  WorkedRecord,
} from "../store.ts";

export function accountRow(record: AccountRecord): AccountTable {
  return {
    account: record.account,
    venue: record.venue,
    role: record.role,
    account_type: record.accountType,
    verified_at_ms: record.verifiedAtMs,
  };
}

export function accountRecord(row: AccountTable): AccountRecord {
  return {
    account: row.account,
    venue: row.venue,
    role: row.role,
    accountType: row.account_type,
    verifiedAtMs: row.verified_at_ms === null ? null : toNumber(row.verified_at_ms),
  };
}

export function allocationRow({ id, leader, follower, settings }: AllocationRecord): AllocationTable {
  return { id, leader, follower, settings };
}

export function allocationRecord({ id, leader, follower, settings }: AllocationTable): AllocationRecord {
  return { id, leader, follower, settings };
}

export function orderRow(record: OrderRecord, dialect: SqlDialect): OrderTable {
  return {
    client_order_id: record.clientOrderId,
    account: record.account,
    symbol: record.symbol,
    leg: record.leg,
    side: record.side,
    quantity: record.quantity,
    filled_quantity: record.filledQuantity,
    average_price: record.averagePrice,
    reduce_only: dialect.fromBoolean(record.reduceOnly),
    purpose: record.purpose,
    cause: record.cause,
    status: record.status,
    venue_order_id: record.venueOrderId,
    venue_reason: record.venueReason,
    leader_price: record.leaderPrice,
    leader_time_ms: record.leaderTimeMs,
    decided_at_ms: record.decidedAtMs,
    updated_at_ms: record.updatedAtMs,
    decision: record.decision,
  };
}

export function orderRecord(row: OrderTable): OrderRecord {
  return {
    clientOrderId: row.client_order_id,
    account: row.account,
    symbol: row.symbol,
    leg: row.leg,
    side: row.side,
    quantity: row.quantity,
    filledQuantity: row.filled_quantity,
    averagePrice: row.average_price,
    reduceOnly: toBoolean(row.reduce_only),
    purpose: row.purpose,
    // Only causes were ever written.
    cause: row.cause as OrderRecord["cause"],
    status: row.status,
    venueOrderId: row.venue_order_id,
    venueReason: row.venue_reason,
    leaderPrice: row.leader_price,
    leaderTimeMs: toNumber(row.leader_time_ms),
    decidedAtMs: toNumber(row.decided_at_ms),
    updatedAtMs: toNumber(row.updated_at_ms),
    decision: toNumber(row.decision),
  };
}

export function fillRow(record: FillRecord): FillTable {
  return {
    account: record.account,
    trade_id: record.tradeId,
    role: record.role,
    symbol: record.symbol,
    leg: record.leg,
    side: record.side,
    quantity: record.quantity,
    price: record.price,
    fee: record.fee,
    client_order_id: record.clientOrderId,
    venue_time_ms: record.venueTimeMs,
    sequence: record.sequence,
    position_before: record.positionBefore,
  };
}

export function fillRecord(row: FillTable): FillRecord {
  return {
    tradeId: row.trade_id,
    account: row.account,
    role: row.role,
    symbol: row.symbol,
    leg: row.leg,
    side: row.side,
    quantity: row.quantity,
    price: row.price,
    fee: row.fee,
    clientOrderId: row.client_order_id,
    venueTimeMs: toNumber(row.venue_time_ms),
    sequence: toNumber(row.sequence),
    positionBefore: row.position_before,
  };
}

export function positionRow(record: PositionRecord): PositionTable {
  return {
    account: record.account,
    symbol: record.symbol,
    leg: record.leg,
    quantity: record.quantity,
    owned_quantity: record.ownedQuantity,
    updated_at_ms: record.updatedAtMs,
  };
}

export function positionRecord(row: PositionTable): PositionRecord {
  return {
    account: row.account,
    symbol: row.symbol,
    leg: row.leg,
    quantity: row.quantity,
    ownedQuantity: row.owned_quantity,
    updatedAtMs: toNumber(row.updated_at_ms),
  };
}

export function equityRow(record: EquityRecord): EquityTable {
  return {
    account: record.account,
    at_ms: record.atMs,
    equity: record.equity,
    available: record.available,
  };
}

export function equityRecord(row: EquityTable): EquityRecord {
  return {
    account: row.account,
    atMs: toNumber(row.at_ms),
    equity: row.equity,
    available: row.available,
  };
}

export function outcomeRow(record: OutcomeRecord): OutcomeTable {
  return {
    change: record.change,
    leader: record.leader,
    follower: record.follower,
    symbol: record.symbol,
    leg: record.leg,
    changed_by: record.changedBy,
    leader_holds: record.leaderHolds,
    at_ms: record.atMs,
    orders: JSON.stringify(record.orders),
    reason: record.reason,
    detail: record.detail,
  };
}

export function outcomeRecord(row: OutcomeTable): OutcomeRecord {
  return {
    change: toNumber(row.change),
    leader: row.leader,
    follower: row.follower,
    symbol: row.symbol,
    leg: row.leg,
    changedBy: row.changed_by,
    leaderHolds: row.leader_holds,
    atMs: toNumber(row.at_ms),
    orders: stringList(row.orders),
    reason: row.reason,
    detail: row.detail,
  };
}

export function workedRow({ decision, account, symbol, leg, atMs, detail }: WorkedRecord): WorkedTable {
  return { decision, account, symbol, leg, at_ms: atMs, detail };
}

export function workedRecord(row: WorkedTable): WorkedRecord {
  const { account, symbol, leg, detail } = row;
  return { decision: toNumber(row.decision), account, symbol, leg, atMs: toNumber(row.at_ms), detail };
}

function stringList(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new TypeError(`not a list in the database: ${text.slice(0, 60)}`);
  return value.map(String);
}
