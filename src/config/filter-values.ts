/** The filters of traders in force, each with where it comes from, and what `start` says of them. */
import type { Style } from "../analytics/style/styles.ts";
import { defaults } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

/** Null is off. Shares are fractions. */
export interface FilterValues {
  readonly min_performance: Effective<number | null>;
  readonly max_drawdown: Effective<number | null>;
  readonly min_trades: Effective<number | null>;
  readonly min_track_record: Effective<number | null>;
  readonly min_sharpe_ratio: Effective<number | null>;
  readonly min_calmar_ratio: Effective<number | null>;
  readonly min_win_rate: Effective<number | null>;
  readonly min_profit_factor: Effective<number | null>;
  readonly max_volatility: Effective<number | null>;
  readonly max_var_95: Effective<number | null>;
  readonly max_beta: Effective<number | null>;
  readonly allowed_strategies: Effective<readonly Style[] | null>;
  readonly max_sector_concentration: Effective<number | null>;
  /** Over those that are copied together. */
  readonly min_strategy_diversity: Effective<number | null>;
  /** For max_beta. */
  readonly beta_benchmark: Effective<string>;
}

type FilterKey = keyof FilterValues;

/** The group that each stands in. */
const GROUPS: Readonly<Record<FilterKey, string>> = {
  min_performance: "copy_trading.trader_selection",
  max_drawdown: "copy_trading.trader_selection",
  min_trades: "copy_trading.trader_selection",
  min_track_record: "copy_trading.trader_selection",
  min_sharpe_ratio: "traders.performance",
  min_calmar_ratio: "traders.performance",
  min_win_rate: "traders.performance",
  min_profit_factor: "traders.performance",
  max_volatility: "traders.risk",
  max_var_95: "traders.risk",
  max_beta: "traders.risk",
  allowed_strategies: "traders.strategy",
  max_sector_concentration: "traders.strategy",
  min_strategy_diversity: "traders.strategy",
  beta_benchmark: "traders.risk",
};

const KEYS = Object.keys(GROUPS) as readonly FilterKey[];

export function filterValues(
  { copy_trading: copyTrading, traders }: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
): FilterValues {
  const stated = {
    ...copyTrading?.trader_selection,
    ...traders?.performance,
    ...traders?.risk,
    ...traders?.strategy,
  };
  const of = <Name extends keyof typeof stated & FilterKey>(name: Name) => ({
    value: stated[name],
    source: () => sourceOf(GROUPS[name].split(".")[0] ?? ""),
  });
  const { max_sector_concentration: sector } = stated;
  const share = sector === undefined || sector === "off" ? undefined : Number(sector);
  return {
    min_performance: pick<number | null>([of("min_performance")], null),
    max_drawdown: pick<number | null>([of("max_drawdown")], null),
    min_trades: pick<number | null>([of("min_trades")], null),
    min_track_record: pick<number | null>([of("min_track_record")], null),
    min_sharpe_ratio: pick<number | null>([of("min_sharpe_ratio")], null),
    min_calmar_ratio: pick<number | null>([of("min_calmar_ratio")], null),
    min_win_rate: pick<number | null>([of("min_win_rate")], null),
    min_profit_factor: pick<number | null>([of("min_profit_factor")], null),
    max_volatility: pick<number | null>([of("max_volatility")], null),
    max_var_95: pick<number | null>([of("max_var_95")], null),
    max_beta: pick<number | null>([of("max_beta")], null),
    allowed_strategies: pick<readonly Style[] | null>([of("allowed_strategies")], null),
    max_sector_concentration: pick<number | null>(
      [{ ...of("max_sector_concentration"), value: share }],
      null,
    ),
    min_strategy_diversity: pick<number | null>([of("min_strategy_diversity")], null),
    beta_benchmark: pick<string>([of("beta_benchmark")], defaults.betaBenchmark),
  };
}

/** Those that are set, for lists. */
export function listOfFilters(
  values: FilterValues,
): readonly (Effective<number | string> & { keyPath: string })[] {
  return KEYS.flatMap((name) => {
    const { value, source } = values[name];
    if (value === null || (name === "beta_benchmark" && values.max_beta.value === null)) return [];
    return [
      {
        keyPath: `${GROUPS[name]}.${name}`,
        value: typeof value === "object" ? value.join(", ") : value,
        source,
      },
    ];
  });
}

/** One line for each that is set; who judges by them is said with it. */
export function describeFilters(values: FilterValues): readonly string[] {
  return listOfFilters(values).map(
    ({ keyPath, value, source }) =>
      `filter ${keyPath} ${value} (${source}): judged by \`copytrader traders filter\`; of leaders that are copied monitoring tells`,
  );
}
