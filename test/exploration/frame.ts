/**
 * A core state in a frame of its own: the present is always the same moment, and orders, changes and the venue's sequences are
 * counted from it, so that two states that differ by nothing but when and how late in the journal they came about are the same
 * text. The text is a checkpoint that the core goes on from; `Shift` says by how much everything else in the world moves along.
 * What the core never reads again under the settings of the exploration (times kept for attribution, and for orders that rest)
 * is blotted out; exploration.test.ts walks merged states at random and finds no difference in what they decide.
 */
import { makeClientOrderId, parseClientOrderId } from "../../src/core/client-order-id.ts";
import { ClientOrderId } from "../../src/core/model/identifiers.ts";

/** Noon: no day ends within the longest step of time. */
export const NOW_MS = Date.UTC(2026, 0, 5, 12);
/** What is older is as old as this: longer than every patience and age that the core knows (the longest is 60 s). */
const HORIZON_MS = 65_000;
/**
 * The same for what changed at a venue, which is only compared with snapshots: these are apart from it by a second at most for
 * it to matter, and none under way is older than SNAPSHOT_AGE_MAX_MS.
 */
const CHANGE_HORIZON_MS = 6_000;
export const SNAPSHOT_AGE_MAX_MS = 4_000;
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

export interface Framed {
  readonly text: string;
  readonly shift: Shift;
}

/** The parts of a checkpoint that are moved (checkpoint.ts has the whole). */
interface Checkpoint {
  epoch: string;
  epochs: [string, number][];
  nowMs: number;
  eventSequence: number;
  decisionSequence: number;
  quotes: [string, { atMs: number }][];
  moved: string[];
  leaders: (ReadTimes & { holdings: [string, [string, HoldingRecord][]][] })[];
  followers: (ReadTimes & { equityAtMs: number; reducedAtMs: number })[];
  markets: MarketRecord[];
}

interface MarketRecord {
  legs: LegRecord[];
  copies: { pendingChanges: object[]; lastChange: object | null }[];
}

interface ReadTimes {
  confirmedAtMs: number;
  readUpToMs: number;
}

interface HoldingRecord {
  confirmedSequence: number;
  confirmedTimeMs: number;
  absentAtMs: number;
  pending: { tradeId: string; sequence: number; venueTimeMs: number }[];
}

interface LegRecord {
  venue: HoldingRecord;
  marked: unknown;
  increasedAtMs: number;
  working: [string, OrderRecord][];
}

interface OrderRecord {
  clientOrderId: string;
  tradeIds: string[];
  decidedAtMs: number;
  acceptedAtMs: number;
}

/** `text` is a checkpoint of any moment after NOW_MS; every follower copies one instrument in one-way mode. */
export function frame(text: string): Framed {
  const state: Checkpoint = JSON.parse(text);
  const shift: Shift = {
    byMs: state.nowMs - NOW_MS,
    decisions: Object.fromEntries(state.epochs.map(([epoch, last]) => [epoch, last - ORIGIN])),
    sequences: state.markets.map(({ legs }) => sequenceShift(legs)),
  };
  blot(state);
  blotChanges(state);
  state.decisionSequence = ORIGIN;
  for (const known of state.epochs) known[1] = ORIGIN;
  for (const [index, market] of state.markets.entries())
    for (const leg of market.legs) moveLeg(leg, shift, shift.sequences[index] ?? 0);
  const moved = JSON.stringify(state).replace(TIME, (digits) => String(movedTime(Number(digits), shift)));
  return { text: moved, shift };
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

export function tradeIdOf(sequence: number): string {
  return `trade-${sequence}`;
}

function sequenceShift(legs: readonly LegRecord[]): number {
  const known = legs.flatMap(({ venue }) => [
    venue.confirmedSequence,
    ...venue.pending.map(({ sequence }) => sequence),
  ]);
  const newest = Math.max(-1, ...known);
  return newest < 0 ? 0 : newest - ORIGIN;
}

/** For attribution, for guards, or asked of orders that rest only; and times in the past that say no more than that they are. */
function blot(state: Checkpoint): void {
  const { nowMs, markets, leaders, followers } = state;
  state.moved = [];
  for (const [, quote] of state.quotes) quote.atMs = nowMs;
  for (const account of [...leaders, ...followers]) blotRead(account, nowMs);
  for (const follower of followers) Object.assign(follower, { equityAtMs: 0, reducedAtMs: 0 });
  for (const { holdings } of leaders)
    for (const [, legs] of holdings) for (const [, holding] of legs) blotHolding(holding, nowMs);
  for (const leg of markets.flatMap(({ legs }) => legs)) {
    Object.assign(leg, { increasedAtMs: 0, marked: null });
    blotHolding(leg.venue, nowMs);
    for (const [, order] of leg.working) Object.assign(order, { decidedAtMs: 0, acceptedAtMs: 0 });
  }
}

/** What a connection would tell again after a restart is kept in the world. */
function blotRead(account: ReadTimes, nowMs: number): void {
  if (nowMs - account.confirmedAtMs < READ_LATELY_MS) account.confirmedAtMs = nowMs;
  if (account.readUpToMs !== 0) account.readUpToMs = nowMs;
}

function blotHolding(holding: HoldingRecord, nowMs: number): void {
  const oldest = nowMs - CHANGE_HORIZON_MS;
  if (holding.confirmedTimeMs !== 0) holding.confirmedTimeMs = Math.max(holding.confirmedTimeMs, oldest);
  if (holding.absentAtMs < nowMs - ABSENCE_HORIZON_MS) holding.absentAtMs = 0;
  for (const fill of holding.pending) fill.venueTimeMs = Math.max(fill.venueTimeMs, oldest);
}

function moveLeg(leg: LegRecord, shift: Shift, bySequence: number): void {
  const { venue } = leg;
  if (venue.confirmedSequence >= 0) venue.confirmedSequence -= bySequence;
  for (const fill of venue.pending) {
    fill.sequence -= bySequence;
    fill.tradeId = tradeIdOf(fill.sequence);
  }
  for (const entry of leg.working) {
    const [id, order] = entry;
    const moved = movedId(id, shift);
    entry[0] = moved;
    order.clientOrderId = moved;
    order.tradeIds = order.tradeIds.map((trade) => tradeIdOf(sequenceIn(trade) - bySequence));
  }
}

function sequenceIn(tradeId: string): number {
  return Number(tradeId.slice(tradeId.indexOf("-") + 1));
}

/** Whether a change waits for its explanation matters; which, and how many, is for attribution. */
function blotChanges(state: Checkpoint): void {
  const { nowMs } = state;
  const times = { venueTimeMs: nowMs, receivedAtMs: nowMs, executedAtMs: nowMs };
  const blank = { change: ORIGIN, price: null, byLots: 0, holdsLots: 0, ...times };
  for (const copy of state.markets.flatMap(({ copies }) => copies)) {
    copy.pendingChanges = copy.pendingChanges.slice(-1);
    for (const change of copy.pendingChanges) Object.assign(change, blank);
    if (copy.lastChange !== null) Object.assign(copy.lastChange, blank);
  }
  state.eventSequence = ORIGIN;
}
