/**
 * All migrations of the database, oldest first; one list for every kind of database. A migration that was released is
 * never changed: a new one is added at the end.
 */
import type { Kysely } from "kysely";
import type { Migration, MigrationProvider } from "kysely/migration";
import type { SqlDialect } from "./dialect.ts";
import { firstTables } from "./m0001-first-tables.ts";
import { orderCauses } from "./m0002-order-causes.ts";
import { workedTable } from "./m0003-worked.ts";
import { leaderFills } from "./m0004-leader-fills.ts";
import { dayTables } from "./m0005-days.ts";

/** Builds the tables that one version adds, in the words of the given database. */
export type MigrationStep = (database: Kysely<unknown>, dialect: SqlDialect) => Promise<void>;

const STEPS: Readonly<Record<string, MigrationStep>> = {
  "0001-first-tables": firstTables,
  "0002-order-causes": orderCauses,
  "0003-worked": workedTable,
  "0004-leader-fills": leaderFills,
  "0005-days": dayTables,
};

export function migrationProvider(dialect: SqlDialect): MigrationProvider {
  return providerOf(STEPS, dialect);
}

/** Kysely's provider for any list of steps. */
export function providerOf(
  steps: Readonly<Record<string, MigrationStep>>,
  dialect: SqlDialect,
): MigrationProvider {
  const migrations: Record<string, Migration> = {};
  for (const [name, step] of Object.entries(steps)) {
    migrations[name] = { up: (database) => step(database, dialect) };
  }
  return { getMigrations: () => Promise.resolve(migrations) };
}
