/**
 * Version 4: fills by the journal's order, so that the leaders' can be taken on into their records, and what a leader held before each.
 * Rows from before have neither.
 */
import type { Kysely } from "kysely";
import type { SqlDialect } from "./dialect.ts";

export async function leaderFills(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .alterTable("fills")
    .addColumn("sequence", dialect.wholeNumber, (column) => column.notNull().defaultTo(0))
    .execute();
  await database.schema
    .alterTable("fills")
    .addColumn("position_before", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await database.schema
    .createIndex("fills_by_role_and_sequence")
    .on("fills")
    .columns(["role", "sequence"])
    .execute();
}
