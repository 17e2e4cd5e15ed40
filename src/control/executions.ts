/** Orders and fills as the database has them, page by page, newest first; read beside the engine that writes it. */
import { existsSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import { type Executions, openExecutions } from "../store/sqlite/sqlite-store.ts";
import type { ExecutionFilter, FillMoment, FillRecord, OrderFilter, OrderRecord } from "../store/store.ts";

/** Null where nothing was started yet. Throws a StoreError where the database cannot be read. */
export function ordersAt(dataDir: string, filter: OrderFilter): Promise<readonly OrderRecord[] | null> {
  return reading(dataDir, (executions) => executions.orders(filter));
}

/** Of leaders and followers. Null where nothing was started yet. Throws a StoreError where the database cannot be read. */
export function fillsAt(
  dataDir: string,
  filter: ExecutionFilter<FillMoment>,
): Promise<readonly FillRecord[] | null> {
  return reading(dataDir, (executions) => executions.fills(filter));
}

async function reading<Value>(
  dataDir: string,
  use: (executions: Executions) => Promise<Value>,
): Promise<Value | null> {
  const { database } = dataFolderPaths(dataDir);
  if (!existsSync(database)) return null;
  const executions = openExecutions(database);
  try {
    return await use(executions);
  } finally {
    await executions.close();
  }
}
