/**
 * What the last look of monitoring found, and what stands of all of them: one file of the data folder, written whole or not at all by the
 * engine's process, read by whoever asks. It holds no secrets.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import type { FillPlace } from "../store/store.ts";
import type { Watched } from "../traders/monitoring/standing.ts";
import type { LeaderScore, PairScore } from "./leader-scores.ts";

const VERSION = 1;

export interface MonitoringRecord {
  readonly version: typeof VERSION;
  /** When the last look ended; null before the first. */
  readonly scoredAtMs: number | null;
  readonly tookMs: number;
  /** When the next look is due, while it runs; null before the first. */
  readonly nextAtMs: number | null;
  /** Up to which fill of the journal the leaders' records go. */
  readonly recordedUpTo: FillPlace | null;
  readonly leaders: readonly LeaderScore[];
  readonly pairs: readonly PairScore[];
  readonly watched: readonly Watched[];
  /** What did not work at the last look, in words. */
  readonly problems: readonly string[];
}

export const NO_RECORD: MonitoringRecord = {
  version: VERSION,
  scoredAtMs: null,
  tookMs: 0,
  nextAtMs: null,
  recordedUpTo: null,
  leaders: [],
  pairs: [],
  watched: [],
  problems: [],
};

/** Null where nothing was looked at yet, or another version wrote it, or it cannot be read. */
export function readMonitoring(dataDir: string): MonitoringRecord | null {
  const { monitoring } = dataFolderPaths(dataDir);
  if (!existsSync(monitoring)) return null;
  try {
    const read = JSON.parse(readFileSync(monitoring, "utf8")) as Partial<MonitoringRecord> | null;
    return read?.version === VERSION ? { ...NO_RECORD, ...read } : null;
  } catch {
    return null;
  }
}

export function writeMonitoring(dataDir: string, record: MonitoringRecord): void {
  const { monitoring } = dataFolderPaths(dataDir);
  const fresh = `${monitoring}.new`;
  writeFileSync(fresh, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(fresh, monitoring);
}
