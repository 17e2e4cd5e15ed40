/**
 * The identity store in one SQLite file, `identity.sqlite`, which several processes have open: the server, the command line. It is
 * synced with every change, because a session that was ended must not come back after a power cut.
 */
import type Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import type { IdentityRows, IdentityStore } from "../identity-store.ts";
import { sqliteDialect } from "../migrations/dialect.ts";
import { identityMigrationProvider } from "../migrations/identity-migrations.ts";
import type { IdentitySchema } from "../migrations/identity-schema.ts";
import { connect, migrate } from "./connect.ts";
import { linkRows, sessionRows, tokenRows } from "./identity-credentials.ts";
import { auditRows, throttleRows } from "./identity-records.ts";
import { recoveryCodeRows, userRows } from "./identity-users.ts";
import { SyncQueries } from "./sync-queries.ts";

/** Opens the database and brings its tables up to date; makes it, for its owner alone, when it is not there. Throws a StoreError. */
export async function openSqliteIdentityStore(path: string): Promise<IdentityStore> {
  const connection = connect(path);
  const database = new Kysely<IdentitySchema>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    connection.pragma("synchronous = FULL");
    connection.pragma("foreign_keys = ON");
    // What was removed is overwritten: no hash of an ended session stays in the file.
    connection.pragma("secure_delete = ON");
    await migrate(database, identityMigrationProvider(sqliteDialect), path);
    return new SqliteIdentityStore(connection, database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

class SqliteIdentityStore implements IdentityStore {
  readonly #connection: Database.Database;
  readonly #database: Kysely<IdentitySchema>;
  readonly #rows: IdentityRows;
  /** Counts the changes of other connections; of our own `#writes` does. */
  readonly #others: Database.Statement;
  #writes = 0;

  constructor(connection: Database.Database, database: Kysely<IdentitySchema>) {
    this.#connection = connection;
    this.#database = database;
    this.#others = connection.prepare("PRAGMA data_version").pluck();
    const queries = new SyncQueries(connection);
    this.#rows = {
      users: userRows(database, queries),
      sessions: sessionRows(database, queries),
      tokens: tokenRows(database, queries),
      links: linkRows(database, queries),
      recoveryCodes: recoveryCodeRows(database, queries),
      throttles: throttleRows(database, queries),
      audit: auditRows(database, queries),
    };
  }

  read<Value>(work: (rows: IdentityRows) => Value): Value {
    return this.#connection.transaction(() => work(this.#rows)).deferred();
  }

  write<Value>(work: (rows: IdentityRows) => Value): Value {
    this.#writes += 1;
    // Immediate: the rows are looked at with the lock in hand, so no other process changes them before the work does.
    return this.#connection.transaction(() => work(this.#rows)).immediate();
  }

  revision(): string {
    return `${this.#writes} ${String(this.#others.get())}`;
  }

  close(): Promise<void> {
    return this.#database.destroy();
  }
}
