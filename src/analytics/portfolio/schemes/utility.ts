/**
 * Mean return less a price of variance, `m'w - aversion / 2 w'Sw`, with what trading costs inside: mean-variance (H. Markowitz, 1952) by a stated aversion,
 * and fractional Kelly, whose aversion is 1 / fraction and which may leave money aside (L. C. MacLean, E. O. Thorp and W. T. Ziemba, Good and bad properties
 * of the Kelly criterion, 2010). Means are shrunk: raw ones make both bet on their errors.
 */
import type { Market } from "../market.ts";
import { dot, times } from "../solver/region.ts";
import { equalWeights } from "./equal-weight.ts";
import { solvedWeights } from "./quadratic-weights.ts";
import type { Attempt, Task } from "./scheme.ts";

export interface Utility {
  readonly means: Float64Array;
  readonly riskAversion: number;
  /** Per unit traded and row. */
  readonly tradeCost: number;
}

export function maximumUtility(
  { market, limits }: Task,
  { means, riskAversion, tradeCost }: Utility,
): Attempt {
  return solvedWeights({
    limits,
    quadratic: market.covariance.map((value) => riskAversion * value),
    linear: means.map((mean) => -mean),
    tradeCost,
    near: equalWeights(market.count),
  });
}

/** Per row. */
export function utilityOf(
  { covariance }: Market,
  weights: Float64Array,
  { means, riskAversion, tradeCost }: Utility,
  turnover: number,
): number {
  const variance = dot(times(covariance, weights), weights);
  return dot(means, weights) - (riskAversion / 2) * variance - tradeCost * turnover;
}
