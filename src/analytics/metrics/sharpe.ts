/**
 * Volatility and the ratios of return to it, per year. Null where the deviation is zero or unknown.
 *
 * Volatility: sample deviation (n - 1) x sqrt(periods per year). Sharpe: mean excess return / deviation x sqrt(periods per year),
 * arithmetic (W. F. Sharpe, The Sharpe Ratio, 1994). The annual risk-free rate becomes (1 + rate)^(1 / periods per year) - 1 a period.
 */
import type { Moments } from "./moments.ts";

export function annualVolatility({ deviation }: Moments, periodsPerYear: number): number | null {
  return deviation === null ? null : deviation * Math.sqrt(periodsPerYear);
}

export function sharpeRatio(
  { mean, deviation }: Moments,
  periodsPerYear: number,
  riskFreePerPeriod = 0,
): number | null {
  if (mean === null || deviation === null || deviation === 0) return null;
  return ((mean - riskFreePerPeriod) / deviation) * Math.sqrt(periodsPerYear);
}

/** The rate of one period that compounds to `annualRate` in a year. */
export function ratePerPeriod(annualRate: number, periodsPerYear: number): number {
  return Math.expm1(Math.log1p(annualRate) / periodsPerYear);
}

/**
 * Sharpe ratio of returns that are serially correlated: per-period ratio x q / sqrt(q + 2 sum (q - k) rho_k) with q periods a year
 * and the autocorrelations of the first `lags` lags. A. W. Lo, The Statistics of Sharpe Ratios, FAJ 58 (2002), eq. 20. Null
 * where the correlations leave no positive variance.
 */
export function autocorrelationCorrectedSharpe(
  perPeriod: number | null,
  autocorrelations: readonly number[],
  periodsPerYear: number,
): number | null {
  if (perPeriod === null) return null;
  const q = periodsPerYear;
  let variance = q;
  for (const [index, rho] of autocorrelations.entries()) variance += 2 * (q - index - 1) * rho;
  return variance > 0 ? (perPeriod * q) / Math.sqrt(variance) : null;
}
