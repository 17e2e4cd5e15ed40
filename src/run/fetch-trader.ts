/** Takes what a venue tells of one trader into the trader store: from the last fill that is known there on, or all of it. */
import { createHash } from "node:crypto";
import { withTraderStore } from "../control/traders.ts";
import type { FillGroup, TraderFillRecord, TraderStore } from "../store/trader-store.ts";
import { traderSummary } from "../traders/derived.ts";
import { FillGroups } from "../traders/fill-groups.ts";
import type { TraderSource } from "./trader-sources.ts";

export interface FetchReport {
  readonly venue: string;
  readonly trader: string;
  /** From when on was asked; null: everything. */
  readonly since: number | null;
  readonly fills: number;
  readonly added: number;
  readonly known: number;
  /** Fills whose id is stored with another price or quantity. */
  readonly conflicts: number;
  readonly history: string;
  readonly notes: readonly string[];
}

export interface FetchOptions {
  /** All of it again, not only what came since. */
  readonly whole: boolean;
  readonly nowMs: number;
  onProgress(fills: number): void;
}

/** Nothing is kept of a fetch that fails. Rejects as the source does. */
export function fetchTrader(
  dataFolder: string,
  source: TraderSource,
  options: FetchOptions,
): Promise<FetchReport> {
  return withTraderStore(dataFolder, (store) => fetchInto(store, source, options));
}

export async function fetchInto(
  store: TraderStore,
  source: TraderSource,
  { whole, nowMs, onProgress }: FetchOptions,
): Promise<FetchReport> {
  const { key } = source;
  const known = whole || !source.readsSince ? null : await lastFillMs(store, source);
  const groups: FillGroup[] = [];
  const gathering = new FillGroups({ isBackwards: false, onGroup: (group) => groups.push(group) });
  let fills = 0;
  const { history, notes } = await source.read(known ?? 0, (fill: TraderFillRecord) => {
    gathering.add(key, fill);
    fills += 1;
    onProgress(fills);
  });
  gathering.end();
  const taking = store.beginImport(nowMs);
  const { added, known: repeated, conflicts } = await taking.merge(groups, { dropDuplicates: false });
  const hash = createHash("sha256").update(`${key.venue} ${key.trader} ${nowMs}`).digest("hex");
  const extent = known === null ? history : "unknown";
  await taking.finish({ hash, name: `fetched from ${key.venue}` }, [
    { key, seenMs: nowMs, history: extent, statedEquity: null, rejectedRows: 0 },
  ]);
  const counts = { fills, added, known: repeated, conflicts: conflicts.length };
  return { ...key, since: known, ...counts, history, notes };
}

async function lastFillMs(store: TraderStore, { key }: TraderSource): Promise<number | null> {
  const record = (await store.traders()).find(
    ({ venue, trader }) => venue === key.venue && trader === key.trader,
  );
  return record === undefined ? null : (await traderSummary(store, record)).lastMs;
}
