/**
 * What the strategy in force decided last, and what became of it: one file of the data folder, written whole or not at all by the
 * engine's process, read by whoever asks. It holds no secrets.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dataFolderPaths } from "../data-folder.ts";
import type { FollowerShare } from "./owner-commands.ts";
import type { FollowerDecision } from "./strategy-decisions.ts";

const VERSION = 1;

export interface RebalancingRecord {
  readonly version: typeof VERSION;
  readonly strategy: string;
  readonly decidedAtMs: number;
  /** When the next decision is due, while it runs; null where only on demand. */
  readonly nextAtMs: number | null;
  readonly followers: readonly RebalancedFollower[];
}

export interface RebalancedFollower extends FollowerDecision {
  /** What it came to: factors of leaders that were to become others. */
  readonly shares: readonly FollowerShare[];
  /** `unchanged` where nothing was to be done; `failed` where it could not be carried out, which `problem` says. */
  readonly outcome: "proposed" | "carried-out" | "unchanged" | "undecided" | "failed";
}

/** Null where nothing was decided yet, or another version wrote it, or it cannot be read. */
export function readRebalancing(dataDir: string): RebalancingRecord | null {
  const { rebalancing } = dataFolderPaths(dataDir);
  if (!existsSync(rebalancing)) return null;
  try {
    const read = JSON.parse(readFileSync(rebalancing, "utf8")) as RebalancingRecord | null;
    return read?.version === VERSION ? read : null;
  } catch {
    return null;
  }
}

export function writeRebalancing(dataDir: string, record: Omit<RebalancingRecord, "version">): void {
  const { rebalancing } = dataFolderPaths(dataDir);
  const fresh = `${rebalancing}.new`;
  writeFileSync(fresh, `${JSON.stringify({ version: VERSION, ...record })}\n`, { mode: 0o600 });
  renameSync(fresh, rebalancing);
}
