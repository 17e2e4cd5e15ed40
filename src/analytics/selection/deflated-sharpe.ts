/**
 * The best of many traders looks good by luck alone. The deflated Sharpe ratio (DSR) is the probability that the true ratio is above the
 * largest that so many trials without skill would show.
 *
 * Source: D. H. Bailey and M. Lopez de Prado, The Deflated Sharpe Ratio, 2014.
 */
import { momentsOf } from "../metrics/moments.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";
import type { SharpeStatistics } from "./sharpe-statistics.ts";

const EULER_MASCHERONI = 0.577_215_664_901_532_9;

/** Expected largest of `trials` independent standard normals (an approximation, good from 5 on); 0 for one trial. */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0;
  const first = normalQuantile(1 - 1 / trials);
  const second = normalQuantile(1 - 1 / (trials * Math.E));
  return (1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second;
}

/** How many independent trials `trials` are that correlate by `averageCorrelation`: floor(p + (1 - p) M) + 1. */
export function independentTrials(trials: number, averageCorrelation: number): number {
  return Math.floor(averageCorrelation + (1 - averageCorrelation) * trials) + 1;
}

/** The ratio that the best of `trials` would show without skill, per day; null below two ratios. */
export function expectedMaximumSharpe(sharpesPerDay: readonly number[], trials: number): number | null {
  const { deviation } = momentsOf(sharpesPerDay);
  return deviation === null ? null : deviation * expectedMaximum(trials);
}

export function deflatedSharpe(statistics: SharpeStatistics, expectedMaximumPerDay: number): number | null {
  return probabilisticSharpe(statistics, expectedMaximumPerDay).probability;
}
