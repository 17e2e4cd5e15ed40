/** Version 1 of the trader store: traders, their fills, what each file said, what is derived. */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function traderTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("traders")
    .$call(wholeNumbers(dialect, "id"))
    .$call(texts("venue", "trader"))
    .$call(wholeNumbers(dialect, "first_seen_ms", "last_seen_ms", "revision"))
    .addColumn("stated_equity", "text")
    .addPrimaryKeyConstraint("traders_key", ["id"])
    .addUniqueConstraint("traders_by_venue_and_trader", ["venue", "trader"])
    .execute();
  await fillTable(database, dialect);
  await database.schema
    .createTable("trader_sources")
    .$call(wholeNumbers(dialect, "trader"))
    .$call(texts("hash", "name", "history"))
    .$call(wholeNumbers(dialect, "seen_ms", "rejected_rows"))
    .addPrimaryKeyConstraint("trader_sources_key", ["trader", "hash"])
    .execute();
  await database.schema
    .createTable("trader_derived")
    .$call(wholeNumbers(dialect, "trader"))
    .$call(texts("name", "basis"))
    .addColumn("json", dialect.json, (column) => column.notNull())
    .addPrimaryKeyConstraint("trader_derived_key", ["trader", "name"])
    .execute();
}

async function fillTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("trader_fills")
    .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey())
    .$call(wholeNumbers(dialect, "trader", "time_ms", "place"))
    .$call(texts("kind", "symbol", "quote_asset", "side", "leg", "price", "quantity"))
    .addColumn("realized_pnl", "text")
    .$call(texts("fee", "fee_asset", "liquidity", "trade_id", "order_id"))
    .addColumn("position_before", "text")
    .addColumn("closed_quantity", "text")
    .addColumn("leverage", "text")
    .execute();
  await database.schema
    .createIndex("trader_fills_by_trader_and_time_ms")
    .on("trader_fills")
    .columns(["trader", "time_ms", "place"])
    .execute();
  await database.schema
    .createIndex("trader_fills_by_trader_and_trade_id")
    .on("trader_fills")
    .columns(["trader", "trade_id"])
    .where("trade_id", "!=", "")
    .execute();
}
