/**
 * Puts settings in force: accounts become leaders and followers, allocations become copies of what leaders hold. What an
 * allocation that ended had wanted is wanted no more, so its positions go the way of every other difference.
 */

import { copyTerms } from "./copy-terms.ts";
import { guardsIn } from "./guard/guard-settings.ts";
import { emptyWatch, followReference, measureAllAnew } from "./guard/watch.ts";
import { EMPTY_LEDGER } from "./ledger.ts";
import { emptyMargin } from "./margin-mode.ts";
import { emptyLeader, leaderMarket } from "./markets.ts";
import type { AccountId, AllocationId, VenueId } from "./model/identifiers.ts";
import { emptyReservations } from "./reservation.ts";
import { completedLimits, NO_LIMITS } from "./risk-settings.ts";
import {
  type AccountSettings,
  type Allocation,
  completed,
  placeOf,
  type Settings,
  type StopMode,
} from "./settings.ts";
import { mapSymbol } from "./shape/symbol-map.ts";
import { filterSymbol } from "./shape/symbols.ts";
import type { Copy, FollowerMarket, FollowerState, LeaderState, State } from "./state.ts";
import { noteLateNext, rejoin, resize, turn, updateWanted, wantNothing } from "./target.ts";

export function applySettings(state: State, recorded: Settings): void {
  const settings = completed(recorded);
  const guarded = guardsIn(state.settings);
  state.settings = settings;
  state.guards = guardsIn(settings);
  for (const account of settings.accounts) {
    if (account.role === "leader") placeLeader(state, account);
    else placeFollower(state, account);
  }
  for (const follower of state.followers.values())
    if (isFollower(settings, follower.account)) followReference(state, follower, guarded);
    else removeFollower(state, follower);
  const inForce: InForce = {
    allocations: new Map(settings.allocations.map((allocation) => [allocation.id, allocation])),
    venues: new Map(settings.accounts.map(({ account, venue }) => [account, venue])),
  };
  for (const market of state.markets) for (const copy of market.copies) renewCopy(state, copy, inForce);
  for (const follower of state.followers.values())
    follower.relations = follower.relations.filter(({ allocation }) => inForce.allocations.has(allocation));
  for (const leader of state.leaders.values()) renewLeader(state, leader);
}

interface InForce {
  readonly allocations: ReadonlyMap<AllocationId, Allocation>;
  readonly venues: ReadonlyMap<AccountId, VenueId>;
}

/** A leader that trades elsewhere now holds nothing that we know of. */
function placeLeader(state: State, { account, venue }: AccountSettings): void {
  const leader = state.leaders.get(account) ?? emptyLeader(account);
  state.leaders.set(account, leader);
  if (leader.venue !== null && leader.venue !== venue) {
    leader.holdings.clear();
    leader.unread.clear();
    leader.untold.clear();
    leader.orders = null;
    leader.known = false;
    Object.assign(leader, { equity: null, balance: null });
  }
  leader.venue = venue;
}

function placeFollower(state: State, account: AccountSettings): void {
  const follower = state.followers.get(account.account) ?? addFollower(state, account.account);
  const place = placeOf(account);
  if (follower.place !== null && follower.venue === null) comeBack(state, follower);
  if (follower.place !== null && follower.place !== place) leavePlace(state, follower);
  follower.place = place;
  follower.venue = account.venue;
  follower.limits = completedLimits(account.limits);
}

function isFollower({ accounts }: Settings, name: AccountId): boolean {
  return accounts.some(({ account, role }) => account === name && role === "follower");
}

/** What is open and owned there stays on record, for the day that the account comes back. */
function removeFollower(state: State, follower: FollowerState): void {
  follower.venue = null;
  for (const market of follower.markets.values()) state.dirty.add(market);
}

function comeBack(state: State, follower: FollowerState): void {
  for (const market of follower.markets.values()) {
    market.lastReason = null;
    for (const copy of market.copies) for (const leg of copy.legs) leg.lastReason = null;
    state.dirty.add(market);
  }
}

/**
 * The nickname means another account from now on (paper turned live, another venue): what we own there is nothing, and what
 * it holds there is its owner's. Without this a paper position would be closed out of the owner's real one.
 */
function leavePlace(state: State, follower: FollowerState): void {
  Object.assign(follower, { equity: null, available: null, balance: null, confirmedAtMs: 0 });
  Object.assign(follower, { readUpToMs: 0, readUpToServerMs: 0 });
  Object.assign(follower, emptyReservations());
  follower.stops = follower.stops.filter(({ guard }) => guard === "panic" || guard === "monitoring");
  measureAllAnew(follower);
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) for (const id of leg.working.keys()) state.orders.delete(id);
    forgetMarket(market);
    for (const copy of market.copies) {
      copy.legs = [];
      noteLateNext(state, copy);
    }
  }
}

function forgetMarket(market: FollowerMarket): void {
  market.legs = [];
  market.mode = null;
  market.leverageHundredths = null;
  market.leverageRefusedHundredths = null;
  market.leverageCeilingHundredths = null;
  market.describeAgainAtMs = 0;
  market.leverageAgainAtMs = 0;
  market.lastReason = null;
  market.ledger = EMPTY_LEDGER;
  for (const copy of market.copies) copy.ledger = EMPTY_LEDGER;
}

function addFollower(state: State, account: AccountId): FollowerState {
  const follower: FollowerState = {
    account,
    index: state.followers.size,
    venue: null,
    place: null,
    markets: new Map(),
    equity: null,
    available: null,
    balance: null,
    confirmedAtMs: 0,
    readUpToMs: 0,
    readUpToServerMs: 0,
    connected: false,
    paused: false,
    halted: null,
    limits: NO_LIMITS,
    ...emptyReservations(),
    foreignOrders: null,
    margin: emptyMargin(),
    stops: [],
    stopSequence: 0,
    watch: emptyWatch(),
    relations: [],
  };
  state.followers.set(account, follower);
  return follower;
}

function renewCopy(state: State, copy: Copy, { allocations, venues }: InForce): void {
  const allocation = allocations.get(copy.allocation.id);
  state.dirty.add(copy.market);
  if (hasMoved(copy, venues)) return endCopy(copy, copy.allocation.stopMode === "leave" ? "leave" : "close");
  if (allocation === undefined || excludes(state, allocation, copy))
    return endCopy(copy, (allocation ?? copy.allocation).stopMode);
  const before = copy.allocation;
  if (copy.ending === null && JSON.stringify(allocation) === JSON.stringify(before)) return;
  copy.allocation = allocation;
  Object.assign(copy, copyTerms(allocation, copy.leaderInstrument, copy.market.instrument));
  if (allocation.inverse !== before.inverse) turn(copy);
  if (copy.ending !== null) rejoin(state, copy);
  else if (copy.active) resize(state, copy);
}

/** Whether either side trades at another venue now, where its instruments are others. */
function hasMoved({ leader, leaderInstrument, market }: Copy, venues: InForce["venues"]): boolean {
  const at = ({ account }: LeaderState | FollowerState) => venues.get(account);
  return at(leader) !== leaderInstrument.spec.venue || at(market.follower) !== market.instrument.spec.venue;
}

/** What waits for an explanation still gets one. One that ends already goes on ending, but for a leader that is gone. */
function endCopy(copy: Copy, mode: StopMode): void {
  if (copy.ending === mode) return;
  const goesOn = mode !== "close" && copy.legs.some((leg) => leg.wantedLots !== 0 || leg.heldLots !== 0);
  copy.ending = goesOn ? mode : null;
  copy.active = copy.active && copy.ending === "with-leader";
  if (!goesOn) wantNothing(copy);
}

/** Whether the leader's instrument is not copied any more, or as another instrument. */
function excludes(state: State, allocation: Allocation, { leaderInstrument, market }: Copy): boolean {
  const { symbol, venue } = market.instrument.spec;
  const mapped = mapSymbol(allocation, leaderInstrument, venue, state.instruments);
  if (filterSymbol(allocation, leaderInstrument.spec, mapped.symbol) !== null) return true;
  return mapped.symbol !== symbol;
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
      noteLateNext(state, copy);
      updateWanted(state, copy);
      state.dirty.add(copy.market);
    }
  }
}
