/**
 * Version 5: what accounts and copies had come to at the end of each UTC day. The journal is read once more from its beginning, so that the
 * days that it still has are there; rows of a journal that was pruned since stay (`JournalFollower`).
 */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function dayTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("account_days")
    .$call(texts("account", "place"))
    .$call(wholeNumbers(dialect, "books", "day", "sequence", "at_ms"))
    .$call(texts("equity", "capital", "strategy"))
    .addColumn("opening", dialect.yesNo, (column) => column.notNull())
    .addPrimaryKeyConstraint("account_days_key", ["account", "books", "day"])
    .execute();
  await database.schema
    .createTable("copy_days")
    .$call(texts("account", "place"))
    .$call(wholeNumbers(dialect, "books"))
    .$call(texts("leader", "coin"))
    .$call(wholeNumbers(dialect, "day", "sequence"))
    .$call(texts("trades", "fees", "funding"))
    .addColumn("copied", dialect.yesNo, (column) => column.notNull())
    .$call(texts("fee_rate", "fee_period"))
    .addColumn("opening", dialect.yesNo, (column) => column.notNull())
    .addPrimaryKeyConstraint("copy_days_key", ["account", "books", "leader", "coin", "day"])
    .execute();
  await database
    .withTables<{ journal_progress: { sequence: number } }>()
    .updateTable("journal_progress")
    .set({ sequence: 0 })
    .execute();
}
