/**
 * From a strategy's decision to the owner's command that carries it out: relations begun, ended and weighed anew, all at once, so that
 * what one leader gives up and another gets is netted in one plan.
 */
import { withChange } from "../config.ts";
import { factorText } from "../strategies/factor.ts";
import type { StrategyDecision } from "../strategies/strategy.ts";
import { type CommandContext, type CommandPlan, decidedRunTime } from "./command-plan.ts";
import { ControlError } from "./control.ts";
import type { FollowerShare, RebalanceRequest } from "./owner-commands.ts";
import { assertBeginning, changesOf, inForce } from "./relations.ts";

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
  return {
    report: { command: "rebalance", followers: [follower] },
    changes: kept.flatMap(({ leader }) =>
      changesOf(known, configuration, leader, follower).map((change) => ({ leader, ...change })),
    ),
    ended: shares.flatMap(({ leader, factor }) => (Number(factor) === 0 ? [leader] : [])),
    steps: [decided, { kind: "settings", settings: inForce(context.state, configuration.settings) }],
  };
}
