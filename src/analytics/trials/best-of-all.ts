/**
 * How often chance alone puts the best of many trials so far ahead of the default: the largest of all differences of Sharpe ratios in resamples round
 * no difference, each in units of its own uncertainty. Trials that are alike are not counted twice, as all are drawn with the same days.
 *
 * Sources: H. White, A Reality Check for Data Snooping, Econometrica 68 (2000); P. R. Hansen, A Test for Superior Predictive Ability, JBES 23 (2005),
 * for the units; J. P. Romano and M. Wolf, Econometrica 73 (2005), for each trial beside the best (one step).
 */
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "../selection/block-length.ts";
import { drawDays } from "../selection/bootstrap.ts";
import { ratioOf, ratioOn } from "./trial-ratio.ts";

export interface BestOfAll {
  /** Mean length of a block in days. */
  readonly blockLength: number;
  /** Of each trial: its Sharpe ratio per day less the default's. */
  readonly ahead: readonly number[];
  /** Of each: how often the best of so many without skill is at least so far ahead; 1 of the default. Empty without resamples. */
  readonly chances: readonly number[];
}

/** The first of the trials is the default. */
export function bestOfAll(
  trials: readonly Float64Array[],
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): BestOfAll {
  const [base = new Float64Array()] = trials;
  const ahead = trials.map((returns) => ratioOf(returns) - ratioOf(base));
  const blockLength = usualBlockLength(trials);
  if (resamples === 0) return { blockLength, ahead, chances: [] };
  const drawn = trials.map(() => new Float64Array(resamples));
  const days = new Int32Array(base.length);
  const random = seededRandom(seed);
  for (let round = 0; round < resamples; round += 1) {
    drawDays(blockLength, random, days);
    const ofBase = ratioOn(base, days);
    for (const [at, returns] of trials.entries())
      (drawn[at] as Float64Array)[round] = ratioOn(returns, days) - ofBase - (ahead[at] ?? 0);
  }
  const spreads = drawn.map(spreadOf);
  const inUnits = (difference: number, at: number) => {
    const spread = spreads[at] ?? 0;
    return spread > 0 ? difference / spread : 0;
  };
  const largest = Float64Array.from({ length: resamples }, (_, round) =>
    drawn.reduce((most, one, at) => Math.max(most, inUnits(one[round] ?? 0, at)), 0),
  ).sort();
  const chances = ahead.map((difference, at) => chanceOf(inUnits(difference, at), largest));
  return { blockLength, ahead, chances };
}

/** The mean of all differences': the longest of many would be long by chance. */
function usualBlockLength(trials: readonly Float64Array[]): number {
  const [base, ...others] = trials;
  if (base === undefined || others.length === 0) return 1;
  const lengths = others.map((returns) =>
    automaticBlockLength(returns.map((value, day) => value - (base[day] ?? 0))),
  );
  return lengths.reduce((sum, one) => sum + one, 0) / lengths.length;
}

/** Round zero. */
function spreadOf(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, one) => sum + one * one, 0) / values.length);
}

/** One more counts on both sides, so that it is never nothing. `largest` is in order. */
function chanceOf(found: number, largest: Float64Array): number {
  if (found <= 0) return 1;
  const below = largest.findIndex((one) => one >= found);
  return ((below < 0 ? 0 : largest.length - below) + 1) / (largest.length + 1);
}
