/** Loss of an account since the first equity of the day in UTC. */
import { Decimal } from "../model/decimal.ts";
import type { FollowerState, State } from "../state.ts";
import { lossVerdict } from "./account-loss.ts";
import type { Verdict } from "./stop.ts";
import { guardsOf } from "./watch.ts";

export function judgeDailyLoss(state: State, follower: FollowerState, equity: Decimal | null): Verdict[] {
  const limit = guardsOf(state, follower)?.dailyLoss ?? null;
  const { daily } = follower.watch;
  if (limit === null || equity === null || daily === null) return [];
  const verdict = lossVerdict(state, follower, "daily-loss", limit, { from: Decimal.parse(daily), equity });
  return verdict === null ? [] : [verdict];
}
