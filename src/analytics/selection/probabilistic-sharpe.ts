/**
 * How sure it is that the true Sharpe ratio is above a benchmark (PSR), and how long a record would have to be for it.
 *
 * Source: D. H. Bailey and M. Lopez de Prado, The Sharpe Ratio Efficient Frontier, 2012, eq. 9 and 11.
 */
import { normalCdf, normalQuantile } from "../numeric/normal.ts";
import { type SharpeStatistics, spreadOf } from "./sharpe-statistics.ts";

export interface ProbabilisticSharpe {
  /** Distance to the benchmark in standard errors; null without uncertainty. */
  readonly z: number | null;
  /** Probability that the true ratio is above the benchmark. */
  readonly probability: number | null;
}

export function probabilisticSharpe(
  { sharpePerDay, standardError }: SharpeStatistics,
  benchmarkPerDay: number,
): ProbabilisticSharpe {
  if (standardError === 0) return { z: null, probability: null };
  const z = (sharpePerDay - benchmarkPerDay) / standardError;
  return { z, probability: normalCdf(z) };
}

/**
 * Days of record at which `confidence` would be reached, were it to go on like this. The gap to the benchmark is squared: at or below the
 * benchmark the number has no meaning. Null where there is no gap.
 */
export function minimumTrackRecord(
  statistics: SharpeStatistics,
  benchmarkPerDay: number,
  confidence: number,
): number | null {
  const gap = statistics.sharpePerDay - benchmarkPerDay;
  if (gap === 0) return null;
  return 1 + spreadOf(statistics) * (normalQuantile(confidence) / gap) ** 2;
}
