/** What a backtest came to: figures of its days with intervals, exposures, turnover, who brought what, and how strategies compare. */
import { DAY_MS, monthOfDay, utcDay } from "../analytics/equity/days.ts";
import { type Figures, performanceOf } from "../analytics/metrics/performance.ts";
import { holmAdjusted } from "../analytics/selection/false-discovery.ts";
import { figureIntervals, type IntervalName } from "../analytics/selection/figure-intervals.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { type Compared, comparedReturns } from "../analytics/walk-forward/comparison.ts";
import { type BacktestDecision, type BacktestOutcome, dailyEquity } from "./backtest.ts";
import type { Happenings } from "./happenings.ts";
import { type Hurdle, hurdleOf } from "./hurdle.ts";
import { type RiskByLeader, type RiskDays, riskByLeader } from "./risk-by-leader.ts";
import type { AccountSample } from "./world.ts";

/** Decimal texts in the settle coin; "" where a price is missing. */
export interface LeaderResult {
  readonly leader: string;
  readonly trades: string;
  readonly fees: string;
  readonly funding: string;
  readonly profit: string;
}

/** As multiples of equity. */
export interface Exposures {
  readonly grossMean: number;
  readonly grossMax: number;
  readonly netMean: number;
  readonly longMax: number;
  readonly shortMax: number;
}

export interface StrategyReport {
  readonly strategy: string;
  readonly options: Readonly<Record<string, number | boolean | string | null>>;
  readonly equityFrom: number;
  readonly equityTo: number;
  /** UTC days (YYYY-MM-DD) that were lived through, and one return each. */
  readonly days: readonly string[];
  readonly returns: readonly number[];
  /** At the end of each day. */
  readonly equity: readonly number[];
  /** Per hour: gross value held over equity. */
  readonly exposure: Exposures;
  /** At the end of each day, as multiples of equity. */
  readonly dailyGross: readonly number[];
  readonly dailyNet: readonly number[];
  /** The deepest fall of hourly equity from its highest before. */
  readonly hourlyDrawdown: number;
  readonly figures: Figures;
  readonly intervals: Readonly<Partial<Record<IntervalName, Interval | null>>>;
  /** Value traded over the mean equity. */
  readonly turnover: number;
  /** What leaders have to make before copying pays. */
  readonly hurdle: Hurdle;
  readonly happenings: Happenings;
  readonly leaders: readonly LeaderResult[];
  /** Null where it was not asked for, or of too few days. */
  readonly risk: RiskByLeader | null;
  readonly decisions: readonly BacktestDecision[];
  /** Of the last decision: who is in and out, why, and by which numbers. */
  readonly lastVerdicts: BacktestOutcome["lastVerdicts"];
  readonly doubts: BacktestOutcome["doubts"];
  readonly fingerprint: string;
}

const DAYS_A_YEAR = 365;
const CONFIDENCE = 0.95;
/** Intervals of fewer days would look like figures, and say nothing. */
export const INTERVAL_DAYS_MIN = 20;

export interface Resampling {
  /** 0 makes no intervals. */
  readonly resamples: number;
  readonly seed: number;
}

export function strategyReport(
  outcome: BacktestOutcome,
  leaders: readonly LeaderResult[],
  options: StrategyReport["options"],
  { resamples, seed }: Resampling,
  riskDays: Pick<RiskDays, "profits" | "benchmark"> | null = null,
): StrategyReport {
  const { strategy, samples, decisions, lastVerdicts, happenings, doubts, fingerprint } = outcome;
  const { firstDay, equity } = dailyEquity(samples);
  const returns = Float64Array.from(equity.slice(1), (value, at) => returnOf(equity[at] ?? 0, value));
  const months = Int32Array.from(returns, (_, day) => monthOfDay(firstDay + day));
  // What never moved has no chance in it: an interval round zero would look like knowledge.
  const isIdle = returns.every((one) => one === 0);
  const intervals =
    resamples === 0 || isIdle || returns.length < INTERVAL_DAYS_MIN
      ? {}
      : figureIntervals(returns, DAYS_A_YEAR, { resamples, seed, confidence: CONFIDENCE }).intervals;
  const ends = endsOfDays(samples);
  const equityMean = mean(samples.map((one) => one.equity));
  const lengthMs = (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0);
  return {
    strategy,
    options,
    equityFrom: equity[0] ?? 0,
    equityTo: equity.at(-1) ?? 0,
    days: Array.from(returns, (_, day) => dayText(firstDay + day)),
    returns: [...returns],
    equity: equity.slice(1),
    exposure: exposuresOf(samples),
    dailyGross: ends.map((end) => overEquity(end, end.long + end.short)),
    dailyNet: ends.map((end) => overEquity(end, end.long - end.short)),
    hourlyDrawdown: deepest(samples),
    figures: performanceOf({ returns, periodsPerYear: DAYS_A_YEAR, months }),
    intervals,
    turnover: happenings.traded / equityMean,
    hurdle: hurdleOf(happenings, { equityMean, lengthMs }),
    happenings,
    leaders,
    risk:
      riskDays === null
        ? null
        : riskByLeader(
            { ...riskDays, returns: [...returns], equity },
            { resamples, seed, daysMin: INTERVAL_DAYS_MIN },
          ),
    decisions,
    lastVerdicts,
    doubts,
    fingerprint,
  };
}

function returnOf(before: number, after: number): number {
  return before > 0 ? Math.max(-1, after / before - 1) : 0;
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The last sample of each UTC day; one of midnight ends the day before. */
function endsOfDays(samples: readonly AccountSample[]): readonly AccountSample[] {
  const ends = new Map<number, AccountSample>();
  for (const one of samples.slice(1)) ends.set(utcDay(one.atMs - 1), one);
  return [...ends.values()];
}

function overEquity({ equity }: AccountSample, value: number): number {
  return equity > 0 ? value / equity : 0;
}

function exposuresOf(samples: readonly AccountSample[]): Exposures {
  const gross = samples.map((one) => overEquity(one, one.long + one.short));
  const most = (values: readonly number[]) => values.reduce((left, right) => Math.max(left, right), 0);
  return {
    grossMean: mean(gross),
    grossMax: most(gross),
    netMean: mean(samples.map((one) => overEquity(one, one.long - one.short))),
    longMax: most(samples.map((one) => overEquity(one, one.long))),
    shortMax: most(samples.map((one) => overEquity(one, one.short))),
  };
}

function deepest(samples: readonly AccountSample[]): number {
  let [peak, found] = [0, 0];
  for (const { equity } of samples) {
    peak = Math.max(peak, equity);
    found = Math.min(found, peak > 0 ? equity / peak - 1 : 0);
  }
  return found;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length;
}

export interface StrategyComparison extends Compared {
  readonly strategy: string;
  /** `returnChance` for as many questions as there are strategies (Holm). */
  readonly adjustedChance: number | null;
}

/** Each strategy less the first one, on the same days. */
export function comparedStrategies(
  [first, ...others]: readonly StrategyReport[],
  { resamples, seed }: Resampling,
): readonly StrategyComparison[] {
  if (first === undefined || resamples === 0 || first.returns.length < INTERVAL_DAYS_MIN) return [];
  const base = Float64Array.from(first.returns);
  const compared = others.flatMap((other) => {
    const found = comparedReturns(Float64Array.from(other.returns), base, {
      resamples,
      seed,
      confidence: CONFIDENCE,
    });
    return found === null ? [] : [{ strategy: other.strategy, ...found }];
  });
  const adjusted = holmAdjusted(compared.map(({ returnChance }) => returnChance ?? 1));
  return compared.map((one, at) => ({ ...one, adjustedChance: adjusted[at] ?? null }));
}
