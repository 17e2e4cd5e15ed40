/**
 * The store's listings, in Kysely alone, so that every SQL database shares them. Newest first; never more than
 * `LIMIT_MAX` rows.
 */
import type { Kysely } from "kysely";
import type { Schema } from "../migrations/schema.ts";
import type {
  ExecutionFilter,
  FillMoment,
  OrderFilter,
  OutcomeFilter,
  Store,
  WorkedFilter,
} from "../store.ts";
import * as rows from "./rows.ts";

const LIMIT_MAX = 10_000;

type Filter<K extends keyof Store> = Parameters<Store[K]>[0];

export async function selectProgress(database: Kysely<Schema>): Promise<number> {
  const row = await database.selectFrom("journal_progress").select("sequence").executeTakeFirst();
  return row === undefined ? 0 : Number(row.sequence);
}

export async function selectAccounts(database: Kysely<Schema>) {
  const found = await database.selectFrom("accounts").selectAll().orderBy("account").execute();
  return found.map(rows.accountRecord);
}

export async function selectAllocations(database: Kysely<Schema>) {
  const found = await database.selectFrom("allocations").selectAll().orderBy("id").execute();
  return found.map(rows.allocationRecord);
}

export async function selectOrders(database: Kysely<Schema>, filter: Filter<"orders">) {
  let query = database.selectFrom("orders").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.symbol !== undefined) query = query.where("symbol", "=", filter.symbol);
  const found = await query
    .orderBy("decided_at_ms", "desc")
    .orderBy("decision", "desc")
    .orderBy("client_order_id", "desc")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.orderRecord);
}

export async function selectFills(database: Kysely<Schema>, filter: Filter<"fills">) {
  let query = database.selectFrom("fills").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.symbol !== undefined) query = query.where("symbol", "=", filter.symbol);
  const found = await query
    .orderBy("venue_time_ms", "desc")
    .orderBy("account", "desc")
    .orderBy("trade_id", "desc")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.fillRecord);
}

/** A page of them, newest first. */
export async function selectOrdersBefore(database: Kysely<Schema>, filter: OrderFilter) {
  const { accounts, symbol, status, fromMs, toMs, before } = filter;
  let query = database.selectFrom("orders").selectAll();
  if (accounts !== undefined) query = query.where("account", "in", accounts);
  if (symbol !== undefined) query = query.where("symbol", "=", symbol);
  if (status !== undefined) query = query.where("status", "=", status);
  if (fromMs !== undefined) query = query.where("decided_at_ms", ">=", fromMs);
  if (toMs !== undefined) query = query.where("decided_at_ms", "<", toMs);
  if (before !== undefined)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("decided_at_ms", "client_order_id"), "<", tuple(before.decidedAtMs, before.clientOrderId)),
    );
  const found = await query
    .orderBy("decided_at_ms", "desc")
    .orderBy("client_order_id", "desc")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.orderRecord);
}

/** A page of them, newest first. */
export async function selectFillsBefore(database: Kysely<Schema>, filter: ExecutionFilter<FillMoment>) {
  const { accounts, symbol, fromMs, toMs, before } = filter;
  let query = database.selectFrom("fills").selectAll();
  if (accounts !== undefined) query = query.where("account", "in", accounts);
  if (symbol !== undefined) query = query.where("symbol", "=", symbol);
  if (fromMs !== undefined) query = query.where("venue_time_ms", ">=", fromMs);
  if (toMs !== undefined) query = query.where("venue_time_ms", "<", toMs);
  if (before !== undefined)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("venue_time_ms", "sequence"), "<", tuple(before.venueTimeMs, before.sequence)),
    );
  const found = await query
    .orderBy("venue_time_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.fillRecord);
}

export async function selectLeaderFills(database: Kysely<Schema>, { after, limit }: Filter<"leaderFills">) {
  let query = database.selectFrom("fills").selectAll().where("role", "=", "leader");
  if (after !== null) {
    const { sequence, account, tradeId } = after;
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("sequence", "account", "trade_id"), ">", tuple(sequence, account, tradeId)),
    );
  }
  const found = await query
    .orderBy("sequence")
    .orderBy("account")
    .orderBy("trade_id")
    .limit(clamp(limit))
    .execute();
  return found.map(rows.fillRecord);
}

export async function selectFirstEquity(database: Kysely<Schema>, account: string) {
  const found = await database
    .selectFrom("equity")
    .selectAll()
    .where("account", "=", account)
    .orderBy("at_ms")
    .executeTakeFirst();
  return found === undefined ? null : rows.equityRecord(found);
}

export async function selectPositions(database: Kysely<Schema>, filter: Filter<"positions">) {
  let query = database.selectFrom("positions").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  const found = await query.orderBy("account").orderBy("symbol").orderBy("leg").execute();
  return found.map(rows.positionRecord);
}

/** Oldest first, as a curve is drawn; where there are more than the limit, the newest of them. */
export async function selectEquity(database: Kysely<Schema>, filter: Filter<"equity">) {
  const found = await database
    .selectFrom("equity")
    .selectAll()
    .where("account", "=", filter.account)
    .where("at_ms", ">=", filter.sinceMs)
    .orderBy("at_ms", "desc")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.equityRecord).reverse();
}

export async function selectOutcomes(database: Kysely<Schema>, filter: OutcomeFilter) {
  let query = database.selectFrom("outcomes").selectAll();
  if (filter.leader !== undefined) query = query.where("leader", "=", filter.leader);
  if (filter.follower !== undefined) query = query.where("follower", "=", filter.follower);
  if (filter.symbol !== undefined) query = query.where("symbol", "=", filter.symbol);
  if (filter.reason !== undefined) query = query.where("reason", "=", filter.reason);
  if (filter.beforeChange !== undefined) query = query.where("change", "<", filter.beforeChange);
  if (filter.toMs !== undefined) query = query.where("at_ms", "<", filter.toMs);
  const found = await query
    .orderBy("change", "desc")
    .orderBy("leader")
    .orderBy("follower")
    .orderBy("symbol")
    .orderBy("leg")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.outcomeRecord);
}

export async function selectWorked(database: Kysely<Schema>, filter: WorkedFilter) {
  let query = database.selectFrom("worked").selectAll();
  if (filter.account !== undefined) query = query.where("account", "=", filter.account);
  if (filter.symbol !== undefined) query = query.where("symbol", "=", filter.symbol);
  const found = await query
    .orderBy("decision", "desc")
    .orderBy("account")
    .orderBy("symbol")
    .orderBy("leg")
    .limit(clamp(filter.limit))
    .execute();
  return found.map(rows.workedRecord);
}

function clamp(limit: number): number {
  return Math.max(0, Math.min(LIMIT_MAX, Math.trunc(limit)));
}
