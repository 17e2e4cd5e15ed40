/**
 * Features of different units made alike: what lies beyond the outer 2.5 % counts as at their edge, then each has mean zero and deviation one. What
 * is not known counts as average.
 */
import { momentsOf } from "../analytics/metrics/moments.ts";
import { quantileInPlace } from "../analytics/numeric/quantile.ts";

const EDGE = 0.025;

export interface ScaleOfFeature {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** 1 where it does not vary. */
  readonly deviation: number;
}

/** Of values of one feature; NaN for those that are not known. */
export function scaleOf(values: readonly number[]): ScaleOfFeature {
  const known = Float64Array.from(values.filter((value) => Number.isFinite(value)));
  const low = quantileInPlace(known, EDGE) ?? 0;
  const high = quantileInPlace(known, 1 - EDGE) ?? 0;
  const { mean, deviation } = momentsOf(known.map((value) => clamped(value, low, high)));
  return { low, high, mean: mean ?? 0, deviation: deviation === null || deviation === 0 ? 1 : deviation };
}

export function scaled(value: number, { low, high, mean, deviation }: ScaleOfFeature): number {
  return Number.isFinite(value) ? (clamped(value, low, high) - mean) / deviation : 0;
}

export function clamped(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
