/** Rows of returns made ready for correlations: each centred and scaled to length 1, so that a correlation is a sum of products. */

export interface Standardised {
  readonly rows: number;
  /** Places per row: the days, filled up with zeros to a multiple of STRIDE_STEP. */
  readonly stride: number;
  /** Row after row; a row that does not vary is all zeros. */
  readonly values: Float64Array;
  /** 1 where a row varies. */
  readonly varies: Uint8Array;
}

export interface RowsOfReturns {
  /** Row after row, `days` each; finite. */
  readonly returns: Float64Array;
  readonly days: number;
}

export const STRIDE_STEP = 8;

/** `target` has room for the rows and three more, and is zero; made where left out. Throws a RangeError where the rows are not whole. */
export function standardised({ returns, days }: RowsOfReturns, target?: Float64Array): Standardised {
  const rows = days === 0 ? Number.NaN : returns.length / days;
  if (!Number.isInteger(rows))
    throw new RangeError(`${returns.length} returns are no whole rows of ${days} days`);
  const stride = paddedTo(days, STRIDE_STEP);
  const values = target ?? new Float64Array(rows * stride);
  const varies = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1)
    varies[row] = standardise(returns.subarray(row * days, (row + 1) * days), values, row * stride);
  return { rows, stride, values, varies };
}

export function paddedTo(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

function standardise(row: Float64Array, target: Float64Array, at: number): 0 | 1 {
  const days = row.length;
  let sum = 0;
  let varies: 0 | 1 = 0;
  for (let day = 0; day < days; day += 1) {
    const value = row[day] as number;
    sum += value;
    if (value !== row[0]) varies = 1;
  }
  if (varies === 0) return 0;
  const mean = sum / days;
  let squares = 0;
  for (let day = 0; day < days; day += 1) {
    const difference = (row[day] as number) - mean;
    target[at + day] = difference;
    squares += difference * difference;
  }
  const scale = 1 / Math.sqrt(squares);
  for (let day = 0; day < days; day += 1) target[at + day] = (target[at + day] as number) * scale;
  return 1;
}
