/** A kind of strategy: its names, its options, and how one is made of them. */
import { type OptionProblem, type OptionsOf, type OptionValue, readOptions } from "./options.ts";
import type { Choice, Strategy, StrategyEvidence } from "./strategy.ts";

export type ConfiguredStrategy =
  | {
      readonly ok: true;
      readonly strategy: Strategy;
      readonly options: Readonly<Record<string, OptionValue>>;
    }
  | { readonly ok: false; readonly problems: readonly OptionProblem[] };

export interface StrategyKind {
  /** As configurations and commands call it. */
  readonly name: string;
  /** Taken for the name as well. */
  readonly shortName: string;
  /** One line. */
  readonly description: string;
  readonly options: Readonly<Record<string, OptionsOf<Readonly<Record<string, OptionValue>>>[string]>>;
  /** With the literal names of the options; those that are left out have their default. */
  configure(options?: Readonly<Record<string, unknown>>): ConfiguredStrategy;
}

interface KindParts<Values> extends Pick<StrategyKind, "name" | "shortName" | "description"> {
  readonly options: OptionsOf<Values>;
  /** Whether what was said makes sense together. */
  readonly check?: (values: Values) => readonly OptionProblem[];
  readonly choose: (evidence: StrategyEvidence, values: Values) => Choice;
}

interface Scheduled {
  readonly rebalancing_frequency: number;
}

export function strategyKind<Values extends Scheduled & Readonly<Record<keyof Values, OptionValue>>>({
  choose,
  options,
  check,
  ...names
}: KindParts<Values>): StrategyKind {
  return {
    ...names,
    options: options as StrategyKind["options"],
    configure: (given = {}) => {
      const read = readOptions<Values>(options, given);
      if (!read.ok) return read;
      const problems = check?.(read.values) ?? [];
      if (problems.length > 0) return { ok: false, problems };
      const { values } = read;
      const strategy: Strategy = {
        name: names.name,
        rebalancingHours: values.rebalancing_frequency,
        choose: (evidence) => choose(evidence, values),
      };
      return { ok: true, strategy, options: values };
    },
  };
}
