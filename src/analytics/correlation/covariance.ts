/**
 * Covariances of series of the same days, and what shrinking them needs. Matrices are symmetric, row after row; covariances are per day.
 */

/** Series of the same days, each centred on its mean. */
export interface Centred {
  readonly days: number;
  readonly rows: readonly Float64Array[];
}

/** Throws a RangeError where the lengths differ or there are under two days. */
export function centred(series: readonly Float64Array[]): Centred {
  const days = series[0]?.length ?? 0;
  if (days < 2 || series.some(({ length }) => length !== days))
    throw new RangeError("covariances need series of the same two days or more");
  const rows = series.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / days;
    return values.map((value) => value - mean);
  });
  return { days, rows };
}

/** Sums of products over the days of `left[i]` and `right[j]`, divided by `divisor`. */
export function products(
  left: readonly Float64Array[],
  right: readonly Float64Array[],
  divisor: number,
): Float64Array {
  const matrix = new Float64Array(left.length * right.length);
  for (const [row, one] of left.entries())
    for (const [column, other] of right.entries())
      matrix[row * right.length + column] = dot(one, other) / divisor;
  return matrix;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let day = 0; day < one.length; day += 1) sum += (one[day] as number) * (other[day] as number);
  return sum;
}

/** Divided by days - 1. */
export function sampleCovariance({ rows, days }: Centred): Float64Array {
  return products(rows, rows, days - 1);
}

/** The sample drawn towards `target`: a share `intensity` of it, and the rest of the sample. */
export function drawnTowards(
  target: Float64Array,
  sample: Float64Array,
  intensity: number,
): ShrunkCovariance {
  const covariance = sample.map((value, at) => intensity * (target[at] as number) + (1 - intensity) * value);
  return { covariance, intensity };
}

export function diagonalOf(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => matrix[at * size + at] as number);
}

/** The sum over all pairs of rows and columns. */
export function summed(size: number, term: (row: number, column: number, at: number) => number): number {
  let sum = 0;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) sum += term(row, column, row * size + column);
  return sum;
}

/** NaN where a variance is zero; 1 in the diagonal. */
export function correlationOf(covariance: Float64Array, size: number): Float64Array {
  const deviations = diagonalOf(covariance, size).map(Math.sqrt);
  return covariance.map((value, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return row === column ? 1 : value / (deviations[row] as number) / (deviations[column] as number);
  });
}

export interface ShrunkCovariance {
  readonly covariance: Float64Array;
  /** Share of the target, 0 to 1. */
  readonly intensity: number;
}

/** Within 0 and 1; 0 where the target is what there is already. */
export function intensityOf(wanted: number): number {
  return Number.isNaN(wanted) ? 0 : Math.max(0, Math.min(1, wanted));
}
