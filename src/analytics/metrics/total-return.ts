/**
 * What one unit of capital gained over the whole series, and the same per year. Fractions: 0.2 is 20 %.
 *
 * Total return: product of (1 + r) minus 1. Annual return (CAGR): (1 + total)^(periods per year / n) - 1. A day of -100 % or below is
 * ruin: the capital is gone, and what follows earns on nothing. Null for no returns.
 */
import type { Drawdowns } from "./drawdown.ts";

export function totalReturn(returns: Float64Array): number | null {
  if (returns.length === 0) return null;
  let logarithm = 0;
  for (const value of returns) {
    if (value <= -1) return -1;
    logarithm += Math.log1p(value);
  }
  return Math.expm1(logarithm);
}

export function annualReturn(total: number | null, n: number, periodsPerYear: number): number | null {
  if (total === null) return null;
  const growth = (1 + total) ** (periodsPerYear / n);
  return Number.isFinite(growth) ? growth - 1 : null;
}

/** Calmar ratio: annual return over the size of the deepest draw-down, over the whole series. Null without a draw-down. */
export function calmarRatio(annual: number | null, { deepest }: Drawdowns): number | null {
  return annual === null || deepest === 0 ? null : annual / Math.abs(deepest);
}

/** Recovery factor as quantstats has it: size of the plain sum of returns over the deepest draw-down. Null without one. */
export function recoveryFactor(sumOfReturns: number, { deepest }: Drawdowns): number | null {
  return deepest === 0 ? null : Math.abs(sumOfReturns) / Math.abs(deepest);
}
