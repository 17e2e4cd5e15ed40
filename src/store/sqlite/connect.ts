/**
 * What every database file of the project begins with: made for its owner only, in write-ahead mode, with its tables brought up
 * to date.
 */
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import type { Kysely } from "kysely";
import { type MigrationProvider, Migrator } from "kysely/migration";

export const BUSY_MS = 5000;

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly failure: "newer-schema" | "unreadable" | "overloaded" | "closed";

  constructor(failure: StoreError["failure"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Makes the file when it is not there; throws a StoreError. */
export function connect(path: string): Database.Database {
  // Made by us first, so that it never exists with wider permissions; SQLite gives its companions the same ones.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const connection = new Database(path, { timeout: BUSY_MS });
  try {
    connection.pragma("journal_mode = WAL");
    connection.pragma("synchronous = NORMAL");
    return connection;
  } catch (error) {
    connection.close();
    throw new StoreError("unreadable", `${path} is not a readable database: ${text(error)}`, {
      cause: error,
    });
  }
}

/** Brings the tables up to date; throws a StoreError. */
export async function migrate<Tables>(
  database: Kysely<Tables>,
  provider: MigrationProvider,
  path: string,
): Promise<void> {
  const migrator = new Migrator({ db: database, provider });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const newer = text(error).includes("previously executed migration");
  const why = newer
    ? "was written by a newer version of this program"
    : `cannot be brought up to date: ${text(error)}`;
  throw new StoreError(newer ? "newer-schema" : "unreadable", `${path} ${why}`, { cause: error });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
