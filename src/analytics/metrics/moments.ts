/**
 * Mean, deviation, skew and kurtosis of a series. Values that are all the same have a deviation of exactly zero, and then
 * neither skew nor kurtosis.
 *
 * Source: population moments as in scipy; bias-corrected G1 and G2 of Joanes and Gill, The Statistician 47 (1998).
 */
import { compensatedSum } from "../numeric/sums.ts";

export interface Moments {
  readonly n: number;
  /** Null without values. */
  readonly mean: number | null;
  /** Sample deviation, divided by n - 1; null below two values. */
  readonly deviation: number | null;
  /** Population skew; null without variance. */
  readonly skew: number | null;
  /** Population kurtosis in excess of the normal's 3; null without variance. */
  readonly excessKurtosis: number | null;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const n = values.length;
  if (n === 0) return { n, mean: null, deviation: null, skew: null, excessKurtosis: null };
  const mean = compensatedSum(values) / n;
  if (allEqual(values)) return { n, mean, deviation: n < 2 ? null : 0, skew: null, excessKurtosis: null };
  const { second, third, fourth } = centralSums(values, mean);
  const variance = second / n;
  return {
    n,
    mean,
    deviation: Math.sqrt(second / (n - 1)),
    skew: third / n / variance ** 1.5,
    excessKurtosis: fourth / n / variance ** 2 - 3,
  };
}

/** Bias-corrected skew (G1); null below three values or without variance. */
export function unbiasedSkew({ n, skew }: Moments): number | null {
  return skew === null || n < 3 ? null : (skew * Math.sqrt(n * (n - 1))) / (n - 2);
}

/** Bias-corrected excess kurtosis (G2); null below four values or without variance. */
export function unbiasedExcessKurtosis({ n, excessKurtosis }: Moments): number | null {
  if (excessKurtosis === null || n < 4) return null;
  return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * excessKurtosis + 6);
}

function allEqual(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index += 1) if (values[index] !== values[0]) return false;
  return true;
}

/** Sums of the powers of the differences from the mean; the second without the error that the mean's rounding leaves. */
function centralSums(values: ArrayLike<number>, mean: number) {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let index = 0; index < values.length; index += 1) {
    const difference = (values[index] ?? 0) - mean;
    const square = difference * difference;
    first += difference;
    second += square;
    third += square * difference;
    fourth += square * square;
  }
  return { second: second - (first * first) / values.length, third, fourth };
}
