/**
 * Bars out of the market history for the time between a leader's fill and the follower's: of any venue that has the coin, the shortest
 * ones that hold both moments. A bounded number of rows is kept in memory, however long histories are.
 */
import {
  moveBetween,
  type PathBars,
  type PathMove,
  type PathPoint,
  pointAt,
} from "../../analytics/copying/bar-path.ts";
import { sameCoinIn } from "../../core/model/symbol-name.ts";
import {
  barsOf,
  type FundingColumns,
  fundingOf,
  type MarketHistory,
  marksOf,
  type SeriesSummary,
  type TimeRange,
} from "../../market/market-history.ts";
import { remembered } from "../remembered.ts";

export interface SeenMove extends PathMove {
  readonly intervalMs: number;
  /** Of the bar in which the follower trades; volume in units of the symbol that was asked for; null where it is not told. */
  readonly bar: { readonly sigma: number; readonly volume: number } | null;
}

export interface MarketMoves {
  /** Null where no bar tells. */
  between(symbol: string, fromMs: number, toMs: number): SeenMove | null;
  /** Funding rates of the symbol's market; null where there are none. */
  funding(symbol: string): FundingColumns | null;
  /** Says of some symbols' series what figures made from them depend on. */
  basis(symbols: readonly string[]): string;
}

export interface SeriesOfCoin {
  readonly series: SeriesSummary;
  /** Of the series in one unit of what is asked for. */
  readonly units: number;
}

/** About 100 MB of numbers. */
const ROWS_MAX = 2_000_000;
const MINUTE_MS = 60_000;

/** `venue`: the traders' own, which comes first among series of one length. */
export function openMarketMoves(history: MarketHistory, venue: string): MarketMoves {
  const all = history.list();
  const chunks = new Chunks(history);
  const seriesOf = remembered((symbol): readonly SeriesOfCoin[] => seriesOfCoin(all, symbol, venue));
  const barsFor = remembered((symbol) => seriesOf(symbol).filter(({ series }) => series.kind !== "funding"));
  const fundingFor = remembered((symbol): FundingColumns | null => {
    const found = seriesOf(symbol).find(({ series }) => series.kind === "funding")?.series;
    return found === undefined ? null : fundingOf(history.read(found, ALWAYS));
  });
  const basisOf = remembered((symbol) =>
    seriesOf(symbol)
      .map(({ series: one }) =>
        [one.venue, one.symbol, one.kind, one.intervalMs, one.rows, one.bytes].join(" "),
      )
      .join("; "),
  );
  return {
    funding: fundingFor,
    between: (symbol, fromMs, toMs) => {
      for (const { series, units } of barsFor(symbol)) {
        const from = pointIn(chunks, series, fromMs);
        const to = from === null ? null : pointIn(chunks, series, toMs);
        if (from === null || to === null) continue;
        const bar = to.volume === null ? null : { sigma: to.sigma, volume: to.volume / units };
        return { ...moveBetween(from, to), intervalMs: series.intervalMs, bar };
      }
      return null;
    },
    basis: (symbols) => symbols.map(basisOf).join("; "),
  };
}

const ALWAYS: TimeRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** The shortest bars first; of equals those with volume, then the traders' own venue, then by name. */
export function seriesOfCoin(
  all: readonly SeriesSummary[],
  symbol: string,
  venue: string,
): readonly SeriesOfCoin[] {
  const found = [...Map.groupBy(all, (one) => one.venue).values()].flatMap((ofVenue) => {
    const names = [...new Set(ofVenue.map((one) => one.symbol))];
    const same = names.includes(symbol) ? { symbol, units: 1 } : sameCoinIn(symbol, names);
    return same === null
      ? []
      : ofVenue.filter((one) => one.symbol === same.symbol).map((series) => ({ series, units: same.units }));
  });
  const rank = ({ series }: SeriesOfCoin) =>
    (series.kind === "marks" ? 2 : 0) + (series.venue === venue ? 0 : 1);
  return found.toSorted(
    (left, right) =>
      left.series.intervalMs - right.series.intervalMs ||
      rank(left) - rank(right) ||
      (left.series.venue < right.series.venue ? -1 : 1),
  );
}

function pointIn(chunks: Chunks, series: SeriesSummary, ms: number): PathPoint | null {
  const isCovered = series.covered.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
  return isCovered ? pointAt(chunks.around(series, ms), ms) : null;
}

/** What was read last of the history, a month or a year of a series at a time, as its files are cut. */
class Chunks {
  readonly #history: MarketHistory;
  readonly #kept = new Map<string, PathBars>();
  #rows = 0;

  constructor(history: MarketHistory) {
    this.#history = history;
  }

  around(series: SeriesSummary, ms: number): PathBars {
    const range = chunkAround(series.intervalMs, ms);
    const key = `${series.venue} ${series.symbol} ${series.kind} ${series.intervalMs} ${range.fromMs}`;
    const known = this.#kept.get(key);
    const bars = known ?? this.#read(series, range);
    // What was asked for last is the last to go.
    if (known !== undefined) this.#kept.delete(key);
    this.#kept.set(key, bars);
    return bars;
  }

  #read(series: SeriesSummary, range: TimeRange): PathBars {
    const table = this.#history.read(series, range);
    const bars: PathBars =
      series.kind === "bars"
        ? barsOf(table, series.intervalMs)
        : { ...marksOf(table, series.intervalMs), volume: null };
    this.#rows += bars.openMs.length;
    for (const [key, oldest] of this.#kept) {
      if (this.#rows <= ROWS_MAX) break;
      this.#kept.delete(key);
      this.#rows -= oldest.openMs.length;
    }
    return bars;
  }
}

function chunkAround(intervalMs: number, ms: number): TimeRange {
  const at = new Date(ms);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (intervalMs > 5 * MINUTE_MS) return { fromMs: Date.UTC(year, 0), toMs: Date.UTC(year + 1, 0) };
  return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) };
}
