/** Asks a strategy about the followers that it manages, with the records as they are now and what is copied now. */
import type { Configuration } from "../config.ts";
import type { Control } from "../control/control.ts";
import type { FollowerDecision, StrategyQuestion } from "../control/strategy-decisions.ts";
import type { Strategy } from "../strategies/strategy.ts";
import type { Folders } from "./command.ts";
import { traderExtensions } from "./commands/traders-options.ts";
import { usage } from "./output.ts";

export interface StrategyNow {
  readonly strategy: string;
  readonly question: StrategyQuestion;
  readonly decisions: readonly FollowerDecision[];
}

/** Throws a CliError where there is no such strategy. */
export async function strategyNow(
  folders: Folders,
  control: Control,
  configuration: Configuration,
  name: string,
): Promise<StrategyNow> {
  const { strategyQuestion } = await import("../control/strategy-question.ts");
  const { strategyDecisions } = await import("../control/strategy-decisions.ts");
  const { withTraderStore } = await import("../control/traders.ts");
  const { filtersInForce } = await import("../control/trader-filters.ts");
  const { strategies, filters } = await traderExtensions(folders.config);
  const strategy = await strategyOf(name, configuration, strategies);
  // One that is not in force is asked about the followers that it would manage.
  const { portfolio } = configuration;
  const asked = { ...configuration, portfolio: { ...portfolio, strategy: { value: name, source: "asked" } } };
  const question = strategyQuestion(asked, await copyingNow(control), Date.now());
  const asking = { strategy, filters: [...filtersInForce(configuration.filters), ...filters] };
  const decisions = await withTraderStore(folders.data, (store) =>
    strategyDecisions(folders.data, store, question, asking),
  );
  return { strategy: strategy.name, question, decisions };
}

/** With the options that the configuration has for it, whether it is in force or not. */
async function strategyOf(
  name: string,
  { portfolio }: Configuration,
  own: readonly Strategy[],
): Promise<Strategy> {
  const { allOptionTexts } = await import("../config.ts");
  const { strategyNamed } = await import("../control/strategy-question.ts");
  const { strategyKindOf } = await import("../strategies/registry.ts");
  const others = allOptionTexts(portfolio);
  const found = strategyNamed(name, { options: others[strategyKindOf(name)?.name ?? ""] ?? {}, others }, own);
  if (found.ok) return found.strategy;
  throw usage(`${found.message}${found.nearest === undefined ? "" : `; did you mean "${found.nearest}"?`}`);
}

async function copyingNow(control: Control) {
  const { allocations } = await control.ask({ kind: "allocations" });
  const { followers } = await control.ask({ kind: "status" });
  return {
    relations: allocations.flatMap(({ leader, follower, settings }) => {
      const factor = settings.find(({ keyPath }) => keyPath === "position_scaling")?.value;
      return factor === undefined ? [] : [{ leader, follower, factor: Number(factor) }];
    }),
    equities: new Map(followers.map(({ nickname, equity }) => [nickname, equity])),
  };
}
