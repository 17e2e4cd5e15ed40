/**
 * When start-up is over: every account is connected and confirmed, and every follower was reconciled for the first time. A
 * halted follower does not hold up the others.
 */

import { hasOpenOrders } from "../core/ownership.ts";
import type { FollowerMarket, FollowerState, State } from "../core/state.ts";
import { targetLots } from "../core/target.ts";

/** Nicknames that are still awaited; empty when ready. */
export function awaited(state: State): string[] {
  const leaders = [...state.leaders.values()].filter(
    (leader) => leader.confirmedAtMs === 0 || !leader.connected,
  );
  const followers = [...state.followers.values()].filter((follower) => !isReconciled(follower));
  const configured = new Set(state.settings.accounts.map(({ account }) => account));
  return [...leaders, ...followers]
    .map(({ account }) => account)
    .filter((account) => configured.has(account));
}

export function isReconciled(follower: FollowerState): boolean {
  if (follower.halted !== null) return true;
  if (follower.confirmedAtMs === 0 || !follower.connected) return false;
  for (const market of follower.markets.values()) if (!isSettled(market)) return false;
  return true;
}

/** Nothing in flight, every change explained, and at its target or with a standing reason why not. */
export function isSettled(market: FollowerMarket): boolean {
  if (market.copies.some((copy) => copy.pendingChanges.length > 0)) return false;
  return market.legs.every((leg) => {
    if (hasOpenOrders(leg)) return false;
    return market.lastReason !== null || targetLots(market, leg.leg) === leg.ownedLots;
  });
}
