/**
 * From a strategy's decision to the owner's command that carries it out: relations begun, ended and weighed anew, all at once, so that
 * what one leader gives up and another gets is netted in one plan.
 */
import { type Configuration, sizingBesideEquity, withChange } from "../config.ts";
import { factorText } from "../strategies/factor.ts";
import type { StrategyDecision } from "../strategies/strategy.ts";
import { type CommandContext, type CommandPlan, decidedRunTime } from "./command-plan.ts";
import { ControlError } from "./control.ts";
import type { FollowerShare, RebalanceRequest } from "./owner-commands.ts";
import { assertBeginning, changesOf, inForce } from "./relations.ts";
import type { FollowerDecision } from "./strategy-decisions.ts";

/**
 * The factor of each leader that becomes another: weight times scale, "0" for who is let go. `copied` are the factors in force.
 */
export function sharesOf(
  { verdicts, allocations }: StrategyDecision,
  copied: Readonly<Record<string, number>>,
): readonly FollowerShare[] {
  const shares = new Map(allocations.map(({ trader, weight, scale }) => [trader, weight * scale]));
  return verdicts.flatMap(({ trader }): readonly FollowerShare[] => {
    const before = factorText(copied[trader] ?? 0);
    const factor = factorText(shares.get(trader) ?? 0);
    return factor === before ? [] : [{ leader: trader, factor }];
  });
}

/**
 * The decisions that can be carried out: where sizes follow no share of the equity there is a problem in place of one. Throws a ControlError
 * where that is so of all of them.
 */
export function weighable(
  { allocations }: Pick<Configuration, "allocations">,
  strategy: string,
  decisions: readonly FollowerDecision[],
): readonly FollowerDecision[] {
  const weighed = decisions.map((one): FollowerDecision => {
    const first = allocations.find(({ follower }) => follower === one.follower);
    const wrong = sizingBesideEquity(first, `strategy ${strategy}`);
    return wrong === null ? one : { ...one, decision: null, problem: sizingProblem(one.follower, wrong) };
  });
  const [first] = weighed;
  const isAll = weighed.every((one, at) => one !== decisions[at]);
  if (isAll && first?.problem != null) throw new ControlError("bad-settings", first.problem);
  return weighed;
}

function sizingProblem(follower: string, wrong: string): string {
  return `account "${follower}": sizing ${wrong}`;
}

function assertSized(
  allocation: Configuration["allocations"][number] | undefined,
  { follower, who }: { readonly follower: string; readonly who: string },
): void {
  const wrong = sizingBesideEquity(allocation, who);
  if (wrong !== null) throw new ControlError("bad-settings", sizingProblem(follower, wrong));
}

/** Throws a ControlError where a relation of it cannot be. */
export function planRebalance(context: CommandContext, { follower, shares }: RebalanceRequest): CommandPlan {
  if (shares.length === 0) throw new ControlError("bad-request", "shares must name at least one leader");
  const allocations = shares.reduce(
    (known, { leader, factor }) =>
      withChange(known, {
        leader,
        follower,
        ...(Number(factor) === 0 ? { ended: true } : { values: { position_scaling: factor } }),
      }),
    context.runTime.allocations,
  );
  const decided = decidedRunTime(context, { ...context.runTime, allocations });
  const { configuration } = decided.reconfigured;
  const before = context.reconfigure(context.runTime);
  const known = before.ok ? before.configuration : null;
  const kept = shares.filter(({ factor }) => Number(factor) > 0);
  for (const { leader } of shares) assertBeginning(configuration, leader, follower);
  for (const { leader } of kept)
    assertSized(
      configuration.allocations.find((one) => one.leader === leader && one.follower === follower),
      { follower, who: "a part of it" },
    );
  return {
    report: { command: "rebalance", followers: [follower] },
    changes: kept.flatMap(({ leader }) =>
      changesOf(known, configuration, leader, follower).map((change) => ({ leader, ...change })),
    ),
    ended: shares.flatMap(({ leader, factor }) => (Number(factor) === 0 ? [leader] : [])),
    steps: [decided, { kind: "settings", settings: inForce(context.state, configuration.settings) }],
  };
}
