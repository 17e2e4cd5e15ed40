/** The strategies that can go through the past, by name: those of the program, and the user's own. */
import { meantText } from "../../config/nearest.ts";
import type { BacktestTerms } from "../../config.ts";
import type { BacktestStrategy } from "../../control/backtest/backtest.ts";
import type { StrategyKind } from "../../strategies/kind.ts";
import { type CliError, usage } from "../output.ts";
import { configured, extensionCode } from "./backtest-options.ts";
import { traderExtensions } from "./traders-options.ts";

/** The one that the guides advise when in doubt. */
export const STRATEGY_DEFAULT = "portfolio_copying";

export interface FoundStrategies {
  readonly names: readonly string[];
  /** Each once, in this order, with the options that the configuration has for it. Throws an error of usage for a name that is none. */
  named(names: readonly string[]): readonly BacktestStrategy[];
}

export async function backtestStrategies(configDir: string, terms: BacktestTerms): Promise<FoundStrategies> {
  const { BACKTEST_STRATEGIES } = await import("../../control/backtest/backtest.ts");
  const own = await ownStrategies(configDir, terms);
  const names = [...BACKTEST_STRATEGIES, ...own.map((one) => one.strategy)].map(({ name }) => name);
  const kindOf = (name: string) => {
    const kind = BACKTEST_STRATEGIES.find((one) => one.name === name || one.shortName === name);
    if (kind !== undefined) return kind;
    const mine = own.find((one) => one.strategy.name === name);
    if (mine !== undefined) return mine;
    throw unknownStrategy(name, [...BACKTEST_STRATEGIES, ...own.map((one) => one.strategy)]);
  };
  return {
    names,
    named: (wanted) =>
      [...new Set(wanted.map(kindOf))].map((one) => ("strategy" in one ? one : configured(one, terms))),
  };
}

/** Each may be named by its short name, too. */
export function unknownStrategy(
  name: string,
  known: readonly (Pick<StrategyKind, "name"> & Partial<Pick<StrategyKind, "shortName">>)[],
): CliError {
  const names = known.map((one) => one.name);
  const meant = meantText(name, [...names, ...known.flatMap(({ shortName }) => shortName ?? [])]);
  const listed = known.map((one) =>
    one.shortName === undefined || one.shortName === one.name ? one.name : `${one.name} (${one.shortName})`,
  );
  return usage(`there is no strategy ${JSON.stringify(name)}${meant}. There are ${listed.join(", ")}`);
}

/** Those of the user's folder; what one has worked out is of the code that it has now. */
async function ownStrategies(configDir: string, terms: BacktestTerms): Promise<readonly BacktestStrategy[]> {
  const { strategies } = await traderExtensions(configDir);
  if (strategies.length === 0) return [];
  const code = await extensionCode(configDir);
  const { hoursForOwn } = await import("../../config.ts");
  const { onSchedule } = await import("../../strategies/schedule.ts");
  const hours = hoursForOwn(terms.portfolio);
  return strategies.map((own) => {
    const strategy = onSchedule(own, hours);
    return { strategy, options: { code, rebalancing_frequency: strategy.rebalancingHours } };
  });
}
