/**
 * All figures of one series of daily returns, under the names that reports and files use. Null is undefined: no denominator, or too few
 * days. What each one is stands in definitions.ts.
 */
import { compensatedSum } from "../numeric/sums.ts";
import { geometricCapture, lineAgainst, type Market, meanCapture, trackingOf } from "./against-benchmark.ts";
import { autocorrelation, autocorrelationPenalty } from "./autocorrelation.ts";
import {
  averageDrawdown,
  type Drawdowns,
  deepestRecoveryDays,
  drawdownsOf,
  longestDrawdownDays,
  painIndex,
  ulcerIndex,
} from "./drawdown.ts";
import { gainToPain, monthlySums } from "./gain-to-pain.ts";
import { type Moments, momentsOf, unbiasedExcessKurtosis, unbiasedSkew } from "./moments.ts";
import { omegaRatio } from "./omega.ts";
import { annualVolatility, autocorrelationCorrectedSharpe, ratePerPeriod, sharpeRatio } from "./sharpe.ts";
import { sortinoRatio } from "./sortino.ts";
import {
  exactShortfall,
  historicalValueAtRisk,
  parametricValueAtRisk,
  shortfallAtOrBelow,
  shortfallBelowParametric,
  shortfallOfWorst,
  tailRatio,
} from "./tail-risk.ts";
import { annualReturn, calmarRatio, recoveryFactor, totalReturn } from "./total-return.ts";
import {
  kellyFraction,
  longestLosingRun,
  longestWinningRun,
  payoffRatio,
  profitFactor,
  winningDaysOf,
  winRateAllDays,
  winRateExcludingZero,
} from "./winning-days.ts";

export interface SeriesInput {
  /** Simple returns, one a day, oldest first; finite. */
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
  /** Any number per day that tells its calendar month from its neighbours'. */
  readonly months: ArrayLike<number>;
}

export type Figures = Readonly<Record<string, number | null>>;

/** Lags that the corrected Sharpe ratio looks at: a week. */
const CORRECTED_LAGS = 7;

export function performanceOf(input: SeriesInput) {
  const { returns, periodsPerYear } = input;
  const moments = momentsOf(returns);
  const drawdowns = drawdownsOf(returns);
  return {
    ...gainFigures(input, drawdowns),
    ...ratioFigures(returns, periodsPerYear, moments),
    ...drawdownFigures(drawdowns),
    ...tailFigures(returns, moments),
    ...dayFigures(input),
  } satisfies Figures;
}

/** The names of performanceOf. */
export type PerformanceName = keyof ReturnType<typeof performanceOf>;

function gainFigures({ returns, periodsPerYear }: SeriesInput, drawdowns: Drawdowns) {
  const total = totalReturn(returns);
  const annual = annualReturn(total, returns.length, periodsPerYear);
  return {
    total_return: total,
    cagr: annual,
    calmar: calmarRatio(annual, drawdowns),
    recovery_factor_sum: recoveryFactor(compensatedSum(returns), drawdowns),
  };
}

function ratioFigures(returns: Float64Array, periodsPerYear: number, moments: Moments) {
  const fivePercent = ratePerPeriod(0.05, periodsPerYear);
  const tenPercent = ratePerPeriod(0.1, periodsPerYear);
  const sharpe = sharpeRatio(moments, periodsPerYear);
  const sortino = sortinoRatio(returns, periodsPerYear);
  const rho = autocorrelation(returns);
  const penalty = autocorrelationPenalty(rho, returns.length);
  return {
    annual_volatility: annualVolatility(moments, periodsPerYear),
    sharpe,
    sharpe_rf5: sharpeRatio(moments, periodsPerYear, fivePercent),
    sortino,
    sortino_rf5: sortinoRatio(returns, periodsPerYear, fivePercent),
    omega: omegaRatio(returns),
    omega_required10: omegaRatio(returns, tenPercent),
    autocorrelation_lag1: rho,
    autocorrelation_penalty: penalty,
    smart_sharpe: divided(sharpe, penalty),
    smart_sortino: divided(sortino, penalty),
    sharpe_autocorrelation_corrected: correctedSharpe(returns, moments, periodsPerYear),
  };
}

function correctedSharpe(returns: Float64Array, moments: Moments, periodsPerYear: number): number | null {
  const lags = Array.from({ length: CORRECTED_LAGS }, (_, index) => autocorrelation(returns, index + 1));
  const known = lags.filter((rho) => rho !== null);
  if (known.length < CORRECTED_LAGS) return null;
  return autocorrelationCorrectedSharpe(sharpeRatio(moments, 1), known, periodsPerYear);
}

function divided(value: number | null, by: number | null): number | null {
  return value === null || by === null ? null : value / by;
}

function drawdownFigures(drawdowns: Drawdowns) {
  return {
    max_drawdown: drawdowns.curve.length === 0 ? null : drawdowns.deepest,
    average_drawdown: averageDrawdown(drawdowns),
    drawdown_episodes: drawdowns.episodes.length,
    longest_drawdown_days: longestDrawdownDays(drawdowns),
    deepest_drawdown_recovery_days: deepestRecoveryDays(drawdowns),
    pain_index: painIndex(drawdowns),
    ulcer_index_n: ulcerIndex(drawdowns, "n"),
    ulcer_index_n_minus_1: ulcerIndex(drawdowns, "n-1"),
  };
}

function tailFigures(returns: Float64Array, moments: Moments) {
  const historical = historicalValueAtRisk(returns);
  const parametric = parametricValueAtRisk(moments);
  return {
    var95_historical: historical,
    var95_parametric: parametric,
    cvar95_worst_k: shortfallOfWorst(returns),
    cvar95_at_or_below_historical_var: shortfallAtOrBelow(returns, historical),
    cvar95_below_parametric_var: shortfallBelowParametric(returns, parametric),
    cvar95_exact_tail: exactShortfall(returns),
    skew_population: moments.skew,
    skew_unbiased: unbiasedSkew(moments),
    kurtosis_population_excess: moments.excessKurtosis,
    kurtosis_unbiased_excess: unbiasedExcessKurtosis(moments),
    tail_ratio: tailRatio(returns),
  };
}

function dayFigures({ returns, months }: SeriesInput) {
  const days = winningDaysOf(returns);
  const none = returns.length === 0;
  return {
    win_rate_excluding_zero: winRateExcludingZero(days),
    win_rate_all_days: winRateAllDays(days),
    profit_factor: profitFactor(days),
    payoff_ratio: payoffRatio(days),
    kelly: kellyFraction(days),
    gain_to_pain_daily: gainToPain(returns),
    gain_to_pain_monthly: gainToPain(monthlySums(returns, months)),
    best_day: none ? null : returns.reduce((best, value) => Math.max(best, value)),
    worst_day: none ? null : returns.reduce((worst, value) => Math.min(worst, value)),
    max_consecutive_wins: longestWinningRun(returns),
    max_consecutive_losses: longestLosingRun(returns),
  };
}

/** Figures of a series against a benchmark of the same days. Throws a RangeError where the lengths differ. */
export function benchmarkFiguresOf(returns: Float64Array, benchmark: Float64Array, periodsPerYear: number) {
  const line = lineAgainst(returns, benchmark);
  const { errorAnnual, informationRatio } = trackingOf(returns, benchmark, periodsPerYear);
  const capture = (market: Market, periods: number) => geometricCapture(returns, benchmark, market, periods);
  return {
    beta: line?.beta ?? null,
    alpha_simple_annual: line === null ? null : line.alpha * periodsPerYear,
    alpha_compounded_annual: line === null ? null : compounded(line.alpha, periodsPerYear),
    r_squared: line?.rSquared ?? null,
    tracking_error_annual: errorAnnual,
    information_ratio_daily: informationRatio,
    information_ratio_annual: informationRatio === null ? null : informationRatio * Math.sqrt(periodsPerYear),
    up_capture_365: capture("up", 365),
    down_capture_365: capture("down", 365),
    up_capture_252: capture("up", 252),
    down_capture_252: capture("down", 252),
    up_capture_mean_ratio: meanCapture(returns, benchmark, "up"),
    down_capture_mean_ratio: meanCapture(returns, benchmark, "down"),
  } satisfies Figures;
}

/** The names of benchmarkFiguresOf. */
export type BenchmarkName = keyof ReturnType<typeof benchmarkFiguresOf>;

/** Null below -100 % a period. */
function compounded(perPeriod: number, periodsPerYear: number): number | null {
  return perPeriod < -1 ? null : Math.expm1(Math.log1p(perPeriod) * periodsPerYear);
}
