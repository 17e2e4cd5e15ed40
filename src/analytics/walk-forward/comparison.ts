/**
 * Two ways to choose traders, held against each other on the same days: what the one gained more a year, and by how much its Sharpe ratio is the
 * higher, with intervals by the stationary bootstrap that draws both with the same days.
 */
import { momentsOf } from "../metrics/moments.ts";
import { sharpeRatio } from "../metrics/sharpe.ts";
import { seededRandom } from "../numeric/random.ts";
import { automaticBlockLength } from "../selection/block-length.ts";
import { type BootstrapOptions, drawDays, percentileInterval } from "../selection/bootstrap.ts";
import type { Interval } from "../selection/wilson.ts";

const DAYS_A_YEAR = 365;

export interface Compared {
  readonly days: number;
  /** Mean daily return of the one less that of the other, times 365. */
  readonly returnAhead: number;
  readonly returnInterval: Interval | null;
  /** How often chance alone puts them at least so far apart, two-sided: resamples round no difference. Null without any. */
  readonly returnChance: number | null;
  /** Null where either does not vary, unless that has a ratio (`idleSharpe`). */
  readonly sharpeAhead: number | null;
  /** Null as well where the difference is unknown in more than half of the resamples. */
  readonly sharpeInterval: Interval | null;
}

export interface ComparisonOptions extends BootstrapOptions {
  /** What counts as the Sharpe ratio of returns that do not vary, such as those of somebody who holds nothing; none where left out. */
  readonly idleSharpe?: number;
}

/** Throws a RangeError where the two are not of the same days. Null without days. */
export function comparedReturns(
  one: Float64Array,
  other: Float64Array,
  { resamples, seed, confidence, blockLength, idleSharpe }: ComparisonOptions,
): Compared | null {
  if (one.length !== other.length)
    throw new RangeError(`${one.length} days cannot be held against ${other.length}`);
  const n = one.length;
  if (n === 0) return null;
  const differences = one.map((value, day) => value - (other[day] ?? 0));
  const length = blockLength ?? Math.max(...[one, other, differences].map(automaticBlockLength));
  const random = seededRandom(seed);
  const days = new Int32Array(n);
  const [drawnOne, drawnOther] = [new Float64Array(n), new Float64Array(n)];
  const [returns, sharpes] = [new Float64Array(resamples), new Float64Array(resamples)];
  let known = 0;
  for (let round = 0; round < resamples; round += 1) {
    drawDays(length, random, days);
    for (let day = 0; day < n; day += 1) {
      drawnOne[day] = one[days[day] as number] as number;
      drawnOther[day] = other[days[day] as number] as number;
    }
    returns[round] = returnAhead(drawnOne, drawnOther);
    const ahead = sharpeAhead(drawnOne, drawnOther, idleSharpe);
    if (ahead === null) continue;
    sharpes[known] = ahead;
    known += 1;
  }
  const ahead = returnAhead(one, other);
  return {
    days: n,
    returnAhead: ahead,
    returnChance: chanceOf(ahead, returns),
    returnInterval: percentileInterval(returns, resamples, resamples, confidence),
    sharpeAhead: sharpeAhead(one, other, idleSharpe),
    sharpeInterval: percentileInterval(sharpes, known, resamples, confidence),
  };
}

/** One more counts on both sides, so that it is never nothing. Davison and Hinkley 1997, section 4.2. */
function chanceOf(found: number, drawn: Float64Array): number | null {
  if (drawn.length === 0) return null;
  const beyond = drawn.reduce((sum, one) => sum + (Math.abs(one - found) >= Math.abs(found) ? 1 : 0), 0);
  return (beyond + 1) / (drawn.length + 1);
}

function returnAhead(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let day = 0; day < one.length; day += 1) sum += (one[day] as number) - (other[day] as number);
  return (sum / one.length) * DAYS_A_YEAR;
}

function sharpeAhead(one: Float64Array, other: Float64Array, idle: number | null = null): number | null {
  const [first, second] = [one, other].map((returns) => sharpeRatio(momentsOf(returns), DAYS_A_YEAR) ?? idle);
  return first === undefined || second === undefined || first === null || second === null
    ? null
    : first - second;
}
