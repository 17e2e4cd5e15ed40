/**
 * Covariances in which the latest days count most: weights fall by a constant factor from each day to the one before, and sum to 1.
 *
 * Sources: RiskMetrics Technical Document, J. P. Morgan/Reuters 1996 (0.94, mean taken as zero); the form of pandas' `ewm(span)` for the second.
 */
import type { Centred } from "./covariance.ts";

/** `rows` as they are: for a mean of zero hand over the returns themselves. Throws a RangeError where there are no days. */
export function weightedCovariance({ rows, days }: Centred, decay: number): Float64Array {
  if (days < 1) throw new RangeError("covariances need a day or more");
  const weights = Float64Array.from({ length: days }, (_, day) => decay ** (days - 1 - day));
  const total = weights.reduce((sum, value) => sum + value, 0);
  const size = rows.length;
  const matrix = new Float64Array(size * size);
  for (const [row, one] of rows.entries())
    for (let column = 0; column <= row; column += 1) {
      const other = rows[column] as Float64Array;
      let sum = 0;
      for (let day = 0; day < days; day += 1)
        sum += (weights[day] as number) * (one[day] as number) * (other[day] as number);
      matrix[row * size + column] = sum / total;
      matrix[column * size + row] = sum / total;
    }
  return matrix;
}

/** The factor whose weights have their centre `(span - 1) / 2` days back. */
export function decayOfSpan(span: number): number {
  return 1 - 2 / (span + 1);
}
