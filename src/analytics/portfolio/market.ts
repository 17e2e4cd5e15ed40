/** What the schemes know of the names: their returns, and what follows from them. */
import { exactShortfall } from "../metrics/tail-risk.ts";
import { compensatedSum } from "../numeric/sums.ts";
import { covariancesOf } from "./covariances.ts";
import type { WeightsRequest } from "./request.ts";
import { dot, times } from "./solver/region.ts";

const DAYS_OF_A_YEAR = 365;

export interface Market {
  readonly names: readonly string[];
  readonly count: number;
  readonly rows: number;
  readonly returns: readonly Float64Array[];
  readonly means: Float64Array;
  readonly covariance: Float64Array;
  readonly deviations: Float64Array;
  readonly shrinkage: number | null;
  readonly periodsPerYear: number;
}

export function marketOf({ names, returns, covariance, periodsPerYear }: WeightsRequest): Market {
  const { matrix, shrinkage } = covariancesOf(covariance, returns);
  const count = names.length;
  return {
    names,
    count,
    rows: returns[0]?.length ?? 0,
    returns,
    means: Float64Array.from(returns, (one) => compensatedSum(one) / one.length),
    covariance: matrix,
    deviations: Float64Array.from({ length: count }, (_, at) =>
      Math.sqrt(matrix[at * (count + 1)] as number),
    ),
    shrinkage,
    periodsPerYear: periodsPerYear ?? DAYS_OF_A_YEAR,
  };
}

export function varianceOf({ covariance }: Market, weights: Float64Array): number {
  return dot(times(covariance, weights), weights);
}

/** Deviations add up where no name makes up for another; what is left of that below this share is rounding. */
const NO_DEVIATION = 1e-6;

/** Whether a deviation of these weights is one, and not what rounding leaves where names cancel each other. */
export function isDeviation({ deviations }: Market, weights: Float64Array, deviation: number): boolean {
  return deviation > NO_DEVIATION * dot(weights, deviations);
}

/** By the covariance: 0 where names cancel each other entirely. */
export function deviationOf(market: Market, weights: Float64Array): number {
  const deviation = Math.sqrt(Math.max(0, varianceOf(market, weights)));
  return isDeviation(market, weights, deviation) ? deviation : 0;
}

/** Of each row, rebalanced before it. */
export function portfolioReturns({ returns, rows }: Market, weights: Float64Array): Float64Array {
  const sums = new Float64Array(rows);
  for (const [at, one] of returns.entries()) {
    const weight = weights[at] as number;
    for (let row = 0; row < rows; row += 1) sums[row] = (sums[row] as number) + weight * (one[row] as number);
  }
  return sums;
}

/** Mean of exactly the worst 5 % of probability mass, as a loss. */
export function cvarLossOf(market: Market, weights: Float64Array): number {
  return -(exactShortfall(portfolioReturns(market, weights)) ?? Number.NaN);
}

/** Null where there is no variance. */
export function riskSharesOf(market: Market, weights: Float64Array): Float64Array | null {
  if (deviationOf(market, weights) === 0) return null;
  const marginal = times(market.covariance, weights);
  const variance = dot(marginal, weights);
  return weights.map((weight, at) => (weight * (marginal[at] as number)) / variance);
}

/** Null where there is no variance. */
export function diversificationOf(market: Market, weights: Float64Array): number | null {
  const deviation = deviationOf(market, weights);
  return deviation > 0 ? dot(weights, market.deviations) / deviation : null;
}
