/** A kind of strategy: its names, its options, and how one is made of them. */
import { type OptionProblem, type OptionsOf, type OptionValue, readOptions } from "./options.ts";
import type { Choice, Strategy, StrategyEvidence } from "./strategy.ts";

export type ConfiguredStrategy =
  | {
      readonly ok: true;
      readonly strategy: Strategy;
      readonly options: Readonly<Record<string, OptionValue>>;
      /** Of the other strategies that it asks; empty where it asks none. */
      readonly others: OptionsByStrategy;
    }
  | { readonly ok: false; readonly problems: readonly OptionProblem[] };

/** By the name of the strategy and the literal names of its options. */
export type OptionsByStrategy = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface StrategyKind {
  /** As configurations and commands call it. */
  readonly name: string;
  /** Taken for the name as well. */
  readonly shortName: string;
  /** One line. */
  readonly description: string;
  readonly options: Readonly<Record<string, OptionsOf<Readonly<Record<string, OptionValue>>>[string]>>;
  /**
   * With the literal names of the options; those that are left out have their default. `others`: options of the other strategies, for one that
   * asks them.
   */
  configure(options?: Readonly<Record<string, unknown>>, others?: OptionsByStrategy): ConfiguredStrategy;
}

interface KindParts<Values> extends Pick<StrategyKind, "name" | "shortName" | "description"> {
  readonly options: OptionsOf<Values>;
  /** What is wrong with the options of others. */
  readonly check?: (others: OptionsByStrategy) => readonly OptionProblem[];
  /** Whether it asks others. */
  readonly asks?: (values: Values) => boolean;
  readonly choose: (evidence: StrategyEvidence, values: Values, others: OptionsByStrategy) => Choice;
}

interface Scheduled {
  readonly rebalancing_frequency: number;
}

export function strategyKind<Values extends Scheduled & Readonly<Record<keyof Values, OptionValue>>>({
  choose,
  options,
  check,
  asks,
  ...names
}: KindParts<Values>): StrategyKind {
  return {
    ...names,
    options: options as StrategyKind["options"],
    configure: (given = {}, all = {}) => {
      const read = readOptions<Values>(options, given);
      if (!read.ok) return read;
      const others = asks?.(read.values) === true ? all : {};
      const problems = check?.(others) ?? [];
      if (problems.length > 0) return { ok: false, problems };
      const { values } = read;
      const strategy: Strategy = {
        name: names.name,
        rebalancingHours: values.rebalancing_frequency,
        choose: (evidence) => choose(evidence, values, others),
      };
      return { ok: true, strategy, options: values, others };
    },
  };
}
