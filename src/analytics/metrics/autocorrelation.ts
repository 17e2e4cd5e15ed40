/**
 * How much a day tells about the next: correlation of a series with itself some days later, and what is made of it. Smoothed or marked
 * returns have a positive one and look calmer than they are.
 */
import { pearson } from "./covariation.ts";

/** Pearson correlation of the series with itself `lag` later; null where either part does not vary. */
export function autocorrelation(returns: Float64Array, lag = 1): number | null {
  if (returns.length - lag < 2) return null;
  return pearson(returns.subarray(0, returns.length - lag), returns.subarray(lag));
}

/**
 * Penalty of the "smart" ratios: sqrt(1 + 2 sum over k of (n - k)/n |rho|^k) with the first autocorrelation, at least 1. The size of
 * rho is taken, so that it never raises a ratio (quantstats, after Opdyke 2007). Null where rho is unknown.
 */
export function autocorrelationPenalty(rho: number | null, n: number): number | null {
  if (n === 1) return 1;
  if (rho === null) return null;
  const size = Math.abs(rho);
  let sum = 0;
  let power = 1;
  for (let k = 1; k < n && power > 0; k += 1) {
    power *= size;
    sum += ((n - k) / n) * power;
  }
  return Math.sqrt(1 + 2 * sum);
}
