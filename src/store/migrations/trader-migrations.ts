/** The migrations of the trader store, oldest first: a file of its own, apart from the engine's database. */
import type { MigrationProvider } from "kysely/migration";
import type { SqlDialect } from "./dialect.ts";
import { type MigrationStep, providerOf } from "./migrations.ts";
import { traderTables } from "./trader-0001-first-tables.ts";
import { screenedTraders } from "./trader-0002-screened.ts";
import { screenedElsewhere } from "./trader-0003-screened-elsewhere.ts";
import { traderTransfers } from "./trader-0004-transfers.ts";

const STEPS: Readonly<Record<string, MigrationStep>> = {
  "0001-first-tables": traderTables,
  "0002-screened": screenedTraders,
  "0003-screened-elsewhere": screenedElsewhere,
  "0004-transfers": traderTransfers,
};

export function traderMigrationProvider(dialect: SqlDialect): MigrationProvider {
  return providerOf(STEPS, dialect);
}
