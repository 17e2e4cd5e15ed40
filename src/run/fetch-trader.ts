/** Takes what a venue tells of one trader into the trader store: from the last that is known there on, or all of it. */
import { createHash } from "node:crypto";
import { withTraderStore } from "../control/traders.ts";
import type { FillGroup, TraderFillRecord, TraderKey, TraderStore } from "../store/trader-store.ts";
import { traderSummary } from "../traders/derived.ts";
import { FillGroups } from "../traders/fill-groups.ts";
import type { TraderSummary } from "../traders/summary.ts";
import type { TraderSource } from "./trader-sources.ts";

export interface FetchReport {
  readonly venue: string;
  readonly trader: string;
  /** From when on was asked; null: everything. */
  readonly since: number | null;
  readonly fills: number;
  readonly fundingPayments: number;
  /** Into and out of the margin account; null where the venue tells none. */
  readonly transfers: number | null;
  readonly transfersAdded: number;
  /** Of fills and funding payments. */
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
  const known = whole || !source.readsSince ? NOTHING : await knownOf(store, source);
  const told: TraderFillRecord[] = [];
  const transfersMs = whole || !source.readsSince ? 0 : await lastTransferMs(store, key);
  const { history, notes, transfers } = await source.read(
    { fillsMs: known.lastFillMs ?? 0, fundingMs: known.lastFundingMs ?? known.firstMs, transfersMs },
    (fill) => {
      told.push(fill);
      onProgress(told.length);
    },
  );
  const groups = inMoments(key, told);
  const taking = store.beginImport(nowMs);
  const { added, known: repeated, conflicts } = await taking.merge(groups, { dropDuplicates: false });
  const hash = createHash("sha256").update(`${key.venue} ${key.trader} ${nowMs}`).digest("hex");
  const extent = known.lastFillMs === null ? history : "unknown";
  await taking.finish({ hash, name: `fetched from ${key.venue}` }, [
    { key, seenMs: nowMs, history: extent, statedEquity: null, rejectedRows: 0 },
  ]);
  const taken =
    transfers === null ? null : await store.takeTransfers(key, { readMs: nowMs, rows: transfers });
  const fundingPayments = told.filter(({ kind }) => kind === "funding").length;
  const moved = { transfers: transfers?.length ?? null, transfersAdded: taken?.added ?? 0 };
  const counts = { fills: told.length - fundingPayments, fundingPayments, ...moved };
  const merged = { added, known: repeated, conflicts: conflicts.length };
  return { ...key, since: known.lastFillMs, ...counts, ...merged, history, notes };
}

function inMoments(key: TraderKey, told: readonly TraderFillRecord[]): readonly FillGroup[] {
  const groups: FillGroup[] = [];
  const gathering = new FillGroups({ isBackwards: false, onGroup: (group) => groups.push(group) });
  for (const fill of told.toSorted((left, right) => left.timeMs - right.timeMs)) gathering.add(key, fill);
  gathering.end();
  return groups;
}

async function lastTransferMs(store: TraderStore, key: TraderKey): Promise<number> {
  const known = await store.transfers(key);
  return known?.rows.at(-1)?.timeMs ?? 0;
}

type Known = Pick<TraderSummary, "firstMs" | "lastFillMs" | "lastFundingMs">;

const NOTHING: Known = { firstMs: null, lastFillMs: null, lastFundingMs: null };

async function knownOf(store: TraderStore, { key }: TraderSource): Promise<Known> {
  const record = (await store.traders()).find(
    ({ venue, trader }) => venue === key.venue && trader === key.trader,
  );
  return record === undefined ? NOTHING : await traderSummary(store, record);
}
