/**
 * Correlations of pairs drawn towards what all pairs have in common, each with what is left of its uncertainty: the posterior of the
 * normal model in which atanh of the true correlations scatters round their weighted mean. A pair alone is drawn to nothing.
 *
 * Sources: as in pairs.ts, and DerSimonian and Laird 1986 for the scatter.
 */
import { normalQuantile } from "../numeric/normal.ts";
import type { ReturnsSeries } from "../returns-table.ts";
import { shrunkByVariance } from "../selection/shrinkage.ts";
import type { Interval } from "../selection/wilson.ts";
import { type Pair, pairsOf } from "./pairs.ts";

export interface ShrunkPair extends Pair {
  /** Null below `daysMin` common days, and where either does not vary on them. */
  readonly shrunk: { readonly value: number; readonly interval: Interval } | null;
}

/** Beyond it Fisher's transform runs away. */
const NEARLY_ONE = 1 - 1e-12;
/** Days that go before the variance of Fisher's transform is known. */
const LOST_DAYS = 3;

export interface ShrunkPairOptions {
  /** At least 4. */
  readonly daysMin: number;
  /** Two-sided, for example 0.95. */
  readonly confidence: number;
}

/** In the order of the series: the first with each after it, and so on. */
export function shrunkPairs(
  series: readonly ReturnsSeries[],
  { daysMin, confidence }: ShrunkPairOptions,
): readonly ShrunkPair[] {
  const pairs = pairsOf(series);
  const known = pairs.filter(({ correlation, days }) => correlation !== null && days >= daysMin);
  const variances = known.map(({ days }) => 1 / (days - LOST_DAYS));
  const drawn = shrunkByVariance(
    known.map(({ correlation }) => Math.atanh(Math.max(-NEARLY_ONE, Math.min(NEARLY_ONE, correlation ?? 0)))),
    variances,
  );
  const half = normalQuantile(0.5 + confidence / 2);
  // Of so few pairs nobody knows how much they differ.
  const isAlone = known.length < 3;
  const places = new Map(known.map((pair, at) => [pair, at]));
  const weight = sum(variances.map((one) => 1 / one));
  return pairs.map((pair) => {
    const at = places.get(pair) ?? -1;
    const variance = variances[at];
    if (drawn === null || variance === undefined) return { ...pair, shrunk: null };
    const share = isAlone ? 0 : (drawn.shrinkage[at] ?? 0);
    const raw = Math.atanh(Math.max(-NEARLY_ONE, Math.min(NEARLY_ONE, pair.correlation ?? 0)));
    const centre = raw + share * (drawn.weightedMean - raw);
    const error = Math.sqrt(variance * (1 - share) + (share * share) / weight);
    const interval = [Math.tanh(centre - half * error), Math.tanh(centre + half * error)] as const;
    return { ...pair, shrunk: { value: Math.tanh(centre), interval } };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
