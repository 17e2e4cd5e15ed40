/** Loss of an account since the first equity of the day in UTC. */
import { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import { lossVerdict } from "./account-loss.ts";
import type { Verdict } from "./stop.ts";
import { equityNow, guardsOf } from "./watch.ts";

export function judgeDailyLoss(state: State, follower: FollowerState): Verdict[] {
  const limit = guardsOf(state, follower)?.dailyLoss ?? null;
  const equity = equityNow(follower);
  const { daily } = follower.watch;
  if (limit === null || equity === null || daily === null) return [];
  const verdict = lossVerdict(state, follower, "daily-loss", limit, { from: Decimal.parse(daily), equity });
  return verdict === null ? [] : [verdict];
}
