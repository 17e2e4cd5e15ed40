/** How the equity is parted among those who are chosen: by the schemes of portfolio construction, on the days that are known of all. */
import { DEFAULT_SCHEME, METHODS, type Method } from "../analytics/portfolio/request.ts";
import { weightsOf } from "../analytics/portfolio/weights-of.ts";
import { cappedParts, type ProvenCandidate } from "./common.ts";
import type { Candidate } from "./strategy.ts";

export const WEIGHT_SCHEMES = METHODS;
export type WeightScheme = Method;
export const DEFAULT_WEIGHTS: WeightScheme = DEFAULT_SCHEME.method;

export interface Parted {
  /** Shares of equity in the order of the chosen, none above the largest that was asked for. */
  readonly parts: readonly number[];
  /** Why they are not by the scheme that was asked for; empty where they are. */
  readonly notes: readonly string[];
}

/** So many days of all together make covariances worth something. */
const DAYS_MIN = 30;

export function partsOf(chosen: readonly ProvenCandidate[], scheme: WeightScheme, most: number): Parted {
  // All have to be parted, and equal parts or less each are all that may be: there is nothing to choose. Kelly may leave money over.
  const isFull = chosen.length * most <= 1 && scheme !== "fractional_kelly";
  if (scheme === "equal_weight" || isFull)
    return {
      parts: cappedParts(
        chosen.map(() => 1),
        most,
      ),
      notes: [],
    };
  if (scheme === "inverse_volatility") return byVolatility(chosen, most, []);
  const returns = commonReturns(chosen);
  const days = returns[0]?.length ?? 0;
  if (days < DAYS_MIN)
    return byVolatility(chosen, most, [
      `weights by inverse_volatility in place of ${scheme}: only ${days} days are known of all who are chosen, ${DAYS_MIN} are needed`,
    ]);
  const found = weightsOf({
    names: chosen.map(({ candidate }) => candidate.trader),
    returns,
    method: scheme,
    covariance: DEFAULT_SCHEME.covariance,
    constraints: { bounds: { least: 0, most } },
  });
  if (!found.ok)
    return byVolatility(chosen, most, [
      `weights by inverse_volatility in place of ${scheme}: ${found.problem.message}`,
    ]);
  return { parts: found.weights.map((weight) => Math.max(0, Math.min(most, weight))), notes: [] };
}

function byVolatility(chosen: readonly ProvenCandidate[], most: number, notes: readonly string[]): Parted {
  const sizes = chosen.map(({ candidate }) => 1 / volatilityOf(candidate));
  return { parts: cappedParts(sizes, most), notes };
}

/** Of the days on which something is known of each. */
function commonReturns(chosen: readonly ProvenCandidate[]): readonly Float64Array[] {
  const all = chosen.map(({ candidate }) => candidate.returns);
  const days = Array.from({ length: all[0]?.length ?? 0 }, (_, day) => day).filter((day) =>
    all.every((returns) => !Number.isNaN(returns[day])),
  );
  return all.map((returns) => Float64Array.from(days, (day) => returns[day] as number));
}

/** A year; of those who passed the basic tests, who all have one. */
export function volatilityOf({ figures }: Candidate): number {
  return figures.annual_volatility ?? Number.POSITIVE_INFINITY;
}
