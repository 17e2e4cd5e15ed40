/** Every strategy that there is with its options, their values in force and where those come from. */
import type { PortfolioValues } from "../config.ts";
import type { StrategyKind } from "../strategies/kind.ts";
import { STRATEGY_KINDS } from "../strategies/registry.ts";
import type { Strategy } from "../strategies/strategy.ts";

export interface ListedStrategy {
  readonly name: string;
  readonly shortName: string | null;
  readonly description: string;
  readonly isInForce: boolean;
  readonly options: readonly ListedOption[];
}

export interface ListedOption {
  readonly name: string;
  /** `off` where it is off. */
  readonly value: string | number | boolean;
  readonly source: string;
  readonly meaning: string;
}

export function listedStrategies(
  portfolio: PortfolioValues,
  own: readonly Strategy[],
): readonly ListedStrategy[] {
  return [
    ...STRATEGY_KINDS.map((kind) => listedKind(kind, portfolio)),
    ...own.map(({ name }) => ({
      name,
      shortName: null,
      description: "of your own, in the folder extensions",
      isInForce: portfolio.strategy.value === name,
      options: [],
    })),
  ];
}

function listedKind(
  { name, shortName, description, options }: StrategyKind,
  portfolio: PortfolioValues,
): ListedStrategy {
  return {
    name,
    shortName,
    description,
    isInForce: portfolio.strategy.value === name,
    options: Object.entries(options).map(([option, { meaning, default: standard }]) => {
      const found = portfolio.byStrategy[name]?.[option];
      const { value, source } = found ?? { value: standard, source: "default" };
      return { name: option, value: value ?? "off", source, meaning };
    }),
  };
}
