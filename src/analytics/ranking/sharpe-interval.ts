/** Where the Sharpe ratio of a record may well lie, by resampling: by far the longest part of a ranking, and the same until the record changes. */
import { momentsOf } from "../metrics/moments.ts";
import { sharpeRatio } from "../metrics/sharpe.ts";
import { bootstrapIntervals } from "../selection/bootstrap.ts";
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
  if (resamples === 0) return null;
  const measure = (sample: Float64Array) => ({ sharpe: sharpeRatio(momentsOf(sample), periodsPerYear) });
  return bootstrapIntervals(returns, measure, { resamples, seed, confidence: CONFIDENCE }).intervals.sharpe;
}
