/**
 * Stale data never opens risk: neither what the leader holds nor what the follower holds may be unconfirmed for long. Nor does
 * what cannot be counted.
 */
import type { Copy, FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

export function checkLeaderFreshness(
  state: State,
  { leader, leaderInstrument, active }: Copy,
): Objection | null {
  const quantity =
    leader.unread.size === 0 ? null : (leader.unread.get(leaderInstrument.id)?.quantity ?? null);
  if (active && quantity !== null) return { reason: "leader-uncounted", detail: { quantity } };
  const limitMs = state.settings.leaderStaleAfterMs;
  const ageMs = state.nowMs - leader.confirmedAtMs;
  return active && ageMs > limitMs ? { reason: "leader-stale", detail: { ageMs, limitMs } } : null;
}

export function checkFollowerFreshness(state: State, { market }: FollowerLeg): Objection | null {
  const limitMs = state.settings.followerStaleAfterMs;
  const ageMs = state.nowMs - market.follower.confirmedAtMs;
  return ageMs > limitMs ? { reason: "follower-stale", detail: { ageMs, limitMs } } : null;
}
