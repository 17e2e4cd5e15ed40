/**
 * Intervals of any figure by the stationary bootstrap: series are drawn anew from blocks of random length of the one that is there, which
 * keeps what hangs together from day to day. Seeded: the same series and seed give the same interval.
 *
 * Source: D. N. Politis and J. P. Romano, The Stationary Bootstrap, JASA 89 (1994).
 */
import { quantileInPlace } from "../numeric/quantile.ts";
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "./block-length.ts";
import type { Interval } from "./wilson.ts";

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
  /** Two-sided, for example 0.95. */
  readonly confidence: number;
  /** Mean length of a block in days, at least 1; chosen by the series where left out. */
  readonly blockLength?: number;
}

export interface BootstrapIntervals<Name extends string> {
  readonly blockLength: number;
  /** Null where the figure is undefined in more than half of the resamples. */
  readonly intervals: Readonly<Record<Name, Interval | null>>;
}

/** Percentile intervals of the figures that `measure` makes of a series; the buffer that it gets is used again. */
export function bootstrapIntervals<Name extends string>(
  returns: Float64Array,
  measure: (sample: Float64Array) => Readonly<Record<Name, number | null>>,
  options: BootstrapOptions,
): BootstrapIntervals<Name> {
  const { resamples, seed, confidence } = options;
  const blockLength = options.blockLength ?? automaticBlockLength(returns);
  const random = seededRandom(seed);
  const sample = new Float64Array(returns.length);
  const days = new Int32Array(returns.length);
  const names = Object.keys(measure(returns)) as Name[];
  const drawn = names.map(() => new Float64Array(resamples));
  const counts = names.map(() => 0);
  for (let round = 0; round < resamples; round += 1) {
    drawDays(blockLength, random, days);
    for (let day = 0; day < days.length; day += 1) sample[day] = returns[days[day] as number] as number;
    const figures = measure(sample);
    for (const [at, name] of names.entries()) {
      const value = figures[name];
      if (value === null) continue;
      const values = drawn[at];
      if (values !== undefined) values[counts[at] ?? 0] = value;
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  const intervals = names.map((name, at) => {
    const count = counts[at] ?? 0;
    return [name, percentileInterval(drawn[at] ?? sample, count, resamples, confidence)] as const;
  });
  return { blockLength, intervals: Object.fromEntries(intervals) as Record<Name, Interval | null> };
}

/** Percentile interval of the first `count` values, which it reorders; null where they are under half of the resamples. */
export function percentileInterval(
  values: Float64Array,
  count: number,
  resamples: number,
  confidence: number,
): Interval | null {
  if (count === 0 || count < resamples / 2) return null;
  const low = quantileInPlace(values, (1 - confidence) / 2, count);
  const high = quantileInPlace(values, (1 + confidence) / 2, count);
  return low === null || high === null ? null : [low, high];
}

/**
 * Days of one series drawn anew, each a place in the old one: each day goes on where the last one was, or, once in `blockLength` days, anywhere; the end
 * goes on at the start. Series that are drawn with the same days keep what they have in common.
 *
 * One number decides both: below 1 / `blockLength` it is a jump, and how far below says where to. Chosen by masks instead of branches, which no
 * processor can foresee here and which took most of the time.
 */
export function drawDays(blockLength: number, random: () => number, target: Int32Array): void {
  const n = target.length;
  // A hair less than all, so that no rounding leads beyond the last one.
  const places = n * (1 - 2 ** -40);
  let at = Math.floor(random() * n);
  for (let day = 0; day < n; day += 1) {
    target[day] = at;
    const draw = random() * blockLength;
    const isJump = ((draw | 0) - 1) >> 31;
    const anywhere = (draw * places) | 0;
    const next = (at + 1) & ((at + 1 - n) >> 31);
    at = next + ((anywhere - next) & isJump);
  }
}
