/** How many orders that add risk a follower sends within a minute. Reductions neither count nor wait. */
import type { FollowerLeg, FollowerState, State } from "../state.ts";
import type { Increase, Objection } from "./check-risk.ts";

export const RATE_WINDOW_MS = 60_000;

export function checkOrderRate(
  state: State,
  { market }: FollowerLeg,
  { planned }: Increase,
): Objection | null {
  const { follower } = market;
  const limit = follower.limits.ordersPerMinute;
  if (limit === null) return null;
  const first = firstInWindow(state, follower);
  const sent = follower.increasesAtMs.length - first;
  let value = sent;
  for (const { lots, reduceOnly } of planned.of(follower)) if (lots !== 0 && !reduceOnly) value += 1;
  if (value < limit) return null;
  // When so many of those in the window are over that one more fits.
  const over = follower.increasesAtMs[first + Math.max(value - limit, 0)] ?? state.nowMs;
  const untilMs = over + RATE_WINDOW_MS;
  return {
    reason: "order-rate",
    detail: { measure: "orders", unit: "per minute", value, limit, untilMs },
    untilMs,
  };
}

/** How many increases the last minute had. */
export function increasesInWindow(state: State, follower: FollowerState): number {
  return follower.increasesAtMs.length - firstInWindow(state, follower);
}

/** Called for each increase that is sent. */
export function noteIncrease(state: State, follower: FollowerState): void {
  if (follower.limits.ordersPerMinute === null) return;
  const first = firstInWindow(state, follower);
  if (first > 0) follower.increasesAtMs.splice(0, first);
  follower.increasesAtMs.push(state.nowMs);
}

/** None is later than now: those before a clock was set back count from the start since (reservation.ts). */
function firstInWindow({ nowMs }: State, { increasesAtMs }: FollowerState): number {
  let first = 0;
  while (first < increasesAtMs.length && (increasesAtMs[first] ?? 0) <= nowMs - RATE_WINDOW_MS) first += 1;
  return first;
}
