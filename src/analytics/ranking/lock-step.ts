/**
 * Traders that are one: accounts that copy each other, or are run by one hand, trade the same instruments in the same seconds. Counted as
 * several they would look like agreement.
 */
import { pearson } from "../metrics/covariation.ts";
import { overlapOf, type ReturnsSeries } from "../returns-table.ts";

/** When something was traded: instrument and side in one text, and the second. Each of a trader is named once. */
export interface Moment {
  readonly what: string;
  readonly second: number;
}

export interface LockStepRecord {
  readonly moments: readonly Moment[];
  readonly series: ReturnsSeries;
}

export interface LockStepPair {
  readonly one: number;
  readonly other: number;
  /** Moments of the one with less of them, in the time that both cover, at which the other did the same within a second. */
  readonly shared: number;
  /** Of those moments, 0 to 1. */
  readonly share: number;
  /** Of daily returns; null where fewer than CORRELATED_DAYS_MIN days are common. */
  readonly correlation: number | null;
}

/** By chance two busy traders share a second now and then; so many, and most of them, they do not. */
const SHARED_MIN = 10;
const SHARE_MIN = 0.8;
/** Together with days that go the same way less is enough. */
const CORRELATED_SHARED_MIN = 5;
const CORRELATED_SHARE_MIN = 0.3;
const CORRELATION_MIN = 0.95;
const CORRELATED_DAYS_MIN = 10;

/** Pairs of places in `records` that trade as one. */
export function lockStepPairs(records: readonly LockStepRecord[]): readonly LockStepPair[] {
  const index = indexOf(records);
  const pairs: LockStepPair[] = [];
  for (const [one, record] of records.entries()) {
    const counts = new Map<number, number>();
    for (const moment of record.moments)
      for (const other of companions(index, moment)) counts.set(other, (counts.get(other) ?? 0) + 1);
    for (const [other, met] of counts) {
      const company = records[other];
      if (other <= one || met < CORRELATED_SHARED_MIN || company === undefined) continue;
      const pair = { one, other, ...likeness(record, company, met) };
      if (isLockStep(pair)) pairs.push(pair);
    }
  }
  return pairs;
}

/** Places joined by pairs, each group of two or more in rising order. */
export function lockStepGroups(
  count: number,
  pairs: readonly LockStepPair[],
): readonly (readonly number[])[] {
  const leaders = Array.from({ length: count }, (_, place) => place);
  const leaderOf = (place: number): number => {
    const next = leaders[place] ?? place;
    return next === place ? place : leaderOf(next);
  };
  for (const { one, other } of pairs) {
    const [first, second] = [leaderOf(one), leaderOf(other)];
    leaders[Math.max(first, second)] = Math.min(first, second);
  }
  const groups = Map.groupBy(leaders.keys(), leaderOf);
  return [...groups.values()].filter((group) => group.length > 1);
}

type Index = ReadonlyMap<string, readonly number[]>;

function indexOf(records: readonly LockStepRecord[]): Index {
  const index = new Map<string, number[]>();
  for (const [place, { moments }] of records.entries()) {
    for (const { what, second } of moments) {
      const key = `${second} ${what}`;
      const there = index.get(key);
      if (there === undefined) index.set(key, [place]);
      else there.push(place);
    }
  }
  return index;
}

/** Everybody who did the same within a second of it, each once. */
function companions(index: Index, { what, second }: Moment): ReadonlySet<number> {
  const found = new Set<number>();
  for (const at of [second - 1, second, second + 1])
    for (const place of index.get(`${at} ${what}`) ?? []) found.add(place);
  return found;
}

function likeness(one: LockStepRecord, other: LockStepRecord, met: number) {
  const from = Math.max(firstSecond(one), firstSecond(other)) - 1;
  const until = Math.min(lastSecond(one), lastSecond(other)) + 1;
  const within = ({ moments }: LockStepRecord) =>
    moments.filter(({ second }) => second >= from && second <= until).length;
  const fewer = Math.min(within(one), within(other));
  const shared = Math.min(met, fewer);
  const [left, right] = overlapOf(one.series, other.series);
  const correlation = left.length < CORRELATED_DAYS_MIN ? null : pearson(left, right);
  return { shared, share: fewer === 0 ? 0 : shared / fewer, correlation };
}

function firstSecond({ moments }: LockStepRecord): number {
  return moments.reduce((least, { second }) => Math.min(least, second), Number.POSITIVE_INFINITY);
}

function lastSecond({ moments }: LockStepRecord): number {
  return moments.reduce((most, { second }) => Math.max(most, second), Number.NEGATIVE_INFINITY);
}

function isLockStep({ shared, share, correlation }: LockStepPair): boolean {
  if (shared >= SHARED_MIN && share >= SHARE_MIN) return true;
  const isAlike = correlation !== null && correlation >= CORRELATION_MIN;
  return isAlike && shared >= CORRELATED_SHARED_MIN && share >= CORRELATED_SHARE_MIN;
}
