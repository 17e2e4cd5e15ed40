/**
 * A sum of daily amounts, such as what one way of doing it gained more than another on the same days: where it may well lie, and how
 * often chance alone brings as much. By the stationary bootstrap, as what happens on one day goes on for some.
 *
 * Sources: Politis and Romano 1994; for the chance Davison and Hinkley 1997, section 4.2.
 */
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "./block-length.ts";
import { type BootstrapOptions, drawDays, percentileInterval } from "./bootstrap.ts";
import type { Interval } from "./wilson.ts";

export interface TotalTest {
  readonly total: number;
  /** In the unit of the amounts; null without resamples. */
  readonly interval: Interval | null;
  /** Of sums round nothing how many are at least so far from it, two-sided; null without resamples, 1 where every day is nothing. */
  readonly chance: number | null;
}

export function testedTotal(
  amounts: Float64Array,
  { resamples, seed, confidence, blockLength }: BootstrapOptions,
): TotalTest {
  const total = amounts.reduce((sum, one) => sum + one, 0);
  if (resamples === 0 || amounts.length === 0) return { total, interval: null, chance: null };
  const random = seededRandom(seed);
  const length = blockLength ?? automaticBlockLength(amounts);
  const days = new Int32Array(amounts.length);
  const drawn = new Float64Array(resamples);
  let beyond = 0;
  for (let round = 0; round < resamples; round += 1) {
    drawDays(length, random, days);
    let sum = 0;
    for (const day of days) sum += amounts[day] as number;
    drawn[round] = sum;
    if (Math.abs(sum - total) >= Math.abs(total)) beyond += 1;
  }
  return {
    total,
    interval: percentileInterval(drawn, resamples, resamples, confidence),
    chance: (beyond + 1) / (resamples + 1),
  };
}
