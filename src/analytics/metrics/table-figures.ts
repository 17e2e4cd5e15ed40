/** The figures of every series of a table of returns, against a benchmark of the same table where one is named, and its draw-downs. */
import { monthsOf, overlapOf, type ReturnsSeries, type ReturnsTable } from "../returns-table.ts";
import { type DrawdownEpisode, drawdownsOf, episodeDays } from "./drawdown.ts";
import { benchmarkFiguresOf, type Figures, performanceOf } from "./performance.ts";

export interface DatedEpisode {
  /** Null is the starting capital. */
  readonly peak: string | null;
  readonly first_underwater: string;
  readonly trough: string;
  readonly depth: number;
  readonly last_underwater: string;
  /** First day at or above the peak again; null while it goes on. */
  readonly recovery: string | null;
  readonly recovered: boolean;
  readonly days: number;
}

export interface SeriesFigures {
  readonly name: string;
  readonly days: number;
  /** Null where the series is empty. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly values: Figures;
  /** The five deepest draw-downs, deepest first. */
  readonly deepest: readonly DatedEpisode[];
}

const DEEPEST_SHOWN = 5;

export interface FigureOptions {
  readonly periodsPerYear: number;
  /** Name of a series of the table; it is not measured against itself. */
  readonly benchmark: string | null;
}

/** Throws a RangeError where the table has no series of the benchmark's name. */
export function figuresOfTable(table: ReturnsTable, options: FigureOptions): readonly SeriesFigures[] {
  const { benchmark: wanted } = options;
  const benchmark = wanted === null ? null : table.series.find(({ name }) => name === wanted);
  if (benchmark === undefined) throw new RangeError(`there is no series "${wanted}"`);
  return table.series.map((series) => {
    const against = benchmark === series ? null : benchmark;
    return seriesFigures(table.dates, series, against, options.periodsPerYear);
  });
}

function seriesFigures(
  dates: readonly string[],
  series: ReturnsSeries,
  benchmark: ReturnsSeries | null,
  periodsPerYear: number,
): SeriesFigures {
  const { name, firstRow, returns } = series;
  const months = monthsOf(dates, series);
  const dateAt = (day: number) => dates[firstRow + day] ?? "";
  const against =
    benchmark === null ? {} : benchmarkFiguresOf(...overlapOf(series, benchmark), periodsPerYear);
  const episodes = drawdownsOf(returns).episodes.toSorted((left, right) => left.depth - right.depth);
  return {
    name,
    days: returns.length,
    firstDate: returns.length === 0 ? null : dateAt(0),
    lastDate: returns.length === 0 ? null : dateAt(returns.length - 1),
    values: { ...performanceOf({ returns, periodsPerYear, months }), ...against },
    deepest: episodes.slice(0, DEEPEST_SHOWN).map((episode) => dated(episode, dateAt)),
  };
}

function dated(episode: DrawdownEpisode, dateAt: (day: number) => string): DatedEpisode {
  const { peak, first, trough, last, depth, recovered } = episode;
  return {
    peak: peak < 0 ? null : dateAt(peak),
    first_underwater: dateAt(first),
    trough: dateAt(trough),
    depth,
    last_underwater: dateAt(last),
    recovery: recovered ? dateAt(last + 1) : null,
    recovered,
    days: episodeDays(episode),
  };
}
