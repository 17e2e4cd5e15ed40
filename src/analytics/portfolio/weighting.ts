/** From raw weights to what is told of them. */

import { momentsOf } from "../metrics/moments.ts";
import { type Limits, turnoverOf } from "./limits.ts";
import {
  cvarLossOf,
  deviationOf,
  diversificationOf,
  isDeviation,
  type Market,
  portfolioReturns,
  riskSharesOf,
  varianceOf,
} from "./market.ts";
import type { PortfolioFigures, Weighting } from "./request.ts";
import type { Scheme } from "./scheme-of.ts";
import { dot } from "./solver/region.ts";

/** Solvers are off by their rounding: what is next to a bound goes onto it, and the rest takes what that leaves. */
const NEXT_TO = 1e-10;

export function settled(weights: Float64Array, { least, most, money }: Limits): Float64Array {
  const onto = weights.map((weight, at) => {
    const [low, high] = [least[at] as number, most[at] as number];
    if (weight - low < NEXT_TO) return low;
    return high - weight < NEXT_TO ? high : weight;
  });
  const missing = 1 - onto.reduce((sum, weight) => sum + weight, 0);
  if (money === "at-most-all" && missing > 0) return onto;
  const roomiest = onto.reduce((best, weight, at) => {
    const room = Math.min(weight - (least[at] as number), (most[at] as number) - weight);
    const bestRoom = Math.min(
      (onto[best] as number) - (least[best] as number),
      (most[best] as number) - (onto[best] as number),
    );
    return room > bestRoom ? at : best;
  }, 0);
  return onto.map((weight, at) => (at === roomiest ? weight + missing : weight));
}

export function weightingOf(
  weights: Float64Array,
  { market, limits, scheme }: { readonly market: Market; readonly limits: Limits; readonly scheme: Scheme },
): Weighting {
  const turnover = turnoverOf(limits, weights);
  const shares = riskSharesOf(market, weights);
  const objective = scheme.objective(weights, turnover ?? 0);
  return {
    weights: [...weights],
    riskContributions: shares === null ? [...weights].map(() => null) : [...shares],
    objective: Number.isFinite(objective) ? objective : null,
    figures: figuresOf(market, weights),
    cash: limits.money === "all" ? 0 : 1 - weights.reduce((sum, weight) => sum + weight, 0),
    turnover,
  };
}

function figuresOf(market: Market, weights: Float64Array): PortfolioFigures {
  const { periodsPerYear, means } = market;
  const variance = deviationOf(market, weights) === 0 ? 0 : varianceOf(market, weights);
  const mean = dot(means, weights);
  const deviation = momentsOf(portfolioReturns(market, weights)).deviation ?? 0;
  return {
    variance,
    annualVolatility: Math.sqrt(variance * periodsPerYear),
    annualMeanReturn: mean * periodsPerYear,
    annualSharpe: isDeviation(market, weights, deviation)
      ? (mean / deviation) * Math.sqrt(periodsPerYear)
      : null,
    cvar95Loss: cvarLossOf(market, weights),
    diversificationRatio: diversificationOf(market, weights),
    effectiveNames: 1 / weights.reduce((sum, weight) => sum + weight * weight, 0),
  };
}
