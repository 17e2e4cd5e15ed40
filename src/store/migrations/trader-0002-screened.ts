/** Version 2 of the trader store: who was looked at without being taken in. */
import type { Kysely } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function screenedTraders(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("trader_screened")
    .$call(texts("venue", "trader"))
    .$call(wholeNumbers(dialect, "first_ms", "last_ms"))
    .addPrimaryKeyConstraint("trader_screened_key", ["venue", "trader"])
    .execute();
}
