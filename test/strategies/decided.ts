/** A strategy asked by its name and options. */
import { decideStrategy, REBALANCE_DEFAULTS, type RebalanceTerms } from "../../src/strategies/rebalance.ts";
import { strategyKindOf } from "../../src/strategies/registry.ts";
import type { LeaderVerdict, Strategy, StrategyDecision } from "../../src/strategies/strategy.ts";
import { type MadeLeader, madeEvidence } from "./made-evidence.ts";

export type Options = Readonly<Record<string, unknown>>;

export function strategyOf(name: string, options: Options = {}): Strategy {
  const configured = strategyKindOf(name)?.configure(options);
  if (configured?.ok !== true) throw new Error(`${name}: ${JSON.stringify(configured)}`);
  return configured.strategy;
}

export function decided(
  name: string,
  leaders: readonly MadeLeader[],
  options: Options = {},
  terms: Partial<RebalanceTerms> = {},
): StrategyDecision {
  return decideStrategy(strategyOf(name, options), madeEvidence(leaders), {
    ...REBALANCE_DEFAULTS,
    ...terms,
  });
}

export function verdictOn({ verdicts }: StrategyDecision, trader: string): LeaderVerdict {
  const found = verdicts.find((verdict) => verdict.trader === trader);
  if (found === undefined) throw new Error(`no verdict on ${trader}`);
  return found;
}

export function weightsOf({ verdicts }: StrategyDecision): Readonly<Record<string, number>> {
  return Object.fromEntries(verdicts.map(({ trader, weight }) => [trader, weight]));
}
