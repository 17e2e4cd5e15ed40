/** Version 3 of the trader store: how many were looked at elsewhere without a name for each. */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function screenedElsewhere(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("trader_screened_elsewhere")
    .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey())
    .$call(wholeNumbers(dialect, "count", "at_ms"))
    .$call(texts("place"))
    .execute();
}
