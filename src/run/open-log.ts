/** The log of a process that works on a data folder, as the configuration wants it. */
import type { Configuration } from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { type LogOptions, type OpenLog, openLog } from "../log.ts";
import { writtenLevel } from "./written-level.ts";

const MEGABYTE = 1_000_000;
const DAY_MS = 86_400_000;

export interface LogPlace {
  readonly dataDir: string;
  readonly logging: Configuration["logging"];
  /** No lines on stderr. */
  readonly quiet?: boolean;
  /** Of a process that reads secrets as it goes: looks for all that it holds before each text. */
  readonly secrets?: LogOptions["secrets"];
}

/** Any number of processes may have it open on one folder. */
export function openLogAt({ dataDir, logging, quiet, secrets }: LogPlace): Promise<OpenLog> {
  const { level, fileMegabytes, keepDays, maxMegabytes } = logging;
  return openLog({
    level: writtenLevel(level.value),
    debugMode: false,
    folder: dataFolderPaths(dataDir).logs,
    fileBytesMax: fileMegabytes.value * MEGABYTE,
    limits: { keepMs: keepDays.value * DAY_MS, bytesMax: maxMegabytes.value * MEGABYTE },
    ...(quiet === true ? { terminal: null } : {}),
    ...(secrets === undefined ? {} : { secrets }),
  });
}
