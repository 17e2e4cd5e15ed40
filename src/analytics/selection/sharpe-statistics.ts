/**
 * The Sharpe ratio of a track record per day, and how uncertain it is: moments are those of the population and kurtosis is the full one
 * (3 for a normal). A record with fat tails or losses in the tail is less certain than its length says.
 *
 * Source: D. H. Bailey and M. Lopez de Prado, The Sharpe Ratio Efficient Frontier, 2012; Mertens 2002.
 */
import { momentsOf } from "../metrics/moments.ts";

export interface SharpeStatistics {
  readonly n: number;
  readonly sharpePerDay: number;
  readonly skew: number;
  readonly kurtosis: number;
  /** Of the per-day ratio; above zero. */
  readonly standardError: number;
}

/** Null below two returns and without variance, as there is no ratio then, and where no uncertainty of it can be told. */
export function sharpeStatistics(returns: Float64Array): SharpeStatistics | null {
  const { n, mean, deviation, skew, excessKurtosis } = momentsOf(returns);
  if (mean === null || deviation === null || skew === null || excessKurtosis === null) return null;
  const sharpePerDay = mean / deviation;
  const kurtosis = excessKurtosis + 3;
  const spread = spreadOf({ sharpePerDay, skew, kurtosis });
  const standardError = Math.sqrt(spread / (n - 1));
  return standardError === 0 ? null : { n, sharpePerDay, skew, kurtosis, standardError };
}

/** n - 1 times the sampling variance; never negative, as kurtosis is at least 1 + skew squared. */
export function spreadOf({
  sharpePerDay,
  skew,
  kurtosis,
}: Pick<SharpeStatistics, "sharpePerDay" | "skew" | "kurtosis">): number {
  return Math.max(0, 1 - skew * sharpePerDay + ((kurtosis - 1) / 4) * sharpePerDay ** 2);
}
