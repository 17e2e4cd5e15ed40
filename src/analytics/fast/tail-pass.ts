/** Quantiles and shortfalls of one trader by selection instead of sorting, as metrics/tail-risk.ts has them; reorders the scratch. */
import { normalQuantile } from "../numeric/normal.ts";
import { selectInPlace } from "../numeric/quantile.ts";
import { COLUMN, type FigureRow, over } from "./figure-columns.ts";
import type { Spread } from "./moment-pass.ts";

const TAIL = 0.05;
const TAIL_Z = normalQuantile(TAIL);

export function tailPass(row: FigureRow, spread: Spread): void {
  const { returns, scratch, figures } = row;
  const position = TAIL * (returns.length - 1);
  const worst = Math.floor(position) + 1;
  const { mean, deviation } = spread;
  const high = -interpolated(scratch, position, gather(row, -1, -(mean + deviation), worst + 1));
  const count = gather(row, 1, mean - deviation, worst + 1);
  const low = interpolated(scratch, position, count);
  // What lies before `worst` are the worst returns now.
  const sum = sumOf(scratch, worst);
  figures[COLUMN.var95_historical] = low;
  figures[COLUMN.tail_ratio] = over(Math.abs(high), Math.abs(low));
  figures[COLUMN.cvar95_worst_k] = sum / worst;
  figures[COLUMN.cvar95_exact_tail] = exactTail(scratch, returns.length, { worst, count, sum });
  const parametric = mean + TAIL_Z * deviation;
  figures[COLUMN.var95_parametric] = parametric;
  shortfalls(row, count, low, parametric);
}

/**
 * Puts into the scratch all returns times `sign` that are at most `bound`, and says how many they are; all returns where those are fewer than
 * `needed`. Selecting among the few is much quicker, and what is below a normal's 5 % quantile is below the bound, too.
 */
function gather({ returns, scratch }: FigureRow, sign: 1 | -1, bound: number, needed: number): number {
  let count = 0;
  for (let day = 0; day < returns.length; day += 1) {
    const value = sign * (returns[day] as number);
    scratch[count] = value;
    count += value <= bound ? 1 : 0;
  }
  if (count >= needed) return count;
  for (let day = 0; day < returns.length; day += 1) scratch[day] = sign * (returns[day] as number);
  return returns.length;
}

/** Order statistics of the first `count` around `position`, interpolated; smaller values end up left of it. */
function interpolated(values: Float64Array, position: number, count: number): number {
  const index = Math.min(count - 1, Math.floor(position));
  const below = selectInPlace(values, index, count);
  const weight = position - index;
  if (weight === 0) return below;
  const above = leastFrom(values, index + 1, count);
  return weight < 0.5 ? below + (above - below) * weight : above - (above - below) * (1 - weight);
}

function leastFrom(values: Float64Array, from: number, until: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = from; at < until; at += 1) {
    const value = values[at] as number;
    least = value < least ? value : least;
  }
  return least;
}

function sumOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += values[at] as number;
  return sum;
}

/** Mean of the worst 5 % of the mass of `n` returns; `worst` is the number of those in front, one of which may be beyond that mass. */
function exactTail(
  values: Float64Array,
  n: number,
  { worst, count, sum }: { readonly worst: number; readonly count: number; readonly sum: number },
): number {
  const mass = TAIL * n;
  const whole = Math.floor(mass);
  if (whole >= worst)
    return (sum + (mass === whole ? 0 : (mass - whole) * leastFrom(values, worst, count))) / mass;
  const boundary = selectInPlace(values, whole, worst);
  return (sumOf(values, whole) + (mass - whole) * boundary) / mass;
}

/** Among the returns that were gathered, which all that count here are. */
function shortfalls(
  { scratch, figures }: FigureRow,
  count: number,
  historical: number,
  parametric: number,
): void {
  let atOrBelow = 0;
  let atOrBelowSum = 0;
  let below = 0;
  let belowSum = 0;
  for (let at = 0; at < count; at += 1) {
    const value = scratch[at] as number;
    if (value <= historical) {
      atOrBelow += 1;
      atOrBelowSum += value;
    }
    if (value < parametric) {
      below += 1;
      belowSum += value;
    }
  }
  figures[COLUMN.cvar95_at_or_below_historical_var] = atOrBelowSum / atOrBelow;
  figures[COLUMN.cvar95_below_parametric_var] = below === 0 ? parametric : belowSum / below;
}
