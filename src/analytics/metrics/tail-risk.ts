/**
 * What a bad day costs: value at risk and expected shortfall at 95 %, as returns per period (a loss is negative), and the ratio of the
 * tails. Four expected shortfalls are in use and differ; each is named by what it averages.
 *
 * Sources: quantiles of type 7 (Hyndman and Fan 1996); exact tail: R. T. Rockafellar and S. Uryasev, Optimization of Conditional
 * Value-at-Risk, 2000.
 */
import { normalQuantile } from "../numeric/normal.ts";
import { quantile } from "../numeric/quantile.ts";
import { compensatedSum, quotient } from "../numeric/sums.ts";
import type { Moments } from "./moments.ts";

const TAIL = 0.05;
const TAIL_Z = normalQuantile(TAIL);

/** The 5 % quantile of the returns; null without returns. */
export function historicalValueAtRisk(returns: Float64Array): number | null {
  return quantile(returns, TAIL);
}

/** Mean + the normal's 5 % quantile x deviation; null below two returns. */
export function parametricValueAtRisk({ mean, deviation }: Moments): number | null {
  return mean === null || deviation === null ? null : mean + TAIL_Z * deviation;
}

/** Mean of the floor(0.05 (n - 1)) + 1 worst returns (as empyrical has it). */
export function shortfallOfWorst(returns: Float64Array): number | null {
  if (returns.length === 0) return null;
  const worst = returns.toSorted().subarray(0, Math.floor(TAIL * (returns.length - 1)) + 1);
  return compensatedSum(worst) / worst.length;
}

/** Mean of the returns at or below the historical value at risk. */
export function shortfallAtOrBelow(returns: Float64Array, valueAtRisk: number | null): number | null {
  if (valueAtRisk === null) return null;
  const tail = returns.filter((value) => value <= valueAtRisk);
  return compensatedSum(tail) / tail.length;
}

/** Mean of the returns below the parametric value at risk, and that itself where none is below (as quantstats has it). */
export function shortfallBelowParametric(returns: Float64Array, valueAtRisk: number | null): number | null {
  if (valueAtRisk === null) return null;
  const tail = returns.filter((value) => value < valueAtRisk);
  return tail.length === 0 ? valueAtRisk : compensatedSum(tail) / tail.length;
}

/** Mean of exactly the worst 5 % of probability mass; the return on the boundary counts by its fraction. */
export function exactShortfall(returns: Float64Array): number | null {
  if (returns.length === 0) return null;
  const mass = TAIL * returns.length;
  const whole = Math.floor(mass);
  const sorted = returns.toSorted();
  const boundary = (mass - whole) * (sorted[whole] ?? 0);
  return (compensatedSum(sorted.subarray(0, whole)) + boundary) / mass;
}

/** Size of the 95 % quantile over that of the 5 % quantile; null where the latter is zero. */
export function tailRatio(returns: Float64Array): number | null {
  const high = quantile(returns, 1 - TAIL);
  const low = quantile(returns, TAIL);
  return high === null || low === null ? null : quotient(Math.abs(high), Math.abs(low));
}
