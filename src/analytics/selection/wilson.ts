/**
 * Wilson's interval for a rate of wins: sensible also for few trials and for rates near 0 or 1. No continuity correction.
 *
 * Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
 */
import { normalQuantile } from "../numeric/normal.ts";

export type Interval = readonly [low: number, high: number];

/** Within [0, 1]; null without trials. `confidence` is two-sided, for example 0.95. */
export function wilsonInterval(wins: number, trials: number, confidence: number): Interval | null {
  if (trials === 0) return null;
  const z = normalQuantile(0.5 + confidence / 2);
  const rate = wins / trials;
  const weight = 1 + (z * z) / trials;
  const centre = (rate + (z * z) / (2 * trials)) / weight;
  const half = (z / weight) * Math.sqrt((rate * (1 - rate) + (z * z) / (4 * trials)) / trials);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
