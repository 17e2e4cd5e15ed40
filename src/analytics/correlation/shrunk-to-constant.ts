/**
 * Covariances drawn towards those of equal correlations: every pair correlates as all do on average.
 *
 * Source: O. Ledoit and M. Wolf, Honey, I Shrunk the Sample Covariance Matrix, JPM 30 (2004). The sample is divided by n - 1, the moments are means over n,
 * as in PyPortfolioOpt.
 */
import {
  type Centred,
  diagonalOf,
  drawnTowards,
  intensityOf,
  products,
  type ShrunkCovariance,
  sampleCovariance,
  summed,
} from "./covariance.ts";

/** One series, or one without variance, is left as it is. */
export function ledoitWolfConstant(input: Centred): ShrunkCovariance {
  const { rows, days } = input;
  const size = rows.length;
  const sample = sampleCovariance(input);
  const variances = diagonalOf(sample, size);
  if (size < 2 || variances.some((variance) => variance === 0)) return { covariance: sample, intensity: 0 };
  const deviations = variances.map(Math.sqrt);
  const average =
    (summed(
      size,
      (row, column, at) => item(sample, at) / (item(deviations, row) * item(deviations, column)),
    ) -
      size) /
    (size * (size - 1));
  const target = sample.map((value, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return row === column ? value : average * item(deviations, row) * item(deviations, column);
  });
  const noise = noiseOf(rows, sample, days);
  const alike = summed(size, (row, column, at) => {
    if (row === column) return item(noise, at);
    return (
      (average * item(deviations, column) * thetaOf(rows, sample, { row, column, days })) /
      item(deviations, row)
    );
  });
  const all = noise.reduce((sum, value) => sum + value, 0);
  const distance = sample.reduce((sum, value, at) => sum + (value - item(target, at)) ** 2, 0);
  const intensity = intensityOf((all - alike) / distance / days);
  return drawnTowards(target, sample, intensity);
}

function item(values: Float64Array, at: number): number {
  return values[at] as number;
}

/** Asymptotic variances of the sample's entries, times the days. */
function noiseOf(rows: readonly Float64Array[], sample: Float64Array, days: number): Float64Array {
  const squares = rows.map((row) => row.map((value) => value * value));
  const both = products(squares, squares, days);
  const plain = products(rows, rows, days);
  return both.map((value, at) => value - 2 * item(plain, at) * item(sample, at) + item(sample, at) ** 2);
}

/** Asymptotic covariance of a variance with a covariance in its row. */
function thetaOf(
  rows: readonly Float64Array[],
  sample: Float64Array,
  { row, column, days }: { readonly row: number; readonly column: number; readonly days: number },
): number {
  const [one, other] = [rows[row] as Float64Array, rows[column] as Float64Array];
  let cubes = 0;
  let plain = 0;
  let own = 0;
  for (let day = 0; day < days; day += 1) {
    const [x, y] = [item(one, day), item(other, day)];
    cubes += x * x * x * y;
    plain += x * y;
    own += x * x;
  }
  const variance = item(sample, row * rows.length + row);
  const covariance = item(sample, row * rows.length + column);
  return cubes / days - (own / days) * covariance - (plain / days) * variance + variance * covariance;
}
