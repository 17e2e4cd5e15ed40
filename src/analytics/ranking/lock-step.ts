/**
 * Traders that are one: accounts that copy each other, or are run by one hand, trade the same instruments in the same seconds. Counted as
 * several they would look like agreement.
 */
import { pearson } from "../metrics/covariation.ts";
import { overlapOf, type ReturnsSeries } from "../returns-table.ts";

/** When what was traded: by instrument and side in one text the seconds, each once, rising. */
export type Moments = Readonly<Record<string, readonly number[]>>;

export interface LockStepRecord {
  readonly moments: Moments;
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
/** What so many did in one second says nothing of any two of them. */
const CROWD_MIN = 1_000;

/** Pairs of places in `records` that trade as one. */
export function lockStepPairs(records: readonly LockStepRecord[]): readonly LockStepPair[] {
  const meetings = meetingsOf(records);
  const pairs: LockStepPair[] = [];
  for (const [one, record] of records.entries()) {
    const counts = new Map<number, number>();
    for (const [what, seconds] of Object.entries(record.moments)) {
      const meeting = meetings.get(what);
      if (meeting === undefined) continue;
      const companions = companionsIn(meeting);
      for (const second of seconds) {
        const there = companions(second);
        if (there.size < CROWD_MIN)
          for (const other of there) counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    }
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

/** Everybody who traded the same: the seconds, rising, and the places of who it was. */
interface Meeting {
  readonly seconds: Int32Array;
  readonly places: Int32Array;
}

function meetingsOf(records: readonly LockStepRecord[]): ReadonlyMap<string, Meeting> {
  const keys = new Map<string, number[]>();
  for (const [place, { moments }] of records.entries()) {
    for (const [what, seconds] of Object.entries(moments)) {
      const there = keys.get(what) ?? [];
      keys.set(what, there);
      // Second and place in one number, which sorts by both.
      for (const second of seconds) there.push(second * records.length + place);
    }
  }
  const meetings = new Map<string, Meeting>();
  for (const [what, there] of keys) {
    const sorted = Float64Array.from(there).sort();
    keys.set(what, []);
    meetings.set(what, {
      seconds: Int32Array.from(sorted, (key) => Math.floor(key / records.length)),
      places: Int32Array.from(sorted, (key) => key % records.length),
    });
  }
  return meetings;
}

/** Finds everybody who was there within a second of a moment, each once. Asked for rising moments. */
function companionsIn({ seconds, places }: Meeting): (second: number) => ReadonlySet<number> {
  let from = 0;
  return (second) => {
    from = firstAtLeast(seconds, second - 1, from);
    const found = new Set<number>();
    for (let at = from; at < seconds.length && (seconds[at] ?? 0) <= second + 1; at += 1)
      found.add(places[at] ?? 0);
    return found;
  };
}

/** First place, from `from` on, of a value that is not below `least`. */
function firstAtLeast(values: Int32Array, least: number, from: number): number {
  let [low, high] = [from, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function likeness(one: LockStepRecord, other: LockStepRecord, met: number) {
  const [first, second] = [spanOf(one), spanOf(other)];
  const from = Math.max(first.from, second.from) - 1;
  const until = Math.min(first.until, second.until) + 1;
  const fewer = Math.min(countWithin(one, from, until), countWithin(other, from, until));
  const shared = Math.min(met, fewer);
  const [left, right] = overlapOf(one.series, other.series);
  const correlation = left.length < CORRELATED_DAYS_MIN ? null : pearson(left, right);
  return { shared, share: fewer === 0 ? 0 : shared / fewer, correlation };
}

function countWithin({ moments }: LockStepRecord, from: number, until: number): number {
  return Object.values(moments)
    .map((seconds) => seconds.filter((second) => second >= from && second <= until).length)
    .reduce((sum, count) => sum + count, 0);
}

/** First and last second. */
function spanOf({ moments }: LockStepRecord): { readonly from: number; readonly until: number } {
  const all = Object.values(moments);
  return {
    from: Math.min(...all.map((seconds) => seconds[0] ?? Number.POSITIVE_INFINITY)),
    until: Math.max(...all.map((seconds) => seconds.at(-1) ?? Number.NEGATIVE_INFINITY)),
  };
}

function isLockStep({ shared, share, correlation }: LockStepPair): boolean {
  if (shared >= SHARED_MIN && share >= SHARE_MIN) return true;
  const isAlike = correlation !== null && correlation >= CORRELATION_MIN;
  return isAlike && shared >= CORRELATED_SHARED_MIN && share >= CORRELATED_SHARE_MIN;
}
