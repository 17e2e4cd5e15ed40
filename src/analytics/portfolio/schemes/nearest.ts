/**
 * The weights within limits that are nearest to given ones. Without costs by the sum of squared differences. With costs a difference is worth what its
 * variance is worth, `aversion / 2 x variance`, and is traded only where that exceeds what trading costs: the aim portfolio of N. Garleanu and
 * L. H. Pedersen, Dynamic Trading with Predictable Returns and Transaction Costs, JF 68 (2013), seen for one step.
 */
import type { Market } from "../market.ts";
import { times } from "../solver/region.ts";
import { solvedWeights } from "./quadratic-weights.ts";
import type { Attempt, Task } from "./scheme.ts";

export function nearestWithin({ market, limits }: Task, aim: Float64Array): Attempt {
  return solvedWeights({
    limits,
    quadratic: identity(market.count),
    linear: aim.map((value) => -value),
    tradeCost: 0,
    near: aim,
  });
}

export interface TradeTerms {
  readonly riskAversion: number;
  /** Per unit traded and row. */
  readonly tradeCost: number;
}

export function worthTrading(
  { market, limits }: Task,
  aim: Float64Array,
  { riskAversion, tradeCost }: TradeTerms,
): Attempt {
  const quadratic = market.covariance.map((value) => riskAversion * value);
  return solvedWeights({
    limits,
    quadratic,
    linear: times(quadratic, aim).map((value) => -value),
    tradeCost,
    near: aim,
  });
}

/** What `worthTrading` minimises, per row. */
export function trackingLoss(
  { covariance }: Market,
  difference: Float64Array,
  { riskAversion, tradeCost }: TradeTerms,
  turnover: number,
): number {
  const square = times(covariance, difference).reduce(
    (sum, value, at) => sum + value * (difference[at] as number),
    0,
  );
  return (riskAversion / 2) * square + tradeCost * turnover;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
}
