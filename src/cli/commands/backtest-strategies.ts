/** The strategies that can go through the past, by name: those of the program, and the user's own. */
import { join } from "node:path";
import type { BacktestTerms } from "../../config.ts";
import type { BacktestStrategy } from "../../control/backtest/backtest.ts";
import { usage } from "../output.ts";
import { configured } from "./backtest-options.ts";
import { traderExtensions } from "./traders-options.ts";

export const STRATEGY_DEFAULT = "selective_copying";

export interface FoundStrategies {
  readonly names: readonly string[];
  /** Each once, in this order, with the options that the configuration has for it. Throws an error of usage for a name that is none. */
  named(names: readonly string[]): readonly BacktestStrategy[];
}

export async function backtestStrategies(configDir: string, terms: BacktestTerms): Promise<FoundStrategies> {
  const { BACKTEST_STRATEGIES } = await import("../../control/backtest/backtest.ts");
  const { nearest } = await import("../../config.ts");
  const own = await ownStrategies(configDir);
  const names = [...BACKTEST_STRATEGIES, ...own.map((one) => one.strategy)].map(({ name }) => name);
  const kindOf = (name: string) => {
    const kind = BACKTEST_STRATEGIES.find((one) => one.name === name || one.shortName === name);
    if (kind !== undefined) return kind;
    const mine = own.find((one) => one.strategy.name === name);
    if (mine !== undefined) return mine;
    const meant = nearest(name, names);
    throw usage(
      `there is no strategy ${JSON.stringify(name)}${meant === undefined ? "" : `; ${meant} was probably meant`}. There are ${names.join(", ")}`,
    );
  };
  return {
    names,
    named: (wanted) =>
      [...new Set(wanted.map(kindOf))].map((one) => ("strategy" in one ? one : configured(one, terms))),
  };
}

/** Those of the user's folder; what one has worked out is of the code that it has now. */
async function ownStrategies(configDir: string): Promise<readonly BacktestStrategy[]> {
  const { strategies } = await traderExtensions(configDir);
  if (strategies.length === 0) return [];
  const { codeHash } = await import("../../control/backtest/program-hash.ts");
  const code = codeHash(join(configDir, "extensions")).slice(0, 16);
  return strategies.map((strategy) => ({ strategy, options: { code } }));
}
