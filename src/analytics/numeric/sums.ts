/** Sums whose rounding errors do not grow with the number of terms (Neumaier 1974), and means made of them. */

/** 0 for no values. */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Null for no values. */
export function mean(values: ArrayLike<number>): number | null {
  return values.length === 0 ? null : compensatedSum(values) / values.length;
}

/** `numerator / denominator`; null where the denominator is zero or the result is no finite number. */
export function quotient(numerator: number, denominator: number): number | null {
  const value = numerator / denominator;
  return denominator !== 0 && Number.isFinite(value) ? value : null;
}
