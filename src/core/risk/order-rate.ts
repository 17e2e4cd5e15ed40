/** How many orders that add risk a follower sends within a minute. Reductions neither count nor wait. */
import type { FollowerLeg, FollowerState, State } from "../state.ts";
import type { Increase, Objection } from "./check-risk.ts";

const RATE_WINDOW_MS = 60_000;

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

/**
 * Called for each increase that is sent. As many as a minute may have are kept, old as they seem: by a clock that was ahead they are,
 * and once that is set back they count again.
 */
export function noteIncrease(state: State, follower: FollowerState): void {
  const limit = follower.limits.ordersPerMinute;
  if (limit === null) return;
  const { increasesAtMs } = follower;
  const tooMany = increasesAtMs.length + 1 - limit;
  if (tooMany > 0) increasesAtMs.splice(0, Math.min(tooMany, firstInWindow(state, follower)));
  increasesAtMs.push(state.nowMs);
}

/** None is later than now, nor than the next: those before a clock was set back count from the start since (reservation.ts). */
function firstInWindow({ nowMs }: State, { increasesAtMs }: FollowerState): number {
  let first = increasesAtMs.length;
  while (first > 0 && (increasesAtMs[first - 1] ?? 0) > nowMs - RATE_WINDOW_MS) first -= 1;
  return first;
}
