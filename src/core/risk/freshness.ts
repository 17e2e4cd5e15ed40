/** Stale data never opens risk: neither what the leader holds nor what the follower holds may be unconfirmed for long. */
import type { FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

export function checkFreshness(state: State, leg: FollowerLeg): Objection | null {
  const { leaderStaleAfterMs, followerStaleAfterMs } = state.settings;
  for (const copy of leg.market.copies) {
    if (!copy.active) continue;
    const ageMs = state.nowMs - copy.leader.confirmedAtMs;
    if (ageMs > leaderStaleAfterMs)
      return { reason: "leader-stale", detail: { ageMs, limitMs: leaderStaleAfterMs } };
  }
  const ageMs = state.nowMs - leg.market.follower.confirmedAtMs;
  if (ageMs > followerStaleAfterMs)
    return { reason: "follower-stale", detail: { ageMs, limitMs: followerStaleAfterMs } };
  return null;
}
