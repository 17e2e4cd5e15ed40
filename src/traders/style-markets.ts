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
  marks: TraderMarks,
  { fromMs, toMs }: TimeRange,
): StyleMarkets {
  const wanted = { fromMs: fromMs - BEFORE_MS, toMs };
  const all = history.list();
  const seriesOf = (symbol: string) => {
    const source = marks.sourceOf(symbol);
    return all.filter((one) => one.venue === source?.venue && one.symbol === source.symbol);
  };
  return {
    bars: remembered((symbol): StyleBars | null => {
      const best = bestBars(seriesOf(symbol), wanted);
      if (best === null) return null;
      const table = history.read(best, wanted);
      return best.kind === "bars" ? barsOf(table, best.intervalMs) : marksOf(table, best.intervalMs);
    }),
    funding: remembered((symbol): StyleFunding | null => {
      const found = seriesOf(symbol).find(({ kind }) => kind === "funding");
      return found === undefined ? null : fundingOf(history.read(found, wanted));
    }),
  };
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
