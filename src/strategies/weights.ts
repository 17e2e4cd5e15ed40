/** How the equity is parted among those who are chosen. */
import { cappedParts, type ProvenCandidate } from "./common.ts";
import type { Candidate } from "./strategy.ts";

export const WEIGHT_SCHEMES = ["equal_weight", "inverse_volatility"] as const;
export type WeightScheme = (typeof WEIGHT_SCHEMES)[number];

/** Shares of equity in the order of the chosen, none above `most`. */
export function partsOf(
  chosen: readonly ProvenCandidate[],
  scheme: WeightScheme,
  most: number,
): readonly number[] {
  const sizes = chosen.map(({ candidate }) => (scheme === "equal_weight" ? 1 : 1 / volatilityOf(candidate)));
  return cappedParts(sizes, most);
}

/** A year; of those who passed the basic tests, who all have one. */
export function volatilityOf({ figures }: Candidate): number {
  return figures.annual_volatility ?? Number.POSITIVE_INFINITY;
}
