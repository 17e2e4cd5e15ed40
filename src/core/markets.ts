/**
 * Makes the records for "this follower copies this instrument of that leader" the first time that a leader trades an
 * instrument, and finds them afterwards. Says who does not copy it, with the reason.
 */

import { copyTerms } from "./copy-terms.ts";
import type { Leg } from "./event.ts";
import { cutsOfNew } from "./guard/stop.ts";
import { emptyHolding } from "./holding.ts";
import { EMPTY_LEDGER } from "./ledger.ts";
import { ZERO_LOTS } from "./model/amounts.ts";
import { type AccountId, InstrumentId } from "./model/identifiers.ts";
import type { Instrument } from "./model/instrument.ts";
import type { Allocation } from "./settings.ts";
import { endingWith } from "./shape/stop-mode.ts";
import { mapSymbol } from "./shape/symbol-map.ts";
import { filterSymbol } from "./shape/symbols.ts";
import { NOTHING_WORKED } from "./slicing/worked.ts";
import type {
  Copy,
  CopyLeg,
  ExcludedCopy,
  FollowerLeg,
  FollowerMarket,
  FollowerState,
  LeaderMarket,
  LeaderState,
  State,
} from "./state.ts";

/** All copies of one leader's instrument; made on first use. */
export function leaderMarket(state: State, leader: LeaderState, instrument: Instrument): LeaderMarket {
  const known = leader.copies.get(instrument.id);
  if (known !== undefined) return known;
  const copies = endingWith(state, leader, instrument);
  const ending = new Set(copies.map((copy) => copy.allocation.id));
  const excluded: ExcludedCopy[] = [];
  for (const allocation of state.settings.allocations) {
    if (allocation.leader !== leader.account || ending.has(allocation.id)) continue;
    const place = placeCopy(state, leader, instrument, allocation);
    if ("reason" in place) excluded.push({ allocation, ...place });
    else copies.push(place);
  }
  const market = { copies, excluded };
  leader.copies.set(instrument.id, market);
  return market;
}

/** Where a copy ended, who copies is found anew: an allocation that is in force for other instruments has its reason there from now on. */
export function leaveFinished(state: State): void {
  for (const { leader, leaderInstrument } of state.finished)
    if (leader.copies.delete(leaderInstrument.id)) leaderMarket(state, leader, leaderInstrument);
  state.finished = [];
}

function placeCopy(
  state: State,
  leader: LeaderState,
  instrument: Instrument,
  allocation: Allocation,
): Copy | Omit<ExcludedCopy, "allocation"> {
  const follower = state.followers.get(allocation.follower);
  const venue = follower?.venue ?? null;
  const mapped = venue === null ? null : mapSymbol(allocation, instrument, venue, state.instruments);
  const symbol = mapped?.symbol ?? instrument.spec.symbol;
  const filtered = filterSymbol(allocation, instrument.spec, symbol);
  if (filtered !== null) return { reason: "symbol-filtered", detail: filtered };
  const notListed = { reason: "instrument-not-listed", detail: { symbol } } as const;
  if (follower === undefined || follower.venue === null) return notListed;
  const own =
    copiedAs(follower, instrument, allocation) ?? state.instruments.get(InstrumentId(symbol, follower.venue));
  if (own === undefined) return notListed;
  const market = followerMarket(state, follower, own);
  const existing = market.copies.find(
    (copy) => copy.allocation.id === allocation.id && copy.leaderInstrument === instrument,
  );
  if (existing === undefined) return addCopy(market, leader, instrument, allocation);
  existing.active = true;
  return existing;
}

/** What is copied already under one of several names stays under it while the program runs, whatever is listed meanwhile. */
function copiedAs(follower: FollowerState, leader: Instrument, { id }: Allocation): Instrument | undefined {
  if (leader.spec.elsewhere === undefined) return undefined;
  const isIt = (copy: Copy) => copy.active && copy.allocation.id === id && copy.leaderInstrument === leader;
  return [...follower.markets.values()].find(({ copies }) => copies.some(isIt))?.instrument;
}

function addCopy(
  market: FollowerMarket,
  leader: LeaderState,
  instrument: Instrument,
  allocation: Allocation,
): Copy {
  const copy: Copy = {
    allocation,
    active: true,
    ending: null,
    leader,
    leaderInstrument: instrument,
    market,
    index: market.copies.length,
    ...copyTerms(allocation, instrument, market.instrument),
    legs: [],
    pendingChanges: [],
    increaseNotBeforeMs: 0,
    lateNext: false,
    lastChange: null,
    ledger: EMPTY_LEDGER,
    opened: null,
  };
  market.copies.push(copy);
  return copy;
}

/** The record of one instrument on one follower; made on first use. */
export function followerMarket(
  state: State,
  follower: FollowerState,
  instrument: Instrument,
): FollowerMarket {
  const known = follower.markets.get(instrument.id);
  if (known !== undefined) return known;
  const market: FollowerMarket = {
    index: state.markets.length,
    follower,
    instrument,
    copies: [],
    legs: [],
    mode: null,
    leverageHundredths: null,
    leverageRefusedHundredths: null,
    leverageCeilingHundredths: null,
    describeAgainAtMs: 0,
    leverageAgainAtMs: 0,
    lastReason: null,
    ledger: EMPTY_LEDGER,
    worked: NOTHING_WORKED,
    fundingIds: [],
  };
  state.markets.push(market);
  follower.markets.set(instrument.id, market);
  return market;
}

/** One position of a market; made on first use. */
export function followerLeg(market: FollowerMarket, leg: Leg): FollowerLeg {
  const known = market.legs.find((candidate) => candidate.leg === leg);
  if (known !== undefined) return known;
  const made: FollowerLeg = {
    market,
    leg,
    venue: emptyHolding(leg),
    ownedLots: ZERO_LOTS,
    foreignLots: ZERO_LOTS,
    mismatchSinceMs: null,
    shownLots: null,
    shownBefore: null,
    doubtedLots: ZERO_LOTS,
    working: new Map(),
    increasedAtMs: 0,
    retryAtMs: 0,
    failures: 0,
    refusal: null,
    restAgainAtMs: 0,
    restFailures: 0,
    entryAgainAtMs: 0,
    sliceAgainAtMs: 0,
    missedCap: 0,
    remainderRefused: false,
    marked: null,
    work: null,
  };
  market.legs.push(made);
  return made;
}

export function copyLeg(copy: Copy, leg: Leg): CopyLeg {
  const known = copy.legs.find((candidate) => candidate.leg === leg);
  if (known !== undefined) return known;
  const made = emptyCopyLeg(leg, cutsOfNew(copy));
  copy.legs.push(made);
  return made;
}

/** The same for who only looks, as all do who decide: one that was not used yet is not kept. */
export function knownLeg(copy: Copy, leg: Leg): CopyLeg {
  return copy.legs.find((candidate) => candidate.leg === leg) ?? emptyCopyLeg(leg, cutsOfNew(copy));
}

/** Nothing is wanted, and nothing was ever held. */
export function emptyCopyLeg(leg: Leg, cuts: CopyLeg["cuts"] = []): CopyLeg {
  return {
    leg,
    wantedLots: ZERO_LOTS,
    waivedLots: ZERO_LOTS,
    stoppedLots: ZERO_LOTS,
    stoppedFor: "stop-fired",
    passedTriggers: [],
    ahead: [],
    pendingNotes: [],
    excessLots: ZERO_LOTS,
    cuts,
    heldLots: ZERO_LOTS,
    lateLots: ZERO_LOTS,
    leaderLots: ZERO_LOTS,
    proportion: null,
    opening: null,
    approvedLots: ZERO_LOTS,
    proposal: null,
    trades: [],
    unsized: null,
    waivedFor: null,
    lastReason: null,
  };
}

export function emptyLeader(account: AccountId): LeaderState {
  return {
    account,
    venue: null,
    holdings: new Map(),
    orders: null,
    traded: new Map(),
    copies: new Map(),
    equity: null,
    balance: null,
    marginMode: null,
    evidence: null,
    confirmedAtMs: 0,
    readUpToMs: 0,
    readUpToServerMs: 0,
    listedAtServerMs: 0,
    known: false,
    connected: false,
    unread: new Map(),
    untold: new Map(),
  };
}
