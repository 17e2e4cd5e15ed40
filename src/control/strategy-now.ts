/** Asks a strategy about the followers that it manages, with the records as they are now and what is copied now. */
import { allOptionTexts, type Configuration } from "../config.ts";
import { strategyKindOf } from "../strategies/registry.ts";
import type { Strategy } from "../strategies/strategy.ts";
import type { TraderFilter } from "../traders/filters/filter.ts";
import { type Control, ControlError } from "./control.ts";
import type { RebalanceRequest } from "./owner-commands.ts";
import { sharesOf } from "./rebalance.ts";
import { type FollowerDecision, type StrategyQuestion, strategyDecisions } from "./strategy-decisions.ts";
import { strategyNamed, strategyQuestion } from "./strategy-question.ts";
import { filtersInForce } from "./trader-filters.ts";
import { withTraderStore } from "./traders.ts";

export interface StrategyNow {
  readonly strategy: string;
  readonly question: StrategyQuestion;
  readonly decisions: readonly FollowerDecision[];
}

export interface StrategyAsked {
  readonly dataDir: string;
  readonly control: Pick<Control, "ask">;
  readonly configuration: Configuration;
  /** The owner's own. */
  readonly own: { readonly strategies: readonly Strategy[]; readonly filters: readonly TraderFilter[] };
  readonly nowMs: number;
}

/** Throws a ControlError where there is no such strategy. */
export async function strategyNow(asked: StrategyAsked, name: string): Promise<StrategyNow> {
  const { dataDir, control, configuration, own, nowMs } = asked;
  const strategy = strategyOf(name, configuration, own.strategies);
  // One that is not in force is asked about the followers that it would manage.
  const { portfolio } = configuration;
  const inForce = {
    ...configuration,
    portfolio: { ...portfolio, strategy: { value: name, source: "asked" } },
  };
  const question = strategyQuestion(inForce, await copyingNow(control), nowMs);
  const asking = { strategy, filters: [...filtersInForce(configuration.filters), ...own.filters] };
  const decisions = await withTraderStore(dataDir, (store) =>
    strategyDecisions(dataDir, store, question, asking),
  );
  return { strategy: strategy.name, question, decisions };
}

/** What it would move of one follower; null where that is nothing. */
export function rebalanceOf(
  { follower, decision }: FollowerDecision,
  { question }: Pick<StrategyNow, "question">,
): RebalanceRequest | null {
  const copied = question.followers.find((one) => one.follower === follower)?.copied ?? {};
  const shares = decision === null ? [] : sharesOf(decision, copied);
  return shares.length === 0 ? null : { follower, shares };
}

/** With the options that the configuration has for it, whether it is in force or not. */
function strategyOf(name: string, { portfolio }: Configuration, own: readonly Strategy[]): Strategy {
  const others = allOptionTexts(portfolio);
  const found = strategyNamed(name, { options: others[strategyKindOf(name)?.name ?? ""] ?? {}, others }, own);
  if (found.ok) return found.strategy;
  const meant = found.nearest === undefined ? "" : `; did you mean "${found.nearest}"?`;
  throw new ControlError("bad-request", `${found.message}${meant}`);
}

async function copyingNow(control: StrategyAsked["control"]) {
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
