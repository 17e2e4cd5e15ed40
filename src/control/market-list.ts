/** What of the past is in the data folder: time covered, rows, holes. */
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { intervalText } from "../market/interval.ts";
import type { SeriesSummary, TimeRange } from "../market/market-history.ts";

/** ISO 8601, UTC; `to` is not in it. */
interface ToldRange {
  readonly from: string;
  readonly to: string;
}

export interface ToldSeries extends Pick<SeriesSummary, "venue" | "symbol" | "kind" | "rows" | "bytes"> {
  /** Null for funding. */
  readonly interval: string | null;
  readonly missingBars: number;
  readonly covered: readonly ToldRange[];
  /** Between what is covered: nobody asked for it. */
  readonly holes: readonly ToldRange[];
  /** Files that cannot be read. */
  readonly damaged: readonly string[];
}

export function marketSeries(dataDir: string): readonly SeriesSummary[] {
  return openMarketHistory(dataFolderPaths(dataDir).market).list();
}

export function toldSeries({ kind, intervalMs, covered, ...rest }: SeriesSummary): ToldSeries {
  const interval = kind === "funding" ? null : intervalText(intervalMs);
  return { ...rest, kind, interval, covered: covered.map(toldRange), holes: holesIn(covered).map(toldRange) };
}

export function holesIn(covered: readonly TimeRange[]): readonly TimeRange[] {
  return covered
    .slice(1)
    .map(({ fromMs }, index) => ({ fromMs: covered[index]?.toMs ?? fromMs, toMs: fromMs }));
}

function toldRange({ fromMs, toMs }: TimeRange): ToldRange {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
