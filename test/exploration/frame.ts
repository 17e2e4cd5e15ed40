/**
 * A core state in a frame of its own: the present is always the same moment, and orders, changes and the venue's sequences are
 * counted from it, so that two states that differ by nothing but when and how late in the journal they came about are the same
 * text. The text is a checkpoint that the core goes on from; `Shift` says by how much everything else in the world moves along.
 * What the core never reads again under the settings of the exploration (times kept for attribution, and for orders that rest)
 * is blotted out; exploration.test.ts walks merged states at random and finds no difference in what they decide.
 */
import { makeClientOrderId, parseClientOrderId } from "../../src/core/client-order-id.ts";
import type { Holding } from "../../src/core/holding.ts";
import { ZERO_LOTS } from "../../src/core/model/amounts.ts";
import { ClientOrderId, TradeId } from "../../src/core/model/identifiers.ts";
import type { FollowerLeg, FollowerState, LeaderState, State } from "../../src/core/state.ts";

/** Noon: no day ends within the longest step of time. */
export const NOW_MS = Date.UTC(2026, 0, 5, 12);
/** What is older is as old as this: longer than every patience and age that the core knows (the longest is 60 s). */
const HORIZON_MS = 65_000;
/**
 * The same for what changed at a venue, which is only compared with snapshots, these being younger by a second or less
 * (SNAPSHOT_SETTLE_MS): none under way is older than the present, as no time passes while one is.
 */
const CHANGE_HORIZON_MS = 1_000;
/** A difference between venue and ledger that is so old is as old as any: MISMATCH_PATIENCE_MS, SNAPSHOT_SETTLE_MS. */
const MISMATCH_HORIZON_MS = 1_200;
/** Fills that were told to be under way when nothing was held are delivered before so much time passes. */
const ABSENCE_HORIZON_MS = 500;
/** What was read more lately than this was read just now, as far as the core can tell: each is read anew within the interval. */
const READ_LATELY_MS = 15_000;
/** Sequences and decisions are counted from here. */
export const ORIGIN = 1_000;
/** Numbers above are times; amounts and counts are far below. */
const TIMES_FROM = 1e11;
const TIME = /(?<=[:,[])\d{13}(?=[,\]}])/g;

/** How a new frame lies in the old one. */
export interface Shift {
  readonly byMs: number;
  /** By epoch, what is taken from the decisions that order ids name. */
  readonly decisions: Readonly<Record<string, number>>;
  /** By follower, what is taken from the venue's sequences. */
  readonly sequences: readonly number[];
}

/**
 * Puts a state of any moment after NOW_MS into a frame of its own, but for its times, which are moved in its text (`movedTimes`);
 * every follower copies one instrument in one-way mode. The state is of no use afterwards but to be written as text.
 */
export function frame(state: State): Shift {
  const shift: Shift = {
    byMs: state.nowMs - NOW_MS,
    decisions: Object.fromEntries([...state.epochs].map(([epoch, last]) => [epoch, last - ORIGIN])),
    sequences: state.markets.map(({ legs }) => sequenceShift(legs)),
  };
  blot(state);
  blotChanges(state);
  state.decisionSequence = ORIGIN;
  for (const epoch of state.epochs.keys()) state.epochs.set(epoch, ORIGIN);
  for (const [index, market] of state.markets.entries())
    for (const leg of market.legs) moveLeg(leg, shift, shift.sequences[index] ?? 0);
  return shift;
}

/** The times of a checkpoint's text, in the new frame. */
export function movedTimes(text: string, shift: Shift): string {
  return text.replace(TIME, (digits) => String(movedTime(Number(digits), shift)));
}

/** Whether everything stays where it is. */
export function isStill({ byMs, decisions, sequences }: Shift): boolean {
  return byMs === 0 && sequences.every((by) => by === 0) && Object.values(decisions).every((by) => by === 0);
}

/** A time of the old frame in the new one; any other number stays. */
export function movedTime(value: number, { byMs }: Shift): number {
  return value < TIMES_FROM ? value : Math.max(value - byMs, NOW_MS - HORIZON_MS);
}

/** The same for when something changed at a venue. */
export function movedChange(value: number, shift: Shift): number {
  return value === 0 ? 0 : Math.max(movedTime(value, shift), NOW_MS - CHANGE_HORIZON_MS);
}

export function movedId(id: string, { decisions }: Shift): ClientOrderId {
  const identity = parseClientOrderId(id);
  if (identity === undefined) throw new Error(`${id} is no order of ours`);
  const by = decisions[identity.epoch] ?? 0;
  if (by === 0) return ClientOrderId(id);
  return makeClientOrderId({ ...identity, decision: identity.decision - by });
}

export function tradeIdOf(sequence: number): TradeId {
  return TradeId(`trade-${sequence}`);
}

function sequenceShift(legs: readonly FollowerLeg[]): number {
  const known = legs.flatMap(({ venue }) => [
    venue.confirmedSequence,
    ...venue.pending.map(({ sequence }) => sequence),
  ]);
  const newest = Math.max(-1, ...known);
  return newest < 0 ? 0 : newest - ORIGIN;
}

/** For attribution, for guards, or asked of orders that rest only; and times in the past that say no more than that they are. */
function blot(state: State): void {
  const { nowMs, markets, leaders, followers } = state;
  state.moved = new Set();
  for (const quote of state.quotes.values()) quote.atMs = nowMs;
  for (const account of [...leaders.values(), ...followers.values()]) blotRead(account, nowMs);
  for (const follower of followers.values()) Object.assign(follower, { equityAtMs: 0, reducedAtMs: 0 });
  for (const leader of leaders.values()) {
    const holdings = [...leader.holdings.values()].flatMap((legs) => [...legs.values()]);
    for (const holding of holdings) blotHolding(holding, nowMs);
    // Asked once for each instrument, and there is but one.
    if (holdings.length > 0 || leader.listedAtServerMs < nowMs - ABSENCE_HORIZON_MS)
      leader.listedAtServerMs = 0;
  }
  for (const leg of markets.flatMap(({ legs }) => legs)) {
    Object.assign(leg, { increasedAtMs: 0, marked: null });
    if (leg.retryAtMs <= nowMs) leg.retryAtMs = 0;
    if (leg.mismatchSinceMs !== null)
      leg.mismatchSinceMs = Math.max(leg.mismatchSinceMs, nowMs - MISMATCH_HORIZON_MS);
    blotHolding(leg.venue, nowMs);
    for (const order of leg.working.values()) {
      Object.assign(order, { decidedAtMs: 0, acceptedAtMs: 0 });
      if (order.status === "closed") Object.assign(order, NOT_ASKED_ANY_MORE);
    }
  }
}

/** Of an order that has ended: nobody looks it up. */
const NOT_ASKED_ANY_MORE = {
  lookUpAtMs: 0,
  lookUps: 0,
  firstAbsenceMs: null,
  expiresAtServerMs: null,
  closeReason: "",
};

/** What a connection would tell again after a restart is kept in the world. */
function blotRead(account: LeaderState | FollowerState, nowMs: number): void {
  if (nowMs - account.confirmedAtMs < READ_LATELY_MS) account.confirmedAtMs = nowMs;
  if (account.readUpToMs !== 0) account.readUpToMs = nowMs;
  if (account.readUpToServerMs !== 0) account.readUpToServerMs = nowMs;
}

function blotHolding(holding: Holding, nowMs: number): void {
  const oldest = nowMs - CHANGE_HORIZON_MS;
  if (holding.confirmedTimeMs !== 0) holding.confirmedTimeMs = Math.max(holding.confirmedTimeMs, oldest);
  if (holding.absentAtMs < nowMs - ABSENCE_HORIZON_MS) holding.absentAtMs = 0;
  holding.pending = holding.pending.map((fill) => ({
    ...fill,
    venueTimeMs: Math.max(fill.venueTimeMs, oldest),
  }));
}

function moveLeg(leg: FollowerLeg, shift: Shift, bySequence: number): void {
  const { venue } = leg;
  if (venue.confirmedSequence >= 0) venue.confirmedSequence -= bySequence;
  venue.pending = venue.pending.map((fill) => {
    const sequence = fill.sequence - bySequence;
    return { ...fill, sequence, tradeId: tradeIdOf(sequence) };
  });
  const moved = [...leg.working].map(([id, order]) => {
    const clientOrderId = movedId(id, shift);
    const tradeIds = order.tradeIds.map((trade) => tradeIdOf(sequenceIn(trade) - bySequence));
    return [clientOrderId, { ...order, clientOrderId, tradeIds }] as const;
  });
  leg.working = new Map(moved);
}

function sequenceIn(tradeId: string): number {
  return Number(tradeId.slice(tradeId.indexOf("-") + 1));
}

/** Whether a change waits for its explanation matters; which, and how many, is for attribution. */
function blotChanges(state: State): void {
  const { nowMs } = state;
  const times = { venueTimeMs: nowMs, receivedAtMs: nowMs, executedAtMs: nowMs };
  const blank = { change: ORIGIN, price: null, byLots: ZERO_LOTS, holdsLots: ZERO_LOTS, ...times };
  for (const copy of state.markets.flatMap(({ copies }) => copies)) {
    copy.pendingChanges = copy.pendingChanges.slice(-1).map((change) => ({ ...change, ...blank }));
    if (copy.lastChange !== null) copy.lastChange = { ...copy.lastChange, ...blank };
  }
  state.eventSequence = ORIGIN;
}
