/**
 * A series against a benchmark of the same days. Beta and alpha from the least-squares line (risk-free 0); tracking error and
 * information ratio of the differences; capture of the benchmark's up and down days. Null where the benchmark does not vary, or
 * has no such days.
 */
import { quotient } from "../numeric/sums.ts";
import { covariationOf } from "./covariation.ts";
import { momentsOf } from "./moments.ts";

export interface Line {
  readonly beta: number;
  /** Per period. */
  readonly alpha: number;
  readonly rSquared: number | null;
}

export function lineAgainst(returns: Float64Array, benchmark: Float64Array): Line | null {
  const found = covariationOf(returns, benchmark);
  if (found === null || found.yy === 0) return null;
  const beta = found.xy / found.yy;
  const rSquared = quotient(found.xy * found.xy, found.xx * found.yy);
  return { beta, alpha: found.meanX - beta * found.meanY, rSquared };
}

export interface Tracking {
  /** Deviation (n - 1) of the daily differences x sqrt(periods per year). */
  readonly errorAnnual: number | null;
  /** Mean difference over its deviation, per period; null where the differences do not vary. */
  readonly informationRatio: number | null;
}

export function trackingOf(returns: Float64Array, benchmark: Float64Array, periodsPerYear: number): Tracking {
  const { mean, deviation } = momentsOf(returns.map((value, day) => value - (benchmark[day] ?? 0)));
  if (mean === null || deviation === null) return { errorAnnual: null, informationRatio: null };
  return { errorAnnual: deviation * Math.sqrt(periodsPerYear), informationRatio: quotient(mean, deviation) };
}

export type Market = "up" | "down";

function daysOf(benchmark: Float64Array, market: Market): readonly number[] {
  const days: number[] = [];
  for (const [day, value] of benchmark.entries()) if (market === "up" ? value > 0 : value < 0) days.push(day);
  return days;
}

/** Ratio of the growths compounded over the benchmark's up (down) days, each annualised by the count of those days. */
export function geometricCapture(
  returns: Float64Array,
  benchmark: Float64Array,
  market: Market,
  periodsPerYear: number,
): number | null {
  const days = daysOf(benchmark, market);
  return quotient(annualised(returns, days, periodsPerYear), annualised(benchmark, days, periodsPerYear));
}

function annualised(values: Float64Array, days: readonly number[], periodsPerYear: number): number {
  const logarithm = days.reduce((sum, day) => sum + Math.log1p(Math.max(-1, values[day] ?? 0)), 0);
  return Math.expm1((logarithm * periodsPerYear) / days.length);
}

/** Ratio of the mean returns over the benchmark's up (down) days. */
export function meanCapture(returns: Float64Array, benchmark: Float64Array, market: Market): number | null {
  const days = daysOf(benchmark, market);
  const sum = (values: Float64Array) => days.reduce((total, day) => total + (values[day] ?? 0), 0);
  return quotient(sum(returns), sum(benchmark));
}
