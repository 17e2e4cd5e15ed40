/**
 * Covariances drawn towards the mean variance in the diagonal and nothing beside it.
 *
 * Sources: O. Ledoit and M. Wolf, A well-conditioned estimator for large-dimensional covariance matrices, JMVA 88 (2004); Chen, Wiesel, Eldar and
 * Hero, Shrinkage algorithms for MMSE covariance estimation, 2010 (OAS). The sample matrix inside is divided by n, as in scikit-learn.
 */
import {
  type Centred,
  diagonalOf,
  drawnTowards,
  intensityOf,
  products,
  type ShrunkCovariance,
} from "./covariance.ts";

export function ledoitWolfIdentity({ rows, days }: Centred): ShrunkCovariance {
  const size = rows.length;
  const sample = products(rows, rows, days);
  const variance = meanVariance(sample, size);
  const squares = sumOfSquares(sample);
  // Each day's products scatter round their mean: so uncertain is the sample.
  const daily = productsOfSquares(rows) / days;
  const noise = (daily - squares) / days;
  const distance = squares - size * variance * variance;
  const intensity = distance === 0 ? 0 : intensityOf(Math.min(noise, distance) / distance);
  return drawnTowards(identity(size, variance), sample, intensity);
}

export function oracleApproximating({ rows, days }: Centred): ShrunkCovariance {
  const size = rows.length;
  const sample = products(rows, rows, days);
  const variance = meanVariance(sample, size);
  const mean = sumOfSquares(sample) / (size * size);
  const denominator = (days + 1) * (mean - (variance * variance) / size);
  const intensity = denominator === 0 ? 1 : intensityOf((mean + variance * variance) / denominator);
  return drawnTowards(identity(size, variance), sample, intensity);
}

function meanVariance(sample: Float64Array, size: number): number {
  return diagonalOf(sample, size).reduce((sum, value) => sum + value, 0) / size;
}

function sumOfSquares(matrix: Float64Array): number {
  return matrix.reduce((sum, value) => sum + value * value, 0);
}

/** Over all pairs and days, the product of both squares: the square of each day's sum of squares. */
function productsOfSquares(rows: readonly Float64Array[]): number {
  const days = rows[0]?.length ?? 0;
  let sum = 0;
  for (let day = 0; day < days; day += 1) {
    const daily = rows.reduce((total, row) => total + (row[day] as number) ** 2, 0);
    sum += daily * daily;
  }
  return sum;
}

function identity(size: number, value: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let at = 0; at < size; at += 1) matrix[at * size + at] = value;
  return matrix;
}
