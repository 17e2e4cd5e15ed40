/**
 * Whether any of many sets of options beats the default. Something does only where three things hold together: the best of all days is another one
 * than the default; chosen on the past only, options gained more than the default on the days after; and the best is further ahead than the best of
 * as many trials without skill would be. Whether it earns anything itself is another question: its deflated Sharpe ratio.
 */
import { momentsOf } from "../metrics/moments.ts";
import { averageCorrelation } from "../selection/average-correlation.ts";
import {
  deflatedSharpe,
  expectedMaximum,
  expectedMaximumSharpe,
  independentTrials,
} from "../selection/deflated-sharpe.ts";
import { sharpeStatistics } from "../selection/sharpe-statistics.ts";
import { type Compared, comparedReturns } from "../walk-forward/comparison.ts";
import { bestOfAll } from "./best-of-all.ts";
import { bestOn, type ChosenAhead, chosenAhead } from "./chosen-ahead.ts";
import type { Gaps } from "./folds.ts";
import { type Overfitting, overfittingOf } from "./overfitting.ts";
import { ratioOf } from "./trial-ratio.ts";

export interface JudgingOptions extends Gaps {
  readonly folds: number;
  readonly resamples: number;
  readonly seed: number;
  /** Sharpe ratios per day of trials on the same data that were made before and are none of these; each counts. */
  readonly earlier: readonly (number | null)[];
  /** Returns of all days of whoever held in turn what was chosen forward; put together of the trials where left out. */
  readonly forward?: Float64Array;
}

export interface JudgedAhead extends Omit<ChosenAhead, "returns" | "base"> {
  /** Of what was chosen, against the default; null without days. */
  readonly ahead: Compared | null;
}

export interface TrialCounts {
  readonly now: number;
  readonly earlier: number;
  /** Both. */
  readonly all: number;
  /** So many independent ones these and all of them are like, by what the trials of now have in common. */
  readonly independentNow: number;
  readonly independent: number;
  readonly averageCorrelation: number | null;
}

export interface DeflatedBest {
  readonly sharpePerDay: number;
  /** Deviations of Sharpe ratios per day: of all trials, and what luck alone makes of one, its standard error. */
  readonly spreadOfTrials: number;
  readonly spreadOfLuck: number;
  /** What the luckiest of all trials would show, and of the independent ones; per day, by the smaller of both spreads. */
  readonly luckiestOfAll: number;
  readonly luckiestOfIndependent: number;
  /** Probability that the true ratio is above that of the luckiest. */
  readonly byAll: number | null;
  readonly byIndependent: number | null;
  /**
   * By all, as published, with the spread of the trials whatever it is. Where options truly matter that is wider than luck spreads them, and more is
   * deflated than luck.
   */
  readonly asPublished: number | null;
}

export type CheckName = "another-than-default" | "walk-forward" | "best-of-all" | "deflated-sharpe";

export interface Check {
  readonly check: CheckName;
  readonly holds: boolean;
}

const OF_ITSELF: CheckName = "deflated-sharpe";

export interface JudgedTrials {
  readonly days: number;
  /** Of each trial, per day. */
  readonly sharpes: readonly number[];
  /** Of each: that less the default's, and how often chance alone puts the best of all trials so far ahead. */
  readonly sharpesAhead: readonly number[];
  readonly chances: readonly number[];
  /** Place of the trial that was best on all days; 0 is the default. */
  readonly best: number;
  /** The best against the default on all days, for one question. */
  readonly bestAhead: Compared | null;
  readonly walkForward: JudgedAhead;
  /** Judged by later days as well; null where none may teach. */
  readonly crossValidated: JudgedAhead | null;
  readonly overfitting: Overfitting | null;
  readonly counts: TrialCounts;
  /** Of the best; null where its returns never vary. */
  readonly deflated: DeflatedBest | null;
  readonly checks: readonly Check[];
  /** The best beats the default. */
  readonly isBetter: boolean;
  /** The best earns more than the luckiest of so many would show. */
  readonly isProven: boolean;
  /** So many days have to be judged walk-forward, or nothing is told. */
  readonly isLongEnough: boolean;
}

export const JUDGED_DAYS_MIN = 30;
const SURE = 0.95;

/** The first of the trials is the default; all are of the same days. Throws a RangeError without trials or where their days differ. */
export function judgedTrials(trials: readonly Float64Array[], options: JudgingOptions): JudgedTrials {
  const [base] = trials;
  if (base === undefined) throw new RangeError("there is no trial to judge");
  if (trials.some(({ length }) => length !== base.length))
    throw new RangeError("trials of different days cannot be held against each other");
  const { purge } = options;
  const best = bestOn(
    trials,
    Array.from(base, (_, day) => day),
  );
  const { ahead: sharpesAhead, chances: found } = bestOfAll(trials, options);
  const counts = countsOf(trials, options.earlier);
  // Trials of before could have been the luckiest as well: as often as families of this size were tried.
  const chances = found.map((chance) => 1 - (1 - chance) ** (counts.all / counts.now));
  const walkForward = forwardAhead(trials, options);
  const deflated = deflatedOf(trials, best, counts, options.earlier);
  const isLongEnough = (walkForward.ahead?.days ?? 0) >= JUDGED_DAYS_MIN;
  const checks: readonly Check[] = [
    { check: "another-than-default", holds: best !== 0 },
    { check: "walk-forward", holds: isLongEnough && (walkForward.ahead?.sharpeInterval?.[0] ?? 0) > 0 },
    { check: "best-of-all", holds: (chances[best] ?? 1) < 1 - SURE },
    { check: "deflated-sharpe", holds: (deflated?.byAll ?? 0) > SURE },
  ];
  return {
    days: base.length,
    sharpes: trials.map(ratioOf),
    sharpesAhead,
    chances,
    best,
    bestAhead: best === 0 ? null : against(trials[best] ?? base, base, options),
    walkForward,
    crossValidated: laterOnes(trials, options),
    overfitting: overfittingOf(trials, purge),
    counts,
    deflated,
    checks,
    isBetter: checks.every(({ check, holds }) => holds || check === OF_ITSELF),
    isProven: checks.some(({ check, holds }) => holds && check === OF_ITSELF),
    isLongEnough,
  };
}

function forwardAhead(trials: readonly Float64Array[], options: JudgingOptions): JudgedAhead {
  const { forward } = options;
  const found = judgedAhead(trials, options, false);
  if (forward === undefined) return found;
  const blocks = found.blocks.map((block) => ({
    ...block,
    sharpe: ratioOf(forward.subarray(block.from, block.until)),
  }));
  const held = (returns: Float64Array = new Float64Array()) =>
    Float64Array.from(blocks.flatMap(({ from, until }) => [...returns.subarray(from, until)]));
  return { blocks, ahead: against(held(forward), held(trials[0]), options) };
}

function judgedAhead(
  trials: readonly Float64Array[],
  options: JudgingOptions,
  usesLater: boolean,
): JudgedAhead {
  const { blocks, returns, base } = chosenAhead(trials, { ...options, usesLater });
  return { blocks, ahead: against(returns, base, options) };
}

/** Who holds nothing has a Sharpe ratio of zero. */
function against(
  one: Float64Array,
  base: Float64Array,
  { resamples, seed }: JudgingOptions,
): Compared | null {
  return comparedReturns(one, base, { resamples, seed, confidence: SURE, idleSharpe: 0 });
}

/** Null where it would be the walk forward once more. */
function laterOnes(trials: readonly Float64Array[], options: JudgingOptions): JudgedAhead | null {
  const found = judgedAhead(trials, options, true);
  return found.blocks.some(({ from, taught }) => taught > Math.max(0, from - options.purge)) ? found : null;
}

function countsOf(trials: readonly Float64Array[], earlier: readonly unknown[]): TrialCounts {
  const [now, all] = [trials.length, trials.length + earlier.length];
  const average = averageCorrelation(
    trials.map((returns, at) => ({ name: String(at), firstRow: 0, returns })),
  );
  // Without anything in common that can be told, each counts. The formula may round up past them.
  const independent = (count: number) =>
    average === null ? count : Math.min(count, independentTrials(count, Math.max(0, average)));
  return {
    now,
    earlier: earlier.length,
    all,
    independentNow: independent(now),
    independent: independent(all),
    averageCorrelation: average,
  };
}

function deflatedOf(
  trials: readonly Float64Array[],
  best: number,
  { all, independent }: TrialCounts,
  earlier: JudgingOptions["earlier"],
): DeflatedBest | null {
  const statistics = sharpeStatistics(trials[best] ?? new Float64Array());
  if (statistics === null) return null;
  const sharpes = [...trials.map(ratioOf), ...earlier.flatMap((one) => (one === null ? [] : [one]))];
  const { sharpePerDay, standardError: spreadOfLuck } = statistics;
  const spreadOfTrials = momentsOf(sharpes).deviation ?? 0;
  const spread = Math.min(spreadOfTrials, spreadOfLuck);
  const luckiestOfAll = spread * expectedMaximum(all);
  const luckiestOfIndependent = spread * expectedMaximum(independent);
  return {
    sharpePerDay,
    spreadOfTrials,
    spreadOfLuck,
    luckiestOfAll,
    luckiestOfIndependent,
    byAll: deflatedSharpe(statistics, luckiestOfAll),
    byIndependent: deflatedSharpe(statistics, luckiestOfIndependent),
    asPublished: deflatedSharpe(statistics, expectedMaximumSharpe(sharpes, all) ?? 0),
  };
}
