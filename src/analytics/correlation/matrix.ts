/**
 * Correlations of many series of the same days, all pairs at once. The quick way uses vector instructions and works through the rows in blocks that
 * stay in the processor's cache; the plain way is what it is held to.
 */
import { type DotMachine, dotMachine } from "./dot-kernel.ts";
import {
  paddedTo,
  type RowsOfReturns,
  STRIDE_STEP,
  type Standardised,
  standardised,
} from "./standardised.ts";

/** A matrix of more would not fit into memory beside the rest of the program. */
export const SERIES_MAX = 8_000;
/** Rows of the cached block; a multiple of four. */
const BLOCK = 64;
const FOUR = 4;

/**
 * Row after row, symmetric, 1 in the diagonal; NaN where a series does not vary. Throws a RangeError where the rows are not whole, and above
 * SERIES_MAX rows.
 */
export function correlationMatrix(input: RowsOfReturns): Float64Array {
  const rows = input.returns.length / input.days;
  if (rows > SERIES_MAX) throw new RangeError(`${rows} series are more than ${SERIES_MAX}`);
  const stride = paddedTo(input.days, STRIDE_STEP);
  const padded = paddedTo(rows, FOUR) * stride;
  const machine = Number.isInteger(padded) ? dotMachine((padded + FOUR * BLOCK) * 8) : null;
  if (machine === null) return plainCorrelationMatrix(input);
  const ready = standardised(input, new Float64Array(machine.memory, 0, padded).fill(0));
  return finished(ready, blocked(ready, machine, padded));
}

/** The same, one product after the other. */
export function plainCorrelationMatrix(input: RowsOfReturns): Float64Array {
  const ready = standardised(input);
  const { rows, stride, values } = ready;
  const matrix = new Float64Array(rows * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = 0;
      for (let day = 0; day < input.days; day += 1)
        sum += (values[row * stride + day] as number) * (values[column * stride + day] as number);
      const value = bounded(sum);
      matrix[row * rows + column] = value;
      matrix[column * rows + row] = value;
    }
  }
  return finished(ready, matrix);
}

/** Blocks of rows below the diagonal, written on both of its sides. */
function blocked(
  { rows, stride }: Standardised,
  { kernel, memory }: DotMachine,
  outAt: number,
): Float64Array {
  const bytes = stride * 8;
  const all = paddedTo(rows, FOUR);
  const matrix = new Float64Array(rows * rows);
  const out = new Float64Array(memory, outAt * 8, FOUR * BLOCK);
  for (let from = 0; from < all; from += BLOCK) {
    const width = Math.min(BLOCK, all - from);
    for (let row = from; row < all; row += FOUR) {
      // Beyond the diagonal the other side is written already.
      const needed = Math.min(width, row + FOUR - from);
      kernel(row * bytes, from * bytes, needed, bytes, outAt * 8);
      place(matrix, rows, out, { row, from, width: needed });
    }
  }
  return matrix;
}

function place(
  matrix: Float64Array,
  rows: number,
  out: Float64Array,
  { row, from, width }: { readonly row: number; readonly from: number; readonly width: number },
): void {
  const last = Math.min(row + FOUR, rows);
  for (let column = from; column < Math.min(from + width, rows); column += 1) {
    for (let at = row; at < last; at += 1) {
      const value = bounded(out[(at - row) * width + column - from] as number);
      matrix[at * rows + column] = value;
      matrix[column * rows + at] = value;
    }
  }
}

/** Takes back what rounding led beyond 1. */
function bounded(value: number): number {
  if (value > 1) return 1;
  return value < -1 ? -1 : value;
}

/** What does not vary correlates with nothing. */
function finished({ rows, varies }: Standardised, matrix: Float64Array): Float64Array {
  for (let row = 0; row < rows; row += 1) {
    matrix[row * rows + row] = 1;
    if (varies[row] === 1) continue;
    for (let column = 0; column < rows; column += 1) {
      matrix[row * rows + column] = Number.NaN;
      matrix[column * rows + row] = Number.NaN;
    }
  }
  return matrix;
}
