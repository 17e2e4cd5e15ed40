/** A quadratic programme in the form that its solver works on: rows as the places where they are not zero, of which most have one or two. */
import type { Region, Row } from "./region.ts";

export interface SparseRow {
  readonly at: Int32Array;
  readonly values: Float64Array;
  readonly least: number;
}

/** `x' matrix x / 2 + cost x`, with its constraints. */
export interface Terms {
  readonly size: number;
  readonly matrix: Float64Array;
  readonly cost: Float64Array;
  readonly equal: readonly SparseRow[];
  readonly atLeast: readonly SparseRow[];
}

/** A point with the multipliers of its constraints; those of `atLeast` are zero or above. */
export interface Point {
  readonly x: Float64Array;
  readonly ofEqual: Float64Array;
  readonly ofAtLeast: Float64Array;
}

export function sparse({ equal, atLeast }: Region): Pick<Terms, "equal" | "atLeast"> {
  return { equal: equal.map(sparseRow), atLeast: atLeast.map(sparseRow) };
}

function sparseRow({ coefficients, least }: Row): SparseRow {
  const at = Int32Array.from(coefficients.keys()).filter((index) => coefficients[index] !== 0);
  return { at, values: Float64Array.from(at, (index) => coefficients[index] as number), least };
}

export function along({ at, values }: SparseRow, x: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < at.length; index += 1)
    sum += (values[index] as number) * (x[at[index] as number] as number);
  return sum;
}

/** Adds the row, times a factor. */
export function addRow({ at, values }: SparseRow, factor: number, target: Float64Array): void {
  for (let index = 0; index < at.length; index += 1) {
    const place = at[index] as number;
    target[place] = (target[place] as number) + factor * (values[index] as number);
  }
}

/** `cost + matrix x` less what the constraints hold: with the cost of the terms it is zero at a solution. */
export function pullOf(
  { matrix, equal, atLeast, size }: Terms,
  { x, ofEqual, ofAtLeast }: Point,
  cost: Float64Array,
): Float64Array {
  const pull = Float64Array.from(cost);
  for (let row = 0; row < size; row += 1) {
    let sum = 0;
    for (let column = 0; column < size; column += 1)
      sum += (matrix[row * size + column] as number) * (x[column] as number);
    pull[row] = (pull[row] as number) + sum;
  }
  for (const [at, row] of equal.entries()) addRow(row, -(ofEqual[at] as number), pull);
  for (const [at, row] of atLeast.entries()) addRow(row, -(ofAtLeast[at] as number), pull);
  return pull;
}

/** The most by which a constraint is not held. */
export function offBy({ equal, atLeast }: Terms, x: Float64Array): number {
  const off = equal.reduce((most, row) => Math.max(most, Math.abs(along(row, x) - row.least)), 0);
  return atLeast.reduce((most, row) => Math.max(most, row.least - along(row, x)), off);
}

export function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
