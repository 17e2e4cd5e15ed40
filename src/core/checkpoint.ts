/**
 * The whole state as JSON text and back, so that recovery starts at the newest checkpoint. Derived parts (instruments'
 * integers, ratios, who copies what) are rebuilt; references become indexes. encode(decode(text)) gives the same text.
 */

import { copyTerms } from "./copy-terms.ts";
import type { LeaderOrderRow, Leg } from "./event.ts";
import { guardsIn } from "./guard/guard-settings.ts";
import { emptyWatch } from "./guard/watch.ts";
import { emptyHolding, type Holding } from "./holding.ts";
import { restoreLedger, toDecimal } from "./ledger.ts";
import { emptyMargin } from "./margin-mode.ts";
import { copyLeg, emptyLeader, followerLeg, followerMarket, leaderMarket } from "./markets.ts";
import type { TradedQuantity } from "./mirror/leader-orders.ts";
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from "./model/identifiers.ts";
import { type InstrumentSpec, makeInstrument, type RiskTier } from "./model/instrument.ts";
import { MARKET } from "./order.ts";
import type { Untold } from "./pending/untold.ts";
import { completedReservations } from "./reservation.ts";
import { completedLimits } from "./risk-settings.ts";
import { type Allocation, completed, completedAllocation, type Settings } from "./settings.ts";
import { restoreWork } from "./slicing/work.ts";
import { restoreTotals } from "./slicing/worked.ts";
import {
  type Copy,
  type CopyLeg,
  emptyState,
  type FollowerLeg,
  type FollowerMarket,
  type FollowerState,
  type LeaderChange,
  type LeaderState,
  type Quote,
  type State,
  type WorkingOrder,
} from "./state.ts";
import type { Unread } from "./unread.ts";

/** Of the text; one of another version is refused. What is only added keeps the number: `completed...` fills it in. */
export const CHECKPOINT_VERSION = 1;

interface Checkpoint {
  readonly version: number;
  readonly epoch: string;
  readonly epochs: readonly (readonly [string, number])[];
  readonly nowMs: number;
  readonly eventSequence: number;
  readonly decisionSequence: number;
  /** Absent in earlier versions. */
  readonly proposalSequence?: number;
  readonly settings: Settings;
  readonly instruments: readonly InstrumentSpec[];
  /** Absent in earlier versions, and where none were told. */
  readonly riskTiers?: readonly (readonly [InstrumentId, readonly RiskTier[]])[];
  readonly quotes: readonly (readonly [InstrumentId, Quote])[];
  readonly leaders: readonly LeaderRecord[];
  readonly followers: readonly FollowerRecord[];
  readonly markets: readonly MarketRecord[];
  readonly agenda: readonly (readonly [number, number])[];
  readonly moved?: readonly InstrumentId[];
}

type FollowerRecord = Omit<FollowerState, "markets">;

type LeaderRecord = Omit<LeaderState, "holdings" | "copies" | "orders" | "traded" | "unread" | "untold"> & {
  /** Absent in earlier versions. */
  readonly traded?: readonly (readonly [VenueOrderId, TradedQuantity])[];
  /** Absent in earlier versions; null where they are not told. */
  readonly orders?: readonly LeaderOrderRow[] | null;
  readonly holdings: readonly (readonly [InstrumentId, readonly (readonly [Leg, Holding])[]])[];
  readonly copied: readonly InstrumentId[];
  /** Absent in earlier versions. */
  readonly unread?: readonly (readonly [InstrumentId, Unread])[];
  /** Absent in earlier versions, and where there is none. */
  readonly untold?: readonly (readonly [InstrumentId, readonly Untold[]])[];
};

type MarketRecord = Omit<FollowerMarket, "follower" | "instrument" | "copies" | "legs" | "index"> & {
  readonly follower: AccountId;
  readonly instrument: InstrumentId;
  readonly legs: readonly LegRecord[];
  readonly copies: readonly CopyRecord[];
};

type LegRecord = Omit<FollowerLeg, "market" | "working"> & {
  readonly working: readonly (readonly [ClientOrderId, WorkingOrder])[];
};

type CopyRecord = Omit<
  Copy,
  "leader" | "leaderInstrument" | "market" | "rule" | "ratio" | "isPlain" | "leverageMaxHundredths" | "index"
> & {
  readonly leader: AccountId;
  readonly leaderInstrument: InstrumentId;
  readonly allocation: Allocation;
  readonly legs: readonly CopyLeg[];
  readonly pendingChanges: readonly LeaderChange[];
};

export function encodeCheckpoint(state: State): string {
  const checkpoint: Checkpoint = {
    version: CHECKPOINT_VERSION,
    epoch: state.epoch,
    epochs: [...state.epochs],
    nowMs: state.nowMs,
    eventSequence: state.eventSequence,
    decisionSequence: state.decisionSequence,
    proposalSequence: state.proposalSequence,
    settings: state.settings,
    instruments: [...state.instruments.values()].map((instrument) => instrument.spec),
    ...(state.riskTiers.size === 0 ? {} : { riskTiers: [...state.riskTiers] }),
    quotes: [...state.quotes],
    leaders: [...state.leaders.values()].map(leaderRecord),
    followers: [...state.followers.values()].map(({ markets: _, ...rest }) => rest),
    markets: state.markets.map(marketRecord),
    agenda: [...state.agenda],
    moved: [...state.moved],
  };
  return JSON.stringify(checkpoint);
}

/** Throws an Error naming the version when the text was written by another one. */
export function decodeCheckpoint(text: string): State {
  const checkpoint: Checkpoint = JSON.parse(text);
  if (checkpoint.version !== CHECKPOINT_VERSION)
    throw new Error(`checkpoint version ${checkpoint.version} is not ${CHECKPOINT_VERSION}`);
  const state = emptyState();
  state.epoch = checkpoint.epoch;
  state.epochs = new Map(checkpoint.epochs);
  state.nowMs = checkpoint.nowMs;
  state.eventSequence = checkpoint.eventSequence;
  state.decisionSequence = checkpoint.decisionSequence;
  state.proposalSequence = checkpoint.proposalSequence ?? 0;
  state.settings = completed(checkpoint.settings);
  state.guards = guardsIn(state.settings);
  state.moved = new Set(checkpoint.moved);
  state.quotes = new Map(checkpoint.quotes);
  state.agenda = new Map(checkpoint.agenda);
  state.riskTiers = new Map(checkpoint.riskTiers);
  for (const spec of checkpoint.instruments) {
    const instrument = makeInstrument(spec);
    state.instruments.set(instrument.id, instrument);
  }
  for (const record of checkpoint.leaders) restoreLeader(state, record);
  for (const record of checkpoint.followers) state.followers.set(record.account, restoredFollower(record));
  for (const record of checkpoint.markets) restoreMarket(state, record);
  for (const record of checkpoint.leaders) restoreCopied(state, record);
  return state;
}

/** What an earlier version did not know is as at the beginning. */
function restoredFollower(record: FollowerRecord): FollowerState {
  const { balance = null, stops = [], stopSequence = 0, watch = emptyWatch(), relations = [] } = record;
  const limits = completedLimits(record.limits);
  const guarded = { stops, stopSequence, watch, relations };
  const {
    foreignOrders = null,
    margin = emptyMargin(),
    readUpToServerMs = 0,
  }: Partial<FollowerRecord> = record;
  const figures = { balance, readUpToServerMs, foreignOrders, margin, limits };
  return { ...record, ...figures, ...completedReservations(record), ...guarded, markets: new Map() };
}

function leaderRecord(leader: LeaderState): LeaderRecord {
  const { holdings, copies, orders, traded, unread, untold, ...rest } = leader;
  return {
    ...rest,
    orders: orders === null ? null : [...orders.values()],
    traded: [...traded],
    holdings: [...holdings].map(([id, legs]) => [id, [...legs]] as const),
    copied: [...copies.keys()],
    unread: [...unread],
    ...(untold.size === 0 ? {} : { untold: [...untold] }),
  };
}

function restoreLeader(state: State, record: LeaderRecord): void {
  const { holdings, copied: _, orders = null, traded = [], unread, untold, ...rest } = record;
  const leader: LeaderState = {
    ...emptyLeader(record.account),
    ...rest,
    orders: orders === null ? null : new Map(orders.map((order) => [order.venueOrderId, order])),
    traded: new Map(traded),
    unread: new Map(unread),
    untold: new Map(untold),
    holdings: new Map(
      holdings.map(([id, legs]) => [
        id,
        new Map(legs.map(([leg, holding]) => [leg, completedHolding(holding)] as const)),
      ]),
    ),
  };
  state.leaders.set(leader.account, leader);
}

function marketRecord(market: FollowerMarket): MarketRecord {
  const { follower, instrument, copies, legs, index: _, ...rest } = market;
  return {
    ...rest,
    follower: follower.account,
    instrument: instrument.id,
    legs: legs.map(({ market: _market, working, ...leg }) => ({ ...leg, working: [...working] })),
    copies: copies.map(copyRecord),
  };
}

function copyRecord({
  leader,
  leaderInstrument,
  market: _,
  rule: ____,
  ratio: __,
  isPlain: _____,
  leverageMaxHundredths: ______,
  index: ___,
  ...rest
}: Copy): CopyRecord {
  return { ...rest, leader: leader.account, leaderInstrument: leaderInstrument.id };
}

function restoreMarket(state: State, record: MarketRecord): void {
  const { follower: account, instrument: id, legs, copies, ...rest } = record;
  const follower = state.followers.get(account);
  const instrument = state.instruments.get(id);
  if (follower === undefined || instrument === undefined)
    throw new Error(`checkpoint lacks ${account} or ${id}`);
  const market = followerMarket(state, follower, instrument);
  Object.assign(market, rest, { ledger: restoreLedger(rest.ledger), worked: restoreTotals(rest.worked) });
  for (const leg of legs) restoreLeg(state, market, leg);
  for (const copy of copies) restoreCopy(state, market, copy);
}

function restoreLeg(state: State, market: FollowerMarket, record: LegRecord): void {
  const { working, ...rest } = record;
  const leg = followerLeg(market, record.leg);
  const orders = working.map(([id, order]) => [id, completedOrder(order)] as const);
  const venue = completedHolding(record.venue);
  Object.assign(leg, rest, { venue, working: new Map(orders), work: restoreWork(rest.work) });
  for (const id of leg.working.keys()) state.orders.set(id, leg);
}

function completedHolding(holding: Holding): Holding {
  return { ...emptyHolding(holding.leg), ...holding };
}

/** Earlier versions knew neither shares nor values, and orders at market only. */
function completedOrder(order: Partial<WorkingOrder> & WorkingOrder): WorkingOrder {
  const {
    form = MARKET,
    termsAtMs = 0,
    acceptedAtMs = 0,
    listedAtMs = 0,
    change = null,
    workId = null,
  } = order;
  return {
    ...order,
    shares: order.shares ?? null,
    tradedValue: toDecimal(order.tradedValue),
    reportedValue: toDecimal(order.reportedValue),
    bookedValue: toDecimal(order.bookedValue),
    tradedFee: toDecimal(order.tradedFee),
    reportedFee: toDecimal(order.reportedFee),
    bookedFee: toDecimal(order.bookedFee),
    form,
    follows: order.follows ?? null,
    termsAtMs,
    acceptedAtMs,
    listedAtMs,
    change,
    workId,
  };
}

function restoreCopy(state: State, market: FollowerMarket, record: CopyRecord): void {
  const { leader: account, leaderInstrument: id, ...rest } = record;
  const leader = state.leaders.get(account);
  const leaderInstrument = state.instruments.get(id);
  if (leader === undefined || leaderInstrument === undefined)
    throw new Error(`checkpoint lacks ${account} or ${id}`);
  const allocation = completedAllocation(record.allocation);
  const terms = copyTerms(allocation, leaderInstrument, market.instrument);
  const place = { leader, leaderInstrument, market, index: market.copies.length };
  const { ending = null, lateNext = false, opened = null } = rest;
  const later = { ending, lateNext, ledger: restoreLedger(rest.ledger), opened };
  const changes = {
    pendingChanges: rest.pendingChanges.map(completedChange),
    lastChange: rest.lastChange === null ? null : completedChange(rest.lastChange),
  };
  const copy: Copy = { ...rest, ...terms, ...place, ...later, ...changes, allocation, legs: [] };
  market.copies.push(copy);
  // What an earlier version did not know yet is as at the beginning.
  for (const leg of record.legs) Object.assign(copyLeg(copy, leg.leg), leg);
}

/** Earlier versions knew the venue's time only. */
function completedChange(change: LeaderChange): LeaderChange {
  const { executedAtMs = change.venueTimeMs }: Partial<LeaderChange> = change;
  return { ...change, executedAtMs };
}

function restoreCopied(state: State, record: LeaderRecord): void {
  const leader = state.leaders.get(record.account);
  for (const id of record.copied) {
    const instrument = state.instruments.get(id);
    if (leader !== undefined && instrument !== undefined) leaderMarket(state, leader, instrument);
  }
}
