/** The log as command line, API and bot ask for it: read from its files, with or without a running engine. Secrets were masked when it was written. */
import { existsSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import type { LogQuery, LogRecord } from "../log/query.ts";
import { followLog, readLog } from "../log/read.ts";
import { ControlError } from "./control.ts";

/** At most so many lines are told at once. */
export const LOG_LINES_MAX = 10_000;

export interface LogReport {
  /** The oldest first. */
  readonly lines: readonly LogRecord[];
}

/** Rejects with a ControlError where nothing was ever logged. */
export async function logsAt(dataDir: string, query: LogQuery): Promise<LogReport> {
  return { lines: await readLog(logsFolder(dataDir), query) };
}

/** The same lines and then each new one, until `stop`. */
export function followLogsAt(dataDir: string, query: LogQuery, stop: AbortSignal): AsyncGenerator<LogRecord> {
  return followLog(logsFolder(dataDir), query, stop);
}

function logsFolder(dataDir: string): string {
  const { logs } = dataFolderPaths(dataDir);
  if (existsSync(logs)) return logs;
  throw new ControlError(
    "not-running",
    `nothing was logged yet: there is no folder ${logs}; --data names that of copytrader start`,
  );
}
