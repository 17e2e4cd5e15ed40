/**
 * Whether a record has become worse than it was, told as soon as it is sure enough: a one-sided cumulative sum (E. S. Page, Continuous
 * Inspection Schemes, Biometrika 41, 1954) of how far each of the newest days falls short of the mean of the days before them, in
 * their deviations. Sums over every stretch of those days are looked at at once, so no length of a bad spell has to be guessed.
 *
 * The bound comes from the record itself: days of it are drawn anew in blocks (stationary bootstrap), first a record to measure from,
 * as uncertain as this one, then a year to watch; the bound is what the worst sum of so long a year stays under with 1 -
 * `falseAlarms`, and a margin. So of leaders that go on as they were about that share is doubted within a year.
 */
import { momentsOf } from "../metrics/moments.ts";
import { quantileInPlace } from "../numeric/quantile.ts";
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "../selection/block-length.ts";
import { drawDays } from "../selection/bootstrap.ts";

export interface DecayOptions {
  /** The newest days, which are held against those before. */
  readonly windowDays: number;
  /** Of those that go on as they were, the share that is doubted within a year. */
  readonly falseAlarms: number;
  readonly resamples?: number;
  readonly seed?: number;
}

export type Decay =
  | { readonly kind: "too-short"; readonly days: number; readonly needed: number }
  /** All days before the newest ones are the same. */
  | { readonly kind: "no-variation" }
  | DecayFound;

export interface DecayFound {
  readonly kind: "measured";
  /** The sum up to the last day, in deviations. */
  readonly value: number;
  /** Above it the record is worse than it was. */
  readonly limit: number;
  /** Place of the first day of the spell that the sum counts; the number of days where there is none. */
  readonly since: number;
  /** Mean daily returns of the days before the newest ones, and of the spell; null without one. */
  readonly meanBefore: number;
  readonly meanSince: number | null;
  /** Days that it is measured from, and that are watched. */
  readonly reference: number;
  readonly watched: number;
}

/** Half of the change that is looked for: half a deviation a day. */
const ALLOWANCE = 0.25;
/** A single day counts for so many deviations at most: one crash is no decay. */
const CAP = 4;
/**
 * A record that is there shows less of bad spells than what is to come, the less the shorter it is. With it 3 to 6 % of a thousand
 * made-up traders that went on as before were doubted in a year at 0.05: normal days, wild ones (Student's t with 3 degrees), days that
 * hang together (autocorrelation 0.2), and quiet and wild times in turn (GARCH), after records of 60 and 90 days.
 */
const MARGIN = 1.5;
export const REFERENCE_DAYS_MIN = 60;
const WATCHED_DAYS_MIN = 10;
const YEAR_DAYS = 365;
const RESAMPLES = 500;

/** `returns` are those of days without a gap, oldest first. */
export function decayOf(
  returns: Float64Array,
  { windowDays, falseAlarms, resamples = RESAMPLES, seed = 1 }: DecayOptions,
): Decay {
  const days = returns.length;
  const needed = REFERENCE_DAYS_MIN + WATCHED_DAYS_MIN;
  if (days < needed) return { kind: "too-short", days, needed };
  const reference = Math.max(REFERENCE_DAYS_MIN, days - windowDays);
  const before = returns.subarray(0, reference);
  const { mean, deviation } = momentsOf(before);
  if (mean === null || deviation === null || deviation === 0) return { kind: "no-variation" };
  let [sum, since] = [0, reference];
  for (let day = reference; day < days; day += 1) {
    sum = nextSum(sum, ((returns[day] ?? 0) - mean) / deviation);
    if (sum === 0) since = day + 1;
  }
  const spell = momentsOf(returns.subarray(since)).mean;
  return {
    kind: "measured",
    value: sum,
    limit: boundOf(before, { falseAlarms, resamples, seed }),
    since,
    meanBefore: mean,
    meanSince: spell,
    reference,
    watched: days - reference,
  };
}

function nextSum(sum: number, score: number): number {
  return Math.max(0, sum - Math.max(-CAP, Math.min(CAP, score)) - ALLOWANCE);
}

function boundOf(
  before: Float64Array,
  { falseAlarms, resamples, seed }: Required<Omit<DecayOptions, "windowDays">>,
): number {
  const random = seededRandom(seed);
  const block = automaticBlockLength(before);
  const [own, year] = [new Int32Array(before.length), new Int32Array(YEAR_DAYS)];
  const worst = new Float64Array(resamples);
  for (let round = 0; round < resamples; round += 1) {
    drawDays(block, random, own);
    const { mean, deviation } = momentsOf(Float64Array.from(own, (day) => before[day] ?? 0));
    const drawn = drawnYear(before.length, block, random, year);
    // A drawn record without variation measures nothing.
    worst[round] =
      deviation === null || deviation === 0 ? 0 : worstSum(before, drawn, { mean: mean ?? 0, deviation });
  }
  const bound = quantileInPlace(worst, 1 - falseAlarms, resamples);
  return bound === null ? Number.POSITIVE_INFINITY : MARGIN * bound;
}

/** Places in the record: `drawDays` goes on at the start after the end of its target, so longer targets are filled here. */
function drawnYear(length: number, block: number, random: () => number, year: Int32Array): Int32Array {
  let at = Math.floor(random() * length);
  for (let day = 0; day < year.length; day += 1) {
    year[day] = at;
    at = random() < 1 / block ? Math.floor(random() * length) : (at + 1) % length;
  }
  return year;
}

function worstSum(
  before: Float64Array,
  days: Int32Array,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): number {
  let [sum, worst] = [0, 0];
  for (const day of days) {
    sum = nextSum(sum, ((before[day] ?? 0) - mean) / deviation);
    if (sum > worst) worst = sum;
  }
  return worst;
}
