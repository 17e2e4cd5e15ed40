/** Version 4 of the trader store: what was paid into and out of traders' accounts, and when a source was last asked for all of it. */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function traderTransfers(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("trader_transfers")
    .$call(wholeNumbers(dialect, "trader"))
    .$call(texts("id"))
    .$call(wholeNumbers(dialect, "time_ms"))
    .$call(texts("kind"))
    .addColumn("amount", "text")
    .$call(texts("asset"))
    .addPrimaryKeyConstraint("trader_transfers_key", ["trader", "id"])
    .execute();
  await database.schema
    .createTable("trader_transfers_read")
    .$call(wholeNumbers(dialect, "trader", "read_ms"))
    .addPrimaryKeyConstraint("trader_transfers_read_key", ["trader"])
    .execute();
}
