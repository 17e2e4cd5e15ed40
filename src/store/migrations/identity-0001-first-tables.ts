/**
 * Version 1 of the identity store. Ids are never given again, so that an audit entry or a request under way can never mean somebody
 * else; entries of the audit log can be neither changed nor removed, whatever asks for it.
 */
import { type Kysely, sql } from "kysely";
import { texts, wholeNumbers } from "./columns.ts";
import type { SqlDialect } from "./dialect.ts";

export async function identityTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("users")
    .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey().autoIncrement())
    .$call(texts("name"))
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .$call(texts("role", "listed", "given"))
    .addColumn("telegram_id", "text", (column) => column.unique())
    .addColumn("password", "text")
    .addColumn("factor", "text")
    .addColumn("pending_factor", "text")
    .$call(wholeNumbers(dialect, "factor_step", "created_ms"))
    .execute();
  await credentialTables(database, dialect);
  await database.schema
    .createTable("throttles")
    .addColumn("key", "text", (column) => column.primaryKey())
    .$call(wholeNumbers(dialect, "failures", "last_ms", "until_ms"))
    .execute();
  await auditTable(database, dialect);
}

async function credentialTables(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  for (const table of ["sessions", "tokens"] as const) {
    await database.schema
      .createTable(table)
      .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey().autoIncrement())
      .addColumn("hash", "text", (column) => column.notNull().unique())
      .addColumn("user_id", dialect.wholeNumber, (column) =>
        column.notNull().references("users.id").onDelete("cascade"),
      )
      .$call(wholeNumbers(dialect, "created_ms", "expires_ms"))
      .$call(table === "sessions" ? texts("sealed") : texts("hint", "name", "scopes"))
      .$call((made) => (table === "sessions" ? made : made.addColumn("last_used_ms", dialect.wholeNumber)))
      .execute();
    await database.schema.createIndex(`${table}_by_user`).on(table).column("user_id").execute();
  }
  await database.schema
    .createTable("links")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("user_id", dialect.wholeNumber, (column) => column.references("users.id").onDelete("cascade"))
    .$call(wholeNumbers(dialect, "created_ms", "expires_ms"))
    .execute();
  await database.schema
    .createTable("recovery_codes")
    .addColumn("user_id", dialect.wholeNumber, (column) =>
      column.notNull().references("users.id").onDelete("cascade"),
    )
    .$call(texts("hash"))
    .addPrimaryKeyConstraint("recovery_codes_key", ["user_id", "hash"])
    .execute();
}

async function auditTable(database: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  await database.schema
    .createTable("audit")
    .addColumn("id", dialect.wholeNumber, (column) => column.primaryKey().autoIncrement())
    .$call(wholeNumbers(dialect, "at_ms"))
    .$call(texts("actor", "actor_kind", "action", "subject"))
    .addColumn("before", dialect.json)
    .addColumn("after", dialect.json)
    .addColumn("address", "text")
    .execute();
  for (const change of ["update", "delete"] as const) {
    await sql`create trigger ${sql.ref(`audit_no_${change}`)} before ${sql.raw(change)} on audit
      begin select raise(abort, 'the audit log is append-only'); end`.execute(database);
  }
}
