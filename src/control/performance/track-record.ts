/** What lines of days come to: sums by period, the time-weighted return, draw-downs with their dates, and the figures of returns with how uncertain they are. */
import { drawdownsOf } from "../../analytics/metrics/drawdown.ts";
import type { Figures } from "../../analytics/metrics/performance.ts";
import { type DatedEpisode, figuresOfTable } from "../../analytics/metrics/table-figures.ts";
import { totalReturn } from "../../analytics/metrics/total-return.ts";
import { type DaySpan, dateOfDay, periodOf } from "../../analytics/performance/calendar.ts";
import { figureIntervals, type IntervalName } from "../../analytics/selection/figure-intervals.ts";
import { probabilisticSharpe } from "../../analytics/selection/probabilistic-sharpe.ts";
import { sharpeStatistics } from "../../analytics/selection/sharpe-statistics.ts";
import type { Interval } from "../../analytics/selection/wilson.ts";
import type { Period } from "../../core/model/periods.ts";
import { type DayLine, returnOf } from "./day-lines.ts";
import { sumOf } from "./follower-days.ts";

const DAYS_A_YEAR = 365;
/** Below so many whole days ratios of a year say nothing. */
export const DAYS_NEEDED = 30;
const RESAMPLES = 1_000;
const CONFIDENCE = 0.95;

/** Amounts are exact decimal texts in the settle coin, returns fractions. */
export interface PeriodResult {
  readonly period: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** False while the period goes on, or the record begins within it. */
  readonly isWhole: boolean;
  readonly profit: string;
  readonly fees: string;
  readonly funding: string;
  /** What came in beside copying, less what went out. */
  readonly flow: string;
  /** At its end; "" where it is not known. */
  readonly equity: string;
  readonly return: number;
  /** At its end. */
  readonly drawdown: number;
  /** On which the engine did not live: what changed on them is in the next day. */
  readonly daysWithout: number;
}

export interface Drawdown {
  /** At the last line, from the highest point before it; at or below zero. */
  readonly now: number;
  /** Day of that highest point; null: the beginning. */
  readonly since: string | null;
  readonly deepest: DatedEpisode | null;
}

export interface TrackRecord {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly days: number;
  /** On which the engine did not live: what changed on them is in the next day. */
  readonly daysWithout: number;
  readonly total: Omit<PeriodResult, "period" | "isWhole" | "drawdown" | "daysWithout">;
  readonly drawdown: Drawdown;
  /** Days that the figures are of: whole ones. */
  readonly figureDays: number;
  /** Fewer than `DAYS_NEEDED`: figures of a year are not to be taken at their word. */
  readonly isTooShort: boolean;
  readonly figures: Figures;
  /** 95 %, by resampling days; null of short records, and where it was not asked for. */
  readonly intervals: Readonly<Record<IntervalName, Interval | null>> | null;
  /** Probability that the true Sharpe ratio is above zero; null where it cannot be told. */
  readonly sharpeAboveZero: number | null;
}

/** Null without a line. `today` is the day that is not over: it counts in sums and draw-downs, and in no figure. */
export function trackRecord(
  lines: readonly DayLine[],
  today: number,
  { withIntervals }: { readonly withIntervals: boolean },
): TrackRecord | null {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return null;
  const returns = Float64Array.from(lines, returnOf);
  const whole = last.day >= today ? returns.subarray(0, -1) : returns;
  const isTooShort = whole.length < DAYS_NEEDED;
  const statistics = sharpeStatistics(whole);
  return {
    firstDay: dateOfDay(first.day),
    lastDay: dateOfDay(last.day),
    days: lines.length,
    daysWithout: countWithout(lines),
    total: sumText(lines, returns),
    drawdown: drawdownOf(first.day, returns),
    figureDays: whole.length,
    isTooShort,
    figures: seriesFigures(first.day, whole)?.values ?? {},
    intervals:
      isTooShort || !withIntervals
        ? null
        : figureIntervals(whole, DAYS_A_YEAR, { resamples: RESAMPLES, seed: 1, confidence: CONFIDENCE })
            .intervals,
    sharpeAboveZero: statistics === null ? null : probabilisticSharpe(statistics, 0).probability,
  };
}

/** Oldest first. */
export function periodResults(
  lines: readonly DayLine[],
  period: Period,
  today: number,
): readonly PeriodResult[] {
  const { curve } = drawdownsOf(Float64Array.from(lines, returnOf));
  const firstDay = lines[0]?.day ?? 0;
  const spans = new Map<string, { readonly span: DaySpan; readonly lines: DayLine[] }>();
  for (const line of lines) {
    const span = periodOf(line.day, period);
    const found = spans.get(span.name) ?? { span, lines: [] };
    spans.set(span.name, found);
    found.lines.push(line);
  }
  return [...spans.values()].map(({ span, lines: within }) => ({
    period: span.name,
    isWhole: span.lastDay < today && span.firstDay >= firstDay,
    ...sumText(within, Float64Array.from(within, returnOf)),
    drawdown: curve[(within.at(-1)?.day ?? firstDay) - firstDay] ?? 0,
    daysWithout: countWithout(within),
  }));
}

function countWithout(lines: readonly DayLine[]): number {
  return lines.filter(({ lived }) => !lived).length;
}

function sumText(lines: readonly DayLine[], returns: Float64Array): TrackRecord["total"] {
  const { profit, fees, funding } = sumOf(lines);
  const flow = lines.map((line) => line.flow).reduce((sum, one) => sum.plus(one));
  return {
    firstDay: dateOfDay(lines[0]?.day ?? 0),
    lastDay: dateOfDay(lines.at(-1)?.day ?? 0),
    profit: profit.toString(),
    fees: fees.toString(),
    funding: funding.toString(),
    flow: flow.toString(),
    equity: lines.at(-1)?.equity?.toString() ?? "",
    return: totalReturn(returns) ?? 0,
  };
}

function drawdownOf(firstDay: number, returns: Float64Array): Drawdown {
  const { curve, episodes } = drawdownsOf(returns);
  const open = episodes.find(({ recovered }) => !recovered);
  return {
    now: curve.at(-1) ?? 0,
    since: open === undefined || open.peak < 0 ? null : dateOfDay(firstDay + open.peak),
    deepest: seriesFigures(firstDay, returns)?.deepest[0] ?? null,
  };
}

function seriesFigures(firstDay: number, returns: Float64Array) {
  const dates = Array.from(returns, (_, at) => dateOfDay(firstDay + at));
  const table = { dates, series: [{ name: "", firstRow: 0, returns }] };
  return figuresOfTable(table, { periodsPerYear: DAYS_A_YEAR, benchmark: null })[0];
}
