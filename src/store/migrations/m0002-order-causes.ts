/** Why an order was decided on where no change of a leader asked for it; "" for rows from before, and where one did. */
import type { Kysely } from "kysely";

export async function orderCauses(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable("orders")
    .addColumn("cause", "text", (column) => column.notNull().defaultTo(""))
    .execute();
}
