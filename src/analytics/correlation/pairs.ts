/**
 * Correlations of every pair on the days that both have, with Fisher's interval, and drawn towards the mean of all pairs the less certain they are.
 *
 * Source: R. A. Fisher, On the probable error of a coefficient of correlation, 1921: atanh(r) is about normal with variance 1 / (n - 3).
 */
import { pearson } from "../metrics/covariation.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { overlapOf, type ReturnsSeries } from "../returns-table.ts";
import { shrunkByVariance } from "../selection/shrinkage.ts";
import type { Interval } from "../selection/wilson.ts";

export interface Pair {
  /** Places of both in the list of series. */
  readonly one: number;
  readonly other: number;
  /** Days that both have. */
  readonly days: number;
  /** Null below two common days, and where either does not vary on them. */
  readonly correlation: number | null;
  /** 95 %; null below four common days. */
  readonly interval: Interval | null;
}

export function pairsOf(series: readonly ReturnsSeries[]): readonly Pair[] {
  return series.flatMap((left, one) =>
    series.slice(one + 1).map((right, index) => {
      const [x, y] = overlapOf(left, right);
      const correlation = pearson(x, y);
      const interval = correlation === null ? null : fisherInterval(correlation, x.length, 0.95);
      return { one, other: one + 1 + index, days: x.length, correlation, interval };
    }),
  );
}

/** Null below four days; a perfect correlation has no width. */
export function fisherInterval(correlation: number, days: number, confidence: number): Interval | null {
  if (days < 4) return null;
  const half = normalQuantile(0.5 + confidence / 2) / Math.sqrt(days - 3);
  const centre = Math.atanh(correlation);
  return [Math.tanh(centre - half), Math.tanh(centre + half)];
}

/** Beyond it Fisher's transform runs away. */
const NEARLY_ONE = 1 - 1e-12;

/**
 * A whole matrix, row after row: each correlation drawn (as atanh) towards the weighted mean by its uncertainty; a pair without a correlation, or under
 * four common days, has the mean. Without any, all are 0.
 */
export function shrunkCorrelations(pairs: readonly Pair[], count: number): Float64Array {
  const known = pairs.filter(({ correlation, days }) => correlation !== null && days >= 4);
  const transformed = known.map(({ correlation }) =>
    Math.atanh(Math.max(-NEARLY_ONE, Math.min(NEARLY_ONE, correlation ?? 0))),
  );
  const drawn = shrunkByVariance(
    transformed,
    known.map(({ days }) => 1 / (days - 3)),
  );
  const matrix = new Float64Array(count * count).fill(Math.tanh(drawn?.weightedMean ?? 0));
  for (const [index, { one, other }] of known.entries()) {
    const value = Math.tanh(drawn?.values[index] ?? 0);
    matrix[one * count + other] = value;
    matrix[other * count + one] = value;
  }
  for (let at = 0; at < count; at += 1) matrix[at * count + at] = 1;
  return matrix;
}
