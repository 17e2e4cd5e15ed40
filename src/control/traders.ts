/**
 * The traders whose record is studied: taking histories in, listing them, looking at one. Works on the trader store alone, beside
 * a running engine or without one.
 */
import { existsSync, mkdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { DAY_MS } from "../analytics/equity/days.ts";
import type { PaymentIn } from "../analytics/trades/margin-top-ups.ts";
import { meantText } from "../config.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import type { TimeRange } from "../market/market-history.ts";
import { openSqliteTraderStore } from "../store/sqlite/sqlite-trader-store.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import { traderSummary } from "../traders/derived.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import { FormatError } from "../traders/formats/format.ts";
import { type ImportOptions, type ImportReport, importFile } from "../traders/import-file.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { openTraderMarks, type TraderMarks } from "../traders/marks.ts";
import { paymentsIn } from "../traders/payments-in.ts";
import type { TraderSummary } from "../traders/summary.ts";

export interface StudiedTrader {
  readonly record: TraderRecord;
  readonly summary: TraderSummary;
}

export class TradersError extends Error {
  override readonly name = "ControlError";
  readonly failure: "unknown-trader" | "bad-request";

  constructor(failure: "unknown-trader" | "bad-request", message: string) {
    super(message);
    this.failure = failure;
  }
}

/** Opens the store of a data folder, makes both when they are not there, lets it be used, and closes it. */
export async function withTraderStore<Value>(
  dataFolder: string,
  use: (store: TraderStore, rejectsFolder: string) => Promise<Value>,
): Promise<Value> {
  const { root, traders, tradersRejected } = dataFolderPaths(dataFolder);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const store = await openSqliteTraderStore(traders);
  try {
    return await use(store, tradersRejected);
  } finally {
    await store.close();
  }
}

export type FileToImport = Omit<ImportOptions, "rejectsFolder">;

export interface ImportedFiles {
  readonly files: readonly ImportReport[];
  /** Of no known format: nothing was taken in. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  readonly isInterrupted: boolean;
}

/** One file after the other; then the summaries of the traders whose fills changed, each told by `onSummary`. */
export async function importTraders(
  dataFolder: string,
  files: readonly FileToImport[],
  { signal, onSummary }: { readonly signal: AbortSignal; onSummary(done: number, of: number): void },
): Promise<ImportedFiles> {
  return withTraderStore(dataFolder, async (store, rejectsFolder) => {
    const reports: ImportReport[] = [];
    const unreadable: { file: string; reason: string }[] = [];
    for (const file of files) {
      if (signal.aborted) break;
      try {
        reports.push(await importFile(store, { ...file, rejectsFolder }));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        unreadable.push({ file: file.path, reason: error.message });
      }
    }
    await addUp(store, signal, onSummary);
    return { files: reports, unreadable, isInterrupted: signal.aborted };
  });
}

/** The summaries that are not up to date, so that lists are quick; what is left out is made when it is asked for. */
async function addUp(
  store: TraderStore,
  signal: AbortSignal,
  onSummary: (done: number, of: number) => void,
): Promise<void> {
  const traders = await store.traders();
  try {
    for (const [index, trader] of traders.entries()) {
      await traderSummary(store, trader, signal);
      onSummary(index + 1, traders.length);
      await setImmediate();
      signal.throwIfAborted();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** By venue and id; empty where nothing was ever imported. */
export async function listTraders(dataFolder: string): Promise<readonly StudiedTrader[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) return [];
  return withTraderStore(dataFolder, async (store) => {
    const traders: StudiedTrader[] = [];
    for (const record of await store.traders()) {
      traders.push({ record, summary: await traderSummary(store, record) });
    }
    return traders;
  });
}

export interface TraderSelection {
  /** All where it is empty. */
  readonly ids: readonly string[];
  readonly venue: string | null;
  /** Capital of each of them, before what was stated with the import; null for that. */
  readonly equity: string | null;
}

/** Evidence of the chosen traders, without those that have no fills. Throws a TradersError for an id that is none. */
export async function evidenceOfTraders(
  dataFolder: string,
  { ids, venue, equity }: TraderSelection,
): Promise<readonly TraderEvidence[]> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) {
    meantTraders([], { ids, venue });
    return [];
  }
  return withTraderStore(dataFolder, async (store) => {
    const chosen = meantTraders(await store.traders(), { ids, venue });
    const marks = await marksFor(dataFolder, store, chosen);
    const evidence: TraderEvidence[] = [];
    for (const trader of chosen) {
      const one = await keptEvidence(store, trader, { marks: marks(trader.venue), equity });
      if (one !== null) evidence.push(one);
    }
    return evidence;
  });
}

/** One source of marks for each venue: what is read of a series serves all traders. */
export async function marksFor(
  dataFolder: string,
  store: TraderStore,
  traders: readonly TraderRecord[],
): Promise<(venue: string) => TraderMarks> {
  const history = openMarketHistory(dataFolderPaths(dataFolder).market);
  let range: TimeRange = { fromMs: Number.MAX_SAFE_INTEGER, toMs: 0 };
  for (const trader of traders) {
    const { firstMs, lastMs } = await traderSummary(store, trader);
    if (firstMs === null || lastMs === null) continue;
    range = { fromMs: Math.min(range.fromMs, firstMs), toMs: Math.max(range.toMs, lastMs + DAY_MS) };
  }
  const opened = new Map<string, TraderMarks>();
  return (venue) => {
    const marks = opened.get(venue) ?? openTraderMarks(history, venue, range);
    opened.set(venue, marks);
    return marks;
  };
}

function unknownTrader(all: readonly TraderRecord[], id: string, venue: string | null): TradersError {
  const whose = venue === null ? "" : ` of ${venue}`;
  const names = all.filter((one) => venue === null || one.venue === venue).map(({ trader }) => trader);
  return new TradersError(
    "unknown-trader",
    `there is no trader ${id}${whose}${meantText(id, names)}; copytrader traders list names them all`,
  );
}

/** Throws a TradersError for an id that is none, or of several venues. */
export function meantTraders(
  all: readonly TraderRecord[],
  { ids, venue }: Pick<TraderSelection, "ids" | "venue">,
): readonly TraderRecord[] {
  return ids.length === 0 ? all : ids.map((id) => meantTrader(all, id, venue));
}

function meantTrader(all: readonly TraderRecord[], id: string, venue: string | null): TraderRecord {
  const meant = all.filter((one) => one.trader === id && (venue === null || one.venue === venue));
  const [record] = meant;
  if (record === undefined) throw unknownTrader(all, id, venue);
  if (meant.length === 1) return record;
  const venues = meant.map((one) => one.venue).join(", ");
  throw new TradersError("bad-request", `${id} is a trader of ${venues}: say which with --venue`);
}

export interface ShownTrader extends StudiedTrader {
  readonly evidence: TraderEvidence | null;
  /** Null where no source tells transfers. */
  readonly payments: readonly PaymentIn[] | null;
}

/** Throws a TradersError when no trader or more than one is meant. */
export async function oneTrader(
  dataFolder: string,
  { id, venue }: { readonly id: string; readonly venue: string | null },
): Promise<ShownTrader> {
  if (!existsSync(dataFolderPaths(dataFolder).traders)) throw unknownTrader([], id, venue);
  const summed = await withTraderStore(dataFolder, async (store) => {
    const record = meantTrader(await store.traders(), id, venue);
    const summary = await traderSummary(store, record);
    return { record, summary, payments: await paymentsOf(dataFolder, store, { record, summary }) };
  });
  const selection = { ids: [id], venue: summed.record.venue, equity: null };
  const [evidence = null] = await evidenceOfTraders(dataFolder, selection);
  return { ...summed, evidence };
}

/** Null where no source tells transfers. */
async function paymentsOf(
  dataFolder: string,
  store: TraderStore,
  { record, summary: { firstMs, lastMs } }: StudiedTrader,
): Promise<readonly PaymentIn[] | null> {
  const transfers = await store.transfers(record);
  if (transfers === null) return null;
  const lastTransferMs = transfers.rows.at(-1)?.timeMs ?? 0;
  const range = { fromMs: firstMs ?? 0, toMs: Math.max(lastMs ?? 0, lastTransferMs) + DAY_MS };
  const marks = openTraderMarks(openMarketHistory(dataFolderPaths(dataFolder).market), record.venue, range);
  return paymentsIn({ fills: () => store.fills(record), marks, transfers });
}
