/**
 * When start-up is over: every account is connected and confirmed, and every follower was reconciled for the first time. A
 * halted follower does not hold up the others.
 */

import type { ClientOrderId } from "../core/model/identifiers.ts";
import { hasOpenOrders } from "../core/ownership.ts";
import {
  type FollowerMarket,
  type FollowerState,
  isOpen,
  type LeaderChange,
  type State,
} from "../core/state.ts";
import { targetLots } from "../core/target.ts";

/**
 * Looks at the state again and again until start-up is over. A market that was reconciled once stays so, and one counts as
 * reconciled where only what its leader did since keeps it from being so: under a leader who trades without pause there may be
 * no moment at which a market is at rest, though each change is copied at once.
 */
export class Readiness {
  readonly #reconciled = new Set<FollowerMarket>();
  /** What was left to do when both sides had been read. */
  readonly #found = new Map<FollowerMarket, Found>();
  readonly #excused: ReadonlySet<string>;

  /** Accounts that are `excused` (halted at start) are not waited for, nor is what only they could confirm. */
  constructor(excused: ReadonlySet<string> = new Set()) {
    this.#excused = excused;
  }

  /** Nicknames that are still awaited; empty when ready. */
  awaited(state: State): string[] {
    for (const market of state.markets) {
      if (this.#reconciled.has(market) || !this.#isConfirmed(market)) continue;
      const found = this.#found.get(market) ?? foundIn(state, market);
      this.#found.set(market, found);
      if (isSettled(market) || isOnlyBehindNews(market, found)) this.#reconciled.add(market);
    }
    const isDone = (market: FollowerMarket) =>
      this.#reconciled.has(market) || market.copies.some(({ leader }) => this.#excused.has(leader.account));
    return awaited(state, isDone).filter((account) => !this.#excused.has(account));
  }

  /** Both sides were read in this run: what was so before it proves nothing. */
  #isConfirmed({ follower, copies }: FollowerMarket): boolean {
    return follower.confirmedAtMs > 0 && copies.every(({ leader }) => leader.confirmedAtMs > 0);
  }
}

/** Orders that were open, and the number of the newest event. */
interface Found {
  readonly orders: ReadonlySet<ClientOrderId>;
  readonly event: number;
}

function foundIn({ eventSequence }: State, { legs }: FollowerMarket): Found {
  const orders = legs.flatMap(({ working }) => [...working.values()].filter(isOpen));
  return { orders: new Set(orders.map(({ clientOrderId }) => clientOrderId)), event: eventSequence };
}

/** All that was found is over and explained, and a leader changed something since. */
function isOnlyBehindNews({ legs, copies }: FollowerMarket, { orders, event }: Found): boolean {
  const isNews = (change: LeaderChange | null): boolean => change !== null && change.change > event;
  const isOver = legs.every(({ working }) =>
    [...working.values()].every((order) => !isOpen(order) || !orders.has(order.clientOrderId)),
  );
  return (
    isOver &&
    copies.some(({ lastChange }) => isNews(lastChange)) &&
    copies.every(({ pendingChanges }) => pendingChanges.every(isNews))
  );
}

/** Nicknames that are still awaited at this moment. */
export function awaited(state: State, isDone: (market: FollowerMarket) => boolean = isSettled): string[] {
  const leaders = [...state.leaders.values()].filter(
    (leader) => leader.confirmedAtMs === 0 || !leader.connected,
  );
  const followers = [...state.followers.values()].filter((follower) => !isReconciled(follower, isDone));
  const configured = new Set(state.settings.accounts.map(({ account }) => account));
  return [...leaders, ...followers]
    .map(({ account }) => account)
    .filter((account) => configured.has(account));
}

function isReconciled(follower: FollowerState, isDone: (market: FollowerMarket) => boolean): boolean {
  if (follower.halted !== null) return true;
  if (follower.confirmedAtMs === 0 || !follower.connected) return false;
  return [...follower.markets.values()].every(isDone);
}

/**
 * Nothing in flight, every change explained, and at its target or with a standing reason why not. What waits for its owner's
 * approval is as far as it can come.
 */
export function isSettled(market: FollowerMarket): boolean {
  const asksOwner = market.copies.some(({ legs }) => legs.some(({ proposal }) => proposal !== null));
  if (!asksOwner && market.copies.some((copy) => copy.pendingChanges.length > 0)) return false;
  return market.legs.every((leg) => {
    if (hasOpenOrders(leg)) return false;
    if (asksOwner) return true;
    return market.lastReason !== null || targetLots(market, leg.leg) === leg.ownedLots;
  });
}
