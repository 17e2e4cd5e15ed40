/**
 * What a search tries of each option where nobody says otherwise: values that somebody might choose, from careful to bold. `position_scaling` is left
 * out: more of the same is no better, it is a choice of how much to risk.
 */
import type { StrategyKind } from "./kind.ts";
import type { OptionValue } from "./options.ts";

export interface SearchedOption {
  readonly option: string;
  /** At least one, each once. */
  readonly values: readonly OptionValue[];
}

const VALUES: Readonly<Record<string, readonly OptionValue[]>> = {
  auto_rebalancing: [true, false],
  correlation_limit: [0.3, 0.5, 0.7, 0.9, null],
  diversity_requirement: [true, false],
  dynamic_position_sizing: [true, false],
  fixed_share: [0, 0.005, 0.02, 0.1],
  largest_day: [0.02, 0.05, 0.1, 0.2],
  max_drawdown: [0.1, 0.2, 0.35, null],
  max_portfolio_risk: [0.15, 0.3, 0.6, null],
  max_trader_risk: [0.05, 0.1, 0.2, null],
  max_traders: [3, 5, 10, 20],
  max_weight: [0.2, 0.35, 0.5, 1],
  min_days: [20, 30, 60, 90],
  min_performance: [null, 0, 0.15, 0.5],
  min_trades: [null, 30, 100],
  min_weight: [0, 0.02, 0.05],
  performance_threshold: [null, 0, 0.15, 0.5],
  rebalancing_frequency: [24, 72, 168],
  risk_budgeting: [true, false],
  risk_threshold: [0.2, 0.4, 0.8, null],
  // Styles are not told anew for each moment of the past, so that rotating them is rotating all.
  rotate: ["leaders", "strategies"],
  weights: [
    "equal_weight",
    "inverse_volatility",
    "equal_risk_contribution",
    "hrp_pypfopt",
    "minimum_variance",
  ],
};

/** In the order of the strategy's options; undefined where an option is not searched unless its values are given. */
export function valuesToTry(option: string): readonly OptionValue[] | undefined {
  return Object.hasOwn(VALUES, option) ? VALUES[option] : undefined;
}

export function searchedByDefault({ options }: Pick<StrategyKind, "options">): readonly SearchedOption[] {
  return Object.keys(options).flatMap((option) => {
    const values = valuesToTry(option);
    return values === undefined ? [] : [{ option, values }];
  });
}
