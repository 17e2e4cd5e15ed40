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
export function riskSharesOf({ covariance }: Market, weights: Float64Array): Float64Array | null {
  const marginal = times(covariance, weights);
  const variance = dot(marginal, weights);
  return variance > 0 ? weights.map((weight, at) => (weight * (marginal[at] as number)) / variance) : null;
}

/** Null where there is no variance. */
export function diversificationOf(market: Market, weights: Float64Array): number | null {
  const deviation = Math.sqrt(varianceOf(market, weights));
  return deviation > 0 ? dot(weights, market.deviations) / deviation : null;
}
