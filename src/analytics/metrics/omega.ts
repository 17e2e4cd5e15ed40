/**
 * Omega ratio: what lies above a threshold per period over what lies below it; 1 is balanced. At threshold 0 it is the profit factor of
 * daily returns. Null where nothing lies below.
 *
 * Source: C. Keating and W. F. Shadwick, A Universal Performance Measure, 2002.
 */
import { quotient } from "../numeric/sums.ts";

export function omegaRatio(returns: Float64Array, thresholdPerPeriod = 0): number | null {
  if (returns.length < 2) return null;
  let above = 0;
  let below = 0;
  for (const value of returns) {
    const excess = value - thresholdPerPeriod;
    if (excess > 0) above += excess;
    else below -= excess;
  }
  return quotient(above, below);
}
