/** Version 3: large changes that were worked, newest first by account. */
import type { Kysely } from "kysely";
import type { SqlDialect } from "./dialect.ts";

export async function workedTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("worked")
    .addColumn("decision", dialect.wholeNumber, (column) => column.notNull())
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("symbol", "text", (column) => column.notNull())
    .addColumn("leg", "text", (column) => column.notNull())
    .addColumn("at_ms", dialect.wholeNumber, (column) => column.notNull())
    .addColumn("detail", dialect.json, (column) => column.notNull())
    .addPrimaryKeyConstraint("worked_key", ["decision", "account", "symbol", "leg"])
    .execute();
  await database.schema
    .createIndex("worked_by_account_and_at_ms")
    .on("worked")
    .columns(["account", "at_ms"])
    .execute();
}
