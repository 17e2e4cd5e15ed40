/** The migrations of the identity store, oldest first: a file of its own, apart from what was traded. */
import type { MigrationProvider } from "kysely/migration";
import type { SqlDialect } from "./dialect.ts";
import { identityTables } from "./identity-0001-first-tables.ts";
import { type MigrationStep, providerOf } from "./migrations.ts";

const STEPS: Readonly<Record<string, MigrationStep>> = {
  "0001-first-tables": identityTables,
};

export function identityMigrationProvider(dialect: SqlDialect): MigrationProvider {
  return providerOf(STEPS, dialect);
}
