/**
 * Version 1: how far the journal is in the database, accounts, allocations, orders, fills, positions, equity, outcomes.
 * Indexes serve the listings of the store's contract (newest first, by account or by follower).
 */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function firstTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("journal_progress")
    .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey())
    .addColumn("sequence", dialect.wholeNumber, (column) => column.notNull())
    .execute();
  await accountTables(database, dialect);
  await orderTable(database, dialect);
  await fillTable(database, dialect);
  await stateTables(database, dialect);
  await outcomeTable(database, dialect);
}

async function accountTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("accounts")
    .$call(texts("account", "venue", "role", "account_type"))
    .addColumn("verified_at_ms", dialect.wholeNumber)
    .addPrimaryKeyConstraint("accounts_key", ["account"])
    .execute();
  await database.schema
    .createTable("allocations")
    .$call(texts("id", "leader", "follower"))
    .addColumn("settings", dialect.json, (column) => column.notNull())
    .addPrimaryKeyConstraint("allocations_key", ["id"])
    .execute();
}

async function orderTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("orders")
    .$call(texts("client_order_id", "account", "symbol", "leg", "side", "quantity", "filled_quantity"))
    .$call(texts("average_price", "purpose", "status", "venue_order_id", "venue_reason", "leader_price"))
    .addColumn("reduce_only", dialect.yesNo, (column) => column.notNull())
    .$call(wholeNumbers(dialect, "leader_time_ms", "decided_at_ms", "updated_at_ms", "decision"))
    .addPrimaryKeyConstraint("orders_key", ["client_order_id"])
    .execute();
  await index(database, "orders", ["decided_at_ms"]);
  await index(database, "orders", ["account", "decided_at_ms"]);
}

async function fillTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("fills")
    .$call(texts("account", "trade_id", "role", "symbol", "leg", "side", "quantity", "price", "fee"))
    .$call(texts("client_order_id"))
    .$call(wholeNumbers(dialect, "venue_time_ms"))
    .addPrimaryKeyConstraint("fills_key", ["account", "trade_id"])
    .execute();
  await index(database, "fills", ["venue_time_ms"]);
  await index(database, "fills", ["account", "venue_time_ms"]);
}

async function stateTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("positions")
    .$call(texts("account", "symbol", "leg", "quantity", "owned_quantity"))
    .$call(wholeNumbers(dialect, "updated_at_ms"))
    .addPrimaryKeyConstraint("positions_key", ["account", "symbol", "leg"])
    .execute();
  await database.schema
    .createTable("equity")
    .$call(texts("account", "equity", "available"))
    .$call(wholeNumbers(dialect, "at_ms"))
    .addPrimaryKeyConstraint("equity_key", ["account", "at_ms"])
    .execute();
}

async function outcomeTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("outcomes")
    .$call(wholeNumbers(dialect, "change", "at_ms"))
    .$call(texts("leader", "follower", "symbol", "leg", "changed_by", "leader_holds", "reason"))
    .addColumn("orders", dialect.json, (column) => column.notNull())
    .addColumn("detail", dialect.json, (column) => column.notNull())
    .addPrimaryKeyConstraint("outcomes_key", ["change", "leader", "follower", "symbol", "leg"])
    .execute();
  await index(database, "outcomes", ["follower", "change"]);
}

async function index(database: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await database.schema
    .createIndex(`${table}_by_${columns.join("_and_")}`)
    .on(table)
    .columns([...columns])
    .execute();
}
