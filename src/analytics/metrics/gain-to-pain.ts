/**
 * Gain to pain: sum of returns over the size of the sum of the negative ones. Daily it is omega - 1. J. D. Schwager (Hedge Fund Market
 * Wizards, 2012) means months: there each month's return is the plain sum of its days. Null without a negative period, and below two days.
 */
import { quotient } from "../numeric/sums.ts";

export function gainToPain(returns: ArrayLike<number>): number | null {
  let sum = 0;
  let pain = 0;
  for (let index = 0; index < returns.length; index += 1) {
    const value = returns[index] ?? 0;
    sum += value;
    if (value < 0) pain -= value;
  }
  return quotient(sum, pain);
}

/** Plain sums by calendar month, in order; `months[i]` is any number that tells the month of day i from its neighbours. */
export function monthlySums(returns: Float64Array, months: ArrayLike<number>): readonly number[] {
  const sums: number[] = [];
  let open: number | undefined;
  for (let day = 0; day < returns.length; day += 1) {
    if (sums.length === 0 || months[day] !== open) sums.push(0);
    open = months[day];
    sums[sums.length - 1] = (sums.at(-1) ?? 0) + (returns[day] ?? 0);
  }
  return sums;
}
