/** The columns of a matrix of figures, a row per trader: where each figure of performance.ts lies. NaN stands for undefined. */
import type { PerformanceName } from "../metrics/performance.ts";

export const FIGURE_COLUMNS = [
  "total_return",
  "cagr",
  "calmar",
  "recovery_factor_sum",
  "annual_volatility",
  "sharpe",
  "sharpe_rf5",
  "sortino",
  "sortino_rf5",
  "omega",
  "omega_required10",
  "autocorrelation_lag1",
  "autocorrelation_penalty",
  "smart_sharpe",
  "smart_sortino",
  "sharpe_autocorrelation_corrected",
  "max_drawdown",
  "average_drawdown",
  "drawdown_episodes",
  "longest_drawdown_days",
  "deepest_drawdown_recovery_days",
  "pain_index",
  "ulcer_index_n",
  "ulcer_index_n_minus_1",
  "var95_historical",
  "var95_parametric",
  "cvar95_worst_k",
  "cvar95_at_or_below_historical_var",
  "cvar95_below_parametric_var",
  "cvar95_exact_tail",
  "skew_population",
  "skew_unbiased",
  "kurtosis_population_excess",
  "kurtosis_unbiased_excess",
  "tail_ratio",
  "win_rate_excluding_zero",
  "win_rate_all_days",
  "profit_factor",
  "payoff_ratio",
  "kelly",
  "gain_to_pain_daily",
  "gain_to_pain_monthly",
  "best_day",
  "worst_day",
  "max_consecutive_wins",
  "max_consecutive_losses",
] as const satisfies readonly PerformanceName[];

/** Column by figure. */
export const COLUMN = Object.fromEntries(FIGURE_COLUMNS.map((name, at) => [name, at])) as Readonly<
  Record<PerformanceName, number>
>;

/** What one row is made in: its figures, and the parameters that all rows share. */
export interface FigureRow {
  /** The returns of one trader, oldest first. */
  readonly returns: Float64Array;
  /** A number per day that tells its month. */
  readonly months: Int32Array;
  readonly periodsPerYear: number;
  /** 5 % and 10 % a year, per period. */
  readonly fivePercent: number;
  readonly tenPercent: number;
  /** As long as the returns. */
  readonly scratch: Float64Array;
  /** As long as the columns. */
  readonly figures: Float64Array;
}

/** NaN where the denominator is zero or the result is not finite. */
export function over(numerator: number, denominator: number): number {
  const value = numerator / denominator;
  return denominator !== 0 && Number.isFinite(value) ? value : Number.NaN;
}
