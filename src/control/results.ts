/** What copying brought in and cost on a follower's account, as text: per leader, what is no leader's, and the account's sum. */
import { profitIn, type ResultSum, resultSums } from "../core/results.ts";
import type { FollowerState, State } from "../core/state.ts";
import type { CopyResult, FollowerResults } from "./control.ts";

/** One for each coin that instruments settle in; most accounts have one. */
export function resultsOf(state: State, follower: FollowerState): readonly FollowerResults[] {
  return resultSums(state, follower).map(({ coin, leaders, unattributed, account }) => ({
    coin,
    leaders: [...leaders].map(([leader, sum]) => ({ leader, ...resultOf(sum) })),
    unattributed: resultOf(unattributed),
    account: resultOf(account),
  }));
}

function resultOf(sum: ResultSum): CopyResult {
  return {
    trades: sum.trades?.toString() ?? "",
    fees: sum.fees.toString(),
    funding: sum.funding.toString(),
    profit: profitIn(sum)?.toString() ?? "",
  };
}
