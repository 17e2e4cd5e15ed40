/**
 * Puts settings in force: accounts become leaders and followers, allocations become copies of what leaders hold. What an
 * allocation that ended had wanted is wanted no more, so its positions go the way of every other difference.
 */
import { emptyLeader, leaderMarket } from "./markets.ts";
import type { AccountId } from "./model/identifiers.ts";
import type { Settings } from "./settings.ts";
import { constantRatio } from "./sizing/sizing.ts";
import type { Copy, FollowerState, LeaderState, State } from "./state.ts";
import { resize, updateWanted, wantNothing } from "./target.ts";

export function applySettings(state: State, settings: Settings): void {
  state.settings = settings;
  for (const account of settings.accounts) {
    if (account.role === "leader") addLeader(state, account.account);
    else addFollower(state, account.account);
  }
  for (const market of state.markets) for (const copy of market.copies) renewCopy(state, copy);
  for (const leader of state.leaders.values()) renewLeader(state, leader);
}

function addLeader(state: State, account: AccountId): void {
  if (!state.leaders.has(account)) state.leaders.set(account, emptyLeader(account));
}

function addFollower(state: State, account: AccountId): void {
  if (state.followers.has(account)) return;
  const follower: FollowerState = {
    account,
    index: state.followers.size,
    markets: new Map(),
    equity: null,
    available: null,
    confirmedAtMs: 0,
    connected: false,
    paused: false,
    halted: null,
  };
  state.followers.set(account, follower);
}

function renewCopy(state: State, copy: Copy): void {
  const allocation = state.settings.allocations.find((candidate) => candidate.id === copy.allocation.id);
  state.dirty.add(copy.market);
  if (allocation === undefined || excludes(allocation.symbols, copy)) return endCopy(copy);
  const changed = JSON.stringify(allocation) !== JSON.stringify(copy.allocation);
  copy.allocation = allocation;
  if (!changed) return;
  copy.ratio = constantRatio(allocation, copy.leaderInstrument, copy.market.instrument);
  if (copy.active) resize(copy);
}

/** What waits for an explanation still gets one: with the allocation goes what it wanted. */
function endCopy(copy: Copy): void {
  copy.active = false;
  wantNothing(copy);
}

function excludes(symbols: readonly string[] | null, copy: Copy): boolean {
  return symbols !== null && !symbols.includes(copy.leaderInstrument.spec.symbol);
}

/** Finds the copies of everything the leader holds anew; what is held already counts as held before copying began. */
export function renewLeader(state: State, leader: LeaderState): void {
  const before = new Set([...leader.copies.values()].flatMap((market) => market.copies));
  leader.copies.clear();
  for (const [id, legs] of leader.holdings) {
    const instrument = state.instruments.get(id);
    if (instrument === undefined || [...legs.values()].every((holding) => holding.lots === 0)) continue;
    for (const copy of leaderMarket(state, leader, instrument).copies) {
      if (before.has(copy)) continue;
      copy.waiveNext = !copy.allocation.copyExisting;
      updateWanted(copy);
      state.dirty.add(copy.market);
    }
  }
}
