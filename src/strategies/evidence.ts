/**
 * The evidence that a strategy is asked with, out of what live, paper and backtest know of each leader: returns put on common days,
 * figures and correlations of them. Made in one place, so that the same records are the same evidence wherever they come from.
 */
import { shrunkPairs } from "../analytics/correlation/shrunk-pairs.ts";
import { monthOfDay, utcDay } from "../analytics/equity/days.ts";
import { performanceOf } from "../analytics/metrics/performance.ts";
import { knownReturns } from "./known-returns.ts";
import type { Candidate, StrategyEvidence } from "./strategy.ts";

export interface CandidateRecord extends Omit<Candidate, "returns" | "figures"> {
  /** UTC day, counted from 1970, of the first return. */
  readonly firstDay: number;
  /** One a day without a gap, after a follower's costs; only of days that were over. */
  readonly returns: Float64Array;
  /** Finished positions that were seen whole by then. */
  readonly trips: number;
}

export interface EvidenceParts extends Pick<StrategyEvidence, "asOfMs" | "equity"> {
  /** Most days that are looked back. */
  readonly lookbackDays: number;
  readonly records: readonly CandidateRecord[];
}

export const LOOKBACK_DAYS = 365;
const DAYS_A_YEAR = 365;
const PAIR_DAYS_MIN = 30;

/** Returns of days that were not over at `asOfMs` are left out, whoever passes them. Correlations are made when they are first asked for. */
export function strategyEvidence({ asOfMs, equity, lookbackDays, records }: EvidenceParts): StrategyEvidence {
  const today = utcDay(asOfMs);
  const firstDay = records.reduce(
    (first, record) => Math.min(first, Math.max(record.firstDay, today - lookbackDays)),
    today,
  );
  const days = today - firstDay;
  const candidates = records.map((record) => candidateOf(record, firstDay, days));
  let correlations: Float64Array | null = null;
  return {
    asOfMs,
    equity,
    firstDay,
    days,
    candidates,
    get correlations() {
      correlations ??= correlationsOf(candidates);
      return correlations;
    },
  };
}

function candidateOf(
  { firstDay: from, returns, trips, ...record }: CandidateRecord,
  firstDay: number,
  days: number,
): Candidate {
  const onDays = Float64Array.from(
    { length: days },
    (_, day) => returns[firstDay + day - from] ?? Number.NaN,
  );
  return { ...record, returns: onDays, figures: figuresOn(onDays, firstDay, trips) };
}

/** Of the known days of some that begin with `firstDay`. */
export function figuresOn(
  returns: Float64Array,
  firstDay: number,
  trips: number | null,
): Candidate["figures"] {
  const known = knownReturns(returns);
  const knownDays = Array.from(returns.keys()).filter((day) => isKnown(returns[day] as number));
  const months = Int32Array.from(knownDays, (day) => monthOfDay(firstDay + day));
  const figures = performanceOf({ returns: known, periodsPerYear: DAYS_A_YEAR, months });
  return { ...figures, trips, days: known.length };
}

/** Drawn towards what all pairs have in common, as the limits of risk read them. */
export function correlationsOf(candidates: readonly Candidate[]): Float64Array {
  const count = candidates.length;
  const series = candidates.map(({ trader, returns }) => {
    const all = Float64Array.from(returns);
    const firstRow = Math.max(0, all.findIndex(isKnown));
    return { name: trader, firstRow, returns: all.slice(firstRow, all.findLastIndex(isKnown) + 1) };
  });
  const matrix = new Float64Array(count * count).fill(Number.NaN);
  for (let at = 0; at < count; at += 1) matrix[at * count + at] = 1;
  for (const { one, other, shrunk } of shrunkPairs(series, { daysMin: PAIR_DAYS_MIN, confidence: 0.95 })) {
    if (shrunk === null) continue;
    matrix[one * count + other] = shrunk.value;
    matrix[other * count + one] = shrunk.value;
  }
  return matrix;
}

function isKnown(value: number): boolean {
  return !Number.isNaN(value);
}
