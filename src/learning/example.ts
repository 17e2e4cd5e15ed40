/**
 * What is learned from: somebody who could be chosen at the beginning of a period, what was known of them then, and the Sharpe ratio of what
 * followed.
 */
import { momentsOf } from "../analytics/metrics/moments.ts";
import { sharpeRatio } from "../analytics/metrics/sharpe.ts";
import type { Period, PeriodCandidate } from "../analytics/walk-forward/holding.ts";

const DAYS_A_YEAR = 365;

/** The candidates of a period stand in the order of the baseline. */
export interface LearningCandidate extends PeriodCandidate {
  /** Known when the period begins; NaN for what is not known. All of a study have the same ones in the same order. */
  readonly features: readonly number[];
}

export type LearningPeriod = Period<LearningCandidate>;

export interface Example {
  readonly features: readonly number[];
  /** A year; 0 of days that are all the same. */
  readonly target: number;
  /** UTC days since 1970 that the target is made of: from `beginDay` to before `endDay`. */
  readonly beginDay: number;
  readonly endDay: number;
}

export function examplesOf({ beginDay, days, candidates }: LearningPeriod): readonly Example[] {
  return candidates.map(({ features, outcome }) => ({
    features,
    target: targetOf(outcome),
    beginDay,
    endDay: beginDay + days,
  }));
}

export function targetOf(outcome: Float64Array): number {
  return sharpeRatio(momentsOf(outcome), DAYS_A_YEAR) ?? 0;
}
