/**
 * The markets of a trader's instruments for telling the style: bars and funding out of the history, of the same market that the
 * marks are taken from. Multiples need no conversion: only moves count.
 */
import { DAY_MS } from "../analytics/equity/days.ts";
import type { StyleBars, StyleFunding, StyleMarkets } from "../analytics/style/style-trip.ts";
import {
  barsOf,
  fundingOf,
  type MarketHistory,
  marksOf,
  type SeriesSummary,
  type Table,
  type TimeRange,
} from "../market/market-history.ts";
import { clipped } from "../market/time-ranges.ts";
import type { TraderMarks } from "./marks.ts";
import { remembered } from "./remembered.ts";

/** Features look back for a week. */
const BEFORE_MS = 8 * DAY_MS;
/** Longer bars do not show what happened round an entry. */
const BAR_MS_MAX = 4 * 3_600_000;
/** Coverage is compared in tenths, so that shorter bars are not given up for a few days. */
const TENTHS = 10;

/** `range`: from the first to the last fill that matters. What is read is kept. */
export function openStyleMarkets(
  history: MarketHistory,
  marks: Pick<TraderMarks, "sourceOf">,
  range: TimeRange,
): StyleMarkets {
  const seriesOf = openStyleSeries(history.list(), marks);
  const found = remembered((symbol) => seriesOf(symbol, range));
  const wanted = styleTime(range);
  return {
    bars: remembered((symbol) => styleBars(found(symbol).bars, (one) => history.read(one, wanted))),
    funding: remembered((symbol) => styleFunding(found(symbol).funding, (one) => history.read(one, wanted))),
  };
}

/** Where the market of a symbol is found; null where nobody has it. */
export interface StyleSeries {
  readonly bars: SeriesSummary | null;
  readonly funding: SeriesSummary | null;
}

/** `all`: what the history holds. `range` as above: it says which bars are best. */
export function openStyleSeries(
  all: readonly SeriesSummary[],
  marks: Pick<TraderMarks, "sourceOf">,
): (symbol: string, range: TimeRange) => StyleSeries {
  const bySource = Map.groupBy(all, ({ venue, symbol }) => `${venue} ${symbol}`);
  return (symbol, range) => {
    const source = marks.sourceOf(symbol);
    const series = source === null ? [] : (bySource.get(`${source.venue} ${source.symbol}`) ?? []);
    return {
      bars: bestBars(series, styleTime(range)),
      funding: series.find(({ kind }) => kind === "funding") ?? null,
    };
  };
}

/** What is read of a market for fills of this time. */
export function styleTime({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: fromMs - BEFORE_MS, toMs };
}

export function styleBars(
  series: SeriesSummary | null,
  read: (one: SeriesSummary) => Table,
): StyleBars | null {
  if (series === null) return null;
  const { kind, intervalMs } = series;
  return kind === "bars" ? barsOf(read(series), intervalMs) : marksOf(read(series), intervalMs);
}

export function styleFunding(
  series: SeriesSummary | null,
  read: (one: SeriesSummary) => Table,
): StyleFunding | null {
  return series === null ? null : fundingOf(read(series));
}

/** Those that cover most of the time; of equals the shortest, trades before marks. */
function bestBars(series: readonly SeriesSummary[], wanted: TimeRange): SeriesSummary | null {
  const ranked = series
    .filter(({ kind, intervalMs }) => kind !== "funding" && intervalMs <= BAR_MS_MAX)
    .map((one) => ({ one, covered: tenthsOf(one, wanted) }))
    .filter(({ covered }) => covered > 0)
    .sort(
      (left, right) =>
        right.covered - left.covered ||
        left.one.intervalMs - right.one.intervalMs ||
        (left.one.kind === "bars" ? -1 : 1),
    );
  return ranked[0]?.one ?? null;
}

/** Rounded up: a little is better than nothing. */
function tenthsOf({ covered }: SeriesSummary, wanted: TimeRange): number {
  const ms = clipped(covered, wanted).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return Math.ceil((TENTHS * ms) / (wanted.toMs - wanted.fromMs));
}
