/** Which strategy is in force, with its options and terms, each value with where it comes from; and what `start` says of it. */
import { AccountId } from "../core/model/identifiers.ts";
import type { OptionsByStrategy, StrategyKind } from "../strategies/kind.ts";
import type { OptionValue } from "../strategies/options.ts";
import { STRATEGY_KINDS, strategyKindOf } from "../strategies/registry.ts";
import type { AccountSource } from "./account-files.ts";
import type { ConfiguredAllocation } from "./allocations.ts";
import type { PortfolioSettings } from "./changeable-keys.ts";
import { defaults, type Rebalancing } from "./defaults.ts";
import { type Effective, pick, type ValueSource } from "./effective.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem } from "./problems.ts";
import type { YamlConfiguration } from "./yaml-schema.ts";

export interface PortfolioValues {
  /** Null: none. The whole name where it is one of the program's, else as written. */
  readonly strategy: Effective<string | null>;
  /** Null: all. */
  readonly strategyFollowers: Effective<readonly AccountId[] | null>;
  readonly rebalancing: Effective<Rebalancing>;
  /** As `portfolio` states it; the options of a strategy of the program have what is in force for that one. 0: only when asked. */
  readonly rebalancingFrequency: Effective<number>;
  readonly weightBand: Effective<number>;
  readonly costHorizonDays: Effective<number>;
  readonly expectedSharpe: Effective<number>;
  readonly lookbackDays: Effective<number>;
  /** Of the strategy in force; none of one of the user's own. */
  readonly options: EffectiveOptions;
  /** Of every strategy of the program, by its name, whether it is in force or not. */
  readonly byStrategy: Readonly<Record<string, EffectiveOptions>>;
}

export type EffectiveOptions = Readonly<Record<string, Effective<OptionValue>>>;

type Stated = NonNullable<YamlConfiguration["portfolio"]>;
type Place = (path: readonly string[]) => { readonly file: string; readonly line: number | undefined };

const KEYS = {
  strategy: "strategy",
  strategyFollowers: "strategy_followers",
  rebalancing: "rebalancing",
  rebalancingFrequency: "rebalancing_frequency",
  weightBand: "weight_band",
  costHorizonDays: "cost_horizon_days",
  expectedSharpe: "expected_sharpe",
  lookbackDays: "lookback_days",
} as const satisfies Readonly<Record<Exclude<keyof PortfolioValues, "options" | "byStrategy">, keyof Stated>>;

/** `decided` at run time comes before whatever the files say of the same thing, at whichever of their places. */
export function portfolioValues(
  yaml: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
  decided: PortfolioSettings = {},
): PortfolioValues {
  const stated = yaml.portfolio ?? {};
  const own = defaults.portfolio;
  const from = <Value>(told: Value | undefined, value: Value | undefined, fallback: Value) =>
    pick(
      [
        { value: told, source: () => RUN_TIME },
        { value, source: () => sourceOf("portfolio") },
      ],
      fallback,
    );
  const one = <Name extends keyof PortfolioSettings & keyof Stated>(
    name: Name,
    fallback: NonNullable<Stated[Name]>,
  ) => from<NonNullable<Stated[Name]>>(decided[name] ?? undefined, stated[name] ?? undefined, fallback);
  const kind = strategyKindOf(decided.strategy ?? stated.strategy ?? "");
  const byStrategy = Object.fromEntries(
    STRATEGY_KINDS.map((strategy) => [strategy.name, optionsInForce(strategy, yaml, sourceOf, decided)]),
  );
  const options = byStrategy[kind?.name ?? ""] ?? {};
  return {
    strategy: from<string | null>(wholeName(decided.strategy), wholeName(stated.strategy), null),
    strategyFollowers: from<readonly AccountId[] | null>(
      decided.strategy_followers?.map((name) => AccountId(name)),
      stated.strategy_followers?.map((name) => AccountId(name)),
      null,
    ),
    rebalancing: one("rebalancing", own.rebalancing),
    rebalancingFrequency: one("rebalancing_frequency", own.rebalancingFrequency),
    weightBand: one("weight_band", own.weightBand),
    costHorizonDays: one("cost_horizon_days", own.costHorizonDays),
    expectedSharpe: one("expected_sharpe", own.expectedSharpe),
    lookbackDays: one("lookback_days", own.lookbackDays),
    options,
    byStrategy,
  };
}

const RUN_TIME = "run-time";

function wholeName(strategy: string | undefined): string | undefined {
  return strategy === undefined ? undefined : (strategyKindOf(strategy)?.name ?? strategy);
}

/** What the strategy does not say itself is taken from `portfolio`, or from where the earlier system had it. */
export function optionsInForce(
  kind: Pick<StrategyKind, "name" | "options">,
  yaml: YamlConfiguration,
  sourceOf: (topLevelKey: string) => ValueSource,
  decided: PortfolioSettings = {},
): EffectiveOptions {
  const { copying, risk_management: risk, trader_selection: selection } = yaml.copy_trading ?? {};
  const { max_traders, position_scaling, correlation_limit, rebalancing_frequency } = decided;
  const decidedForAll: Readonly<Record<string, unknown>> = {
    max_traders,
    position_scaling,
    correlation_limit,
    rebalancing_frequency,
  };
  const elsewhere: Readonly<Record<string, unknown>> = {
    max_traders: copying?.max_traders,
    position_scaling: copying?.position_scaling,
    correlation_limit: risk?.correlation_limit,
    min_performance: selection?.min_performance,
    max_drawdown: selection?.max_drawdown,
    min_trades: selection?.min_trades,
  };
  const ofAll: Readonly<Record<string, unknown>> = {
    rebalancing_frequency: yaml.portfolio?.rebalancing_frequency,
  };
  const stated = statedOf(yaml.strategies, kind.name);
  const told = statedOf(decided.strategies, kind.name);
  return Object.fromEntries(
    Object.entries(kind.options).map(([name, option]) => {
      const found = pick<OptionValue>(
        [
          { value: optionValue(told[name]), source: () => RUN_TIME },
          { value: optionValue(decidedForAll[name]), source: () => RUN_TIME },
          { value: optionValue(stated[name]), source: () => sourceOf("strategies") },
          { value: optionValue(ofAll[name]), source: () => sourceOf("portfolio") },
          { value: optionValue(elsewhere[name]), source: () => sourceOf("copy_trading") },
        ],
        option.default,
      );
      return [name, found] as const;
    }),
  );
}

type OptionsAsWritten = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

function statedOf(strategies: OptionsAsWritten = {}, name: string): Readonly<Record<string, unknown>> {
  return strategies[name] ?? {};
}

/** Amounts may be written as texts; `off` is null. */
function optionValue(value: unknown): OptionValue | undefined {
  if (value === "off") return null;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : undefined;
}

/** For lists; those that name nobody are left out. */
export function listOfPortfolio(
  values: PortfolioValues,
): readonly (Effective<number | string | boolean> & { keyPath: string })[] {
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const rows = names.flatMap((name) => {
    const { value, source } = values[name];
    if (value === null || (name === "rebalancingFrequency" && hoursOf(values) === null)) return [];
    const shown = typeof value === "object" ? value.join(", ") : value;
    return [{ keyPath: `portfolio.${KEYS[name]}`, value: shown, source }];
  });
  const ofStrategy = Object.entries(values.options).map(([name, { value, source }]) => ({
    keyPath: `strategies.${values.strategy.value}.${name}`,
    value: value ?? "off",
    source,
  }));
  return [...rows, ...ofStrategy];
}

/** As they are changed while running: by key, and the options that are wanted by their whole path. */
export function portfolioByKey(
  values: PortfolioValues,
  isWanted: (strategy: string, option: string) => boolean,
): Readonly<Record<string, Effective<number | string | boolean | readonly string[] | null>>> {
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const rows = names.map((name) => [KEYS[name], values[name]] as const);
  const options = Object.entries(values.byStrategy).flatMap(([strategy, ofIt]) =>
    Object.entries(ofIt)
      .filter(([name]) => isWanted(strategy, name))
      .map(([name, { value, source }]) => {
        return [`strategies.${strategy}.${name}`, { value: value ?? "off", source }] as const;
      }),
  );
  return Object.fromEntries([...rows, ...options]);
}

/** Whose leaders the strategy chooses; nobody's without one. */
export function managedFollowers(
  { strategy, strategyFollowers }: PortfolioValues,
  followers: readonly string[],
): readonly string[] {
  if (strategy.value === null) return [];
  return strategyFollowers.value === null
    ? followers
    : followers.filter((name) => strategyFollowers.value?.some((one) => one === name));
}

/** Options that its own `configure` refuses, and followers that are not there. */
export function portfolioProblems(
  values: PortfolioValues,
  followers: readonly string[],
  placeOf: Place,
): readonly ConfigurationProblem[] {
  const at = (path: readonly string[], message: string, meant?: string): ConfigurationProblem => {
    const { file, line } = placeOf(path);
    return {
      file,
      ...(line === undefined ? {} : { line }),
      keyPath: path.join("."),
      message,
      ...(meant === undefined ? {} : { nearest: meant }),
    };
  };
  const kind = values.strategy.value === null ? undefined : strategyKindOf(values.strategy.value);
  const configured = kind?.configure(optionTexts(values), allOptionTexts(values));
  const wrong = configured === undefined || configured.ok ? [] : configured.problems;
  const known = followers.map((name) => `"${name}"`).join(", ");
  return [
    ...wrong.map(({ option, message }) => at(["strategies", kind?.name ?? "", option], message)),
    ...(values.strategyFollowers.value ?? [])
      .filter((name) => !followers.includes(name))
      .map((name) =>
        at(
          ["portfolio", KEYS.strategyFollowers],
          `has "${name}", which is no follower; followers are ${known}`,
          nearest(name, followers),
        ),
      ),
  ];
}

/** As `configure` of the strategy takes them. */
export function optionTexts({
  options,
}: Pick<PortfolioValues, "options">): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value ?? "off"]));
}

/** Of every strategy, as `configure` takes them. */
export function allOptionTexts({ byStrategy }: PortfolioValues): OptionsByStrategy {
  return Object.fromEntries(
    Object.entries(byStrategy).map(([name, options]) => [name, optionTexts({ options })]),
  );
}

const BY_CAPITAL: readonly string[] = ["equity-proportional", "volatility-target"];

/** A weight is a share of the equity: sizes have to follow that, and the factor that carries it is not the account's to set. */
export function managedProblems(
  values: PortfolioValues,
  accounts: readonly AccountSource[],
  allocations: readonly ConfiguredAllocation[],
): readonly ConfigurationProblem[] {
  const followers = accounts.filter(({ role }) => role === "follower");
  const managed = managedFollowers(
    values,
    followers.map(({ nickname }) => nickname),
  );
  const name = values.strategy.value ?? "";
  return followers
    .filter(({ nickname }) => managed.includes(nickname))
    .flatMap((account) => {
      const wrong = sizingBesideEquity(
        allocations.find(({ follower }) => follower === account.nickname),
        `strategy ${name}`,
      );
      const sized =
        wrong === null
          ? []
          : [
              account.problem(
                "sizing",
                `${wrong}; or name the followers that it is for in portfolio.strategy_followers`,
              ),
            ];
      const scaled =
        account.content.position_scaling === undefined
          ? []
          : [
              account.problem(
                "position_scaling",
                `carries the weights of strategy ${name}: state it for all in strategies.${name}.position_scaling`,
              ),
            ];
      return [...sized, ...scaled];
    });
}

/** What is wrong with sizing by parts of the equity there; null where nothing is. `who`: needs it. */
export function sizingBesideEquity(
  allocation: Pick<ConfiguredAllocation, "values"> | undefined,
  who: string,
): string | null {
  const sizing = allocation?.values.sizing;
  if (sizing === undefined || BY_CAPITAL.includes(sizing.value)) return null;
  return `is ${sizing.value} (${sizing.source}), which follows no share of the equity: ${who} needs equity-proportional or volatility-target`;
}

/** Hours that the configuration states for strategies of the user's own; null where theirs count. */
export function hoursForOwn({ rebalancingFrequency }: PortfolioValues): number | null {
  return rebalancingFrequency.source === "default" ? null : rebalancingFrequency.value;
}

/** Between two decisions of the strategy in force; null where its own file says it. */
function hoursOf(values: PortfolioValues): Effective<number> | null {
  const { strategy, options, rebalancingFrequency } = values;
  const stated = options.rebalancing_frequency;
  if (stated !== undefined) return { ...stated, value: Number(stated.value) };
  return strategy.value !== null && hoursForOwn(values) === null ? null : rebalancingFrequency;
}

function timesText(hours: number): string {
  return hours === 0 ? "only when asked" : `every ${hours} hours`;
}

/** What `start` says; nothing without a strategy. */
export function describePortfolio(values: PortfolioValues): readonly string[] {
  const { strategy, strategyFollowers, rebalancing } = values;
  if (strategy.value === null) return [];
  const whom =
    strategyFollowers.value === null
      ? "every follower"
      : `the followers ${strategyFollowers.value.join(", ")}`;
  const hours = hoursOf(values);
  const when =
    hours === null ? "as often as its own file says" : `${timesText(hours.value)} (${hours.source})`;
  const how =
    rebalancing.value === "automatic"
      ? "and its decisions are carried out without asking"
      : "and proposes; `copytrader rebalance --execute` carries out";
  const options = Object.entries(values.options).map(
    ([name, { value, source }]) => `${name} ${value ?? "off"} (${source})`,
  );
  const terms = (["weightBand", "costHorizonDays", "expectedSharpe", "lookbackDays"] as const).map(
    (name) => `${KEYS[name]} ${values[name].value} (${values[name].source})`,
  );
  return [
    `strategy ${strategy.value} (${strategy.source}) decides ${when} for ${whom}, ${how} (${rebalancing.source})`,
    `strategy options: ${[...options, ...terms].join(", ")}`,
  ];
}
