/** Where a solution may lie: linear constraints over variables. Both solvers and the search for what is infeasible read this form. */

/** `coefficients . x >= least`, or `=` where it stands among the equalities. */
export interface Row {
  readonly coefficients: Float64Array;
  readonly least: number;
}

export interface Region {
  /** Variables. */
  readonly size: number;
  readonly equal: readonly Row[];
  readonly atLeast: readonly Row[];
}

export function dot(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] as number) * (other[at] as number);
  return sum;
}

/** `matrix . vector`; the matrix is square, row after row. */
export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return Float64Array.from({ length: size }, (_, row) =>
    dot(matrix.subarray(row * size, (row + 1) * size), vector),
  );
}

/** The most by which a constraint is not held; 0 where all are. */
export function violationOf({ equal, atLeast }: Region, x: Float64Array): number {
  const short = atLeast.map(({ coefficients, least }) => least - dot(coefficients, x));
  const off = equal.map(({ coefficients, least }) => Math.abs(least - dot(coefficients, x)));
  return Math.max(0, ...short, ...off);
}
