/** Every filter of the configuration by its key, in the order in which results tell them. A new one is a file and a line here. */
import { allowedStrategies } from "./allowed-strategies.ts";
import type { TraderFilter } from "./filter.ts";
import { maxBeta } from "./max-beta.ts";
import { maxDrawdown } from "./max-drawdown.ts";
import { maxSectorConcentration } from "./max-sector-concentration.ts";
import { maxVar95 } from "./max-var-95.ts";
import { maxVolatility } from "./max-volatility.ts";
import { minCalmarRatio } from "./min-calmar-ratio.ts";
import { minPerformance } from "./min-performance.ts";
import { minProfitFactor } from "./min-profit-factor.ts";
import { minSharpeRatio } from "./min-sharpe-ratio.ts";
import { minTrackRecord } from "./min-track-record.ts";
import { minTrades } from "./min-trades.ts";
import { minWinRate } from "./min-win-rate.ts";

const MAKERS = {
  min_performance: minPerformance,
  max_drawdown: maxDrawdown,
  min_trades: minTrades,
  min_track_record: minTrackRecord,
  min_sharpe_ratio: minSharpeRatio,
  min_calmar_ratio: minCalmarRatio,
  min_win_rate: minWinRate,
  min_profit_factor: minProfitFactor,
  max_volatility: maxVolatility,
  max_var_95: maxVar95,
  max_beta: maxBeta,
  allowed_strategies: allowedStrategies,
  max_sector_concentration: maxSectorConcentration,
} as const;

export type FilterName = keyof typeof MAKERS;

/** By name; null is off. `min_strategy_diversity` is about a set and stands beside them. */
export type FilterBounds = {
  readonly [Name in FilterName]: Parameters<(typeof MAKERS)[Name]>[0] | null;
};

export const FILTER_NAMES = Object.keys(MAKERS) as readonly FilterName[];

/** Those that are set. */
export function filtersOf(bounds: FilterBounds): readonly TraderFilter[] {
  return FILTER_NAMES.flatMap((name) => filterOf(name, bounds));
}

function filterOf<Name extends FilterName>(name: Name, bounds: FilterBounds): readonly TraderFilter[] {
  const bound = bounds[name];
  // The maker and the bound of one name belong together.
  const make = MAKERS[name] as (bound: NonNullable<FilterBounds[Name]>) => TraderFilter;
  return bound === null ? [] : [make(bound)];
}
