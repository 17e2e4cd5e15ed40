/**
 * Sortino ratio, per year: mean excess return / downside deviation x sqrt(periods per year). The downside deviation is the root of the
 * mean, over ALL n returns, of the squared shortfalls below the target. Null without a shortfall or without returns.
 *
 * Source: F. A. Sortino and L. N. Price, Performance Measurement in a Downside Risk Framework, 1994.
 */
import { compensatedSum } from "../numeric/sums.ts";

export function sortinoRatio(
  returns: Float64Array,
  periodsPerYear: number,
  targetPerPeriod = 0,
): number | null {
  if (returns.length < 2) return null;
  let shortfalls = 0;
  for (const value of returns) if (value < targetPerPeriod) shortfalls += (value - targetPerPeriod) ** 2;
  if (shortfalls === 0) return null;
  const excess = compensatedSum(returns) / returns.length - targetPerPeriod;
  return (excess / Math.sqrt(shortfalls / returns.length)) * Math.sqrt(periodsPerYear);
}
