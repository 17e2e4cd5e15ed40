/**
 * Where the Sharpe ratio of a record may well lie: the interval of `bootstrapIntervals`, drawn from the same days. It is by far the longest
 * part of a ranking of many, so only the two sums that it needs are taken of each resample.
 */
import { momentsOf } from "../metrics/moments.ts";
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "../selection/block-length.ts";
import { drawDays, percentileInterval } from "../selection/bootstrap.ts";
import type { Interval } from "../selection/wilson.ts";

const CONFIDENCE = 0.95;

export interface Resampling {
  /** 0 makes no interval. */
  readonly resamples: number;
  readonly seed: number;
}

/** A year; null without resamples, and where more than half of them have no ratio. */
export function sharpeInterval(
  returns: Float64Array,
  periodsPerYear: number,
  { resamples, seed }: Resampling,
): Interval | null {
  const { mean } = momentsOf(returns);
  if (resamples === 0 || mean === null || returns.length < 2) return null;
  // Sums of what is left without the mean lose nothing to its size.
  const centred = returns.map((one) => one - mean);
  const blockLength = automaticBlockLength(returns);
  const random = seededRandom(seed);
  const days = new Int32Array(returns.length);
  const ratios = new Float64Array(resamples);
  let count = 0;
  for (let round = 0; round < resamples; round += 1) {
    drawDays(blockLength, random, days);
    const ratio = drawnRatio(centred, mean, days);
    if (Number.isNaN(ratio)) continue;
    ratios[count] = ratio * Math.sqrt(periodsPerYear);
    count += 1;
  }
  return percentileInterval(ratios, count, resamples, CONFIDENCE);
}

/** Mean over deviation of the drawn days; NaN where they are all the same. */
function drawnRatio(centred: Float64Array, mean: number, days: Int32Array): number {
  const n = days.length;
  const first = centred[days[0] as number];
  let [sum, squares, isVaried] = [0, 0, false];
  for (let day = 0; day < n; day += 1) {
    const value = centred[days[day] as number] as number;
    sum += value;
    squares += value * value;
    if (value !== first) isVaried = true;
  }
  return isVaried ? (mean + sum / n) / Math.sqrt((squares - (sum * sum) / n) / (n - 1)) : Number.NaN;
}
