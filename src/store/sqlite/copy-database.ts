/**
 * A copy of a database that another process may be writing, by SQLite's own backup interface: in one step, so that it is the state
 * of one moment, and no writer makes it begin again.
 */
import { chmodSync, closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { BUSY_MS, StoreError } from "./connect.ts";

const ALL_PAGES = 2 ** 31 - 1;

/** `to` must not be there. Throws a StoreError where either of both is no sound database. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  closeSync(openSync(to, "wx", 0o600));
  try {
    const source = new Database(from, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    try {
      await source.backup(to, { progress: () => ALL_PAGES });
    } finally {
      source.close();
    }
    chmodSync(to, 0o600);
    checkDatabase(to);
  } catch (error) {
    throw error instanceof StoreError ? error : unreadable(from, error);
  }
}

/** Throws a StoreError where the file is no sound database. Nothing else may use it. */
export function checkDatabase(path: string): void {
  try {
    const database = new Database(path, { fileMustExist: true, timeout: BUSY_MS });
    try {
      // A copy is a file of its own until somebody opens it for work.
      database.pragma("journal_mode = DELETE");
      const found: unknown = database.pragma("quick_check(1)", { simple: true });
      if (found !== "ok") throw unreadable(path, found);
    } finally {
      database.close();
    }
  } catch (error) {
    throw error instanceof StoreError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError("unreadable", `${path} is not a sound database: ${why}`, { cause });
}
