/**
 * The last digits of a solution: the constraints that hold it are taken as equalities, and the linear system that is left is solved. Regularised, so that
 * constraints may depend on each other, and refined until that no longer shows.
 *
 * Source: B. Stellato and others, OSQP: an operator splitting solver for quadratic programs, Math. Prog. Computation 12 (2020), section 5.2.
 */
import { choleskyOf, solvedBy } from "../../numeric/cholesky.ts";
import { addRow, along, largestOf, type Point, pullOf, type SparseRow, type Terms } from "./terms.ts";

const REGULAR = 1e-8;
const REFINEMENTS_MAX = 30;
/** No refinement makes it better than this. */
const DONE = 1e-16;

/** How often the constraints that hold the point are chosen anew: those that pull are let go, those that are broken taken in. */
const CHOICES_MAX = 8;
const BROKEN = 1e-13;

/** Points that may be better than the given one, the caller judges. */
export function polished(terms: Terms, from: Point): readonly Point[] {
  const { atLeast } = terms;
  const points: Point[] = [];
  let held = atLeast.flatMap((row, at) =>
    (from.ofAtLeast[at] as number) > along(row, from.x) - row.least ? [at] : [],
  );
  let start = from;
  for (let choice = 0; choice < CHOICES_MAX; choice += 1) {
    const point = heldPoint(terms, held, start);
    if (point === null) break;
    points.push(point);
    const { x, ofAtLeast } = point;
    const isHeld = new Set(held);
    const next = atLeast.flatMap((row, at) => {
      const stays = isHeld.has(at) ? (ofAtLeast[at] as number) >= 0 : along(row, x) < row.least - BROKEN;
      return stays ? [at] : [];
    });
    if (next.length === held.length && next.every((at) => isHeld.has(at))) break;
    held = next;
    start = point;
  }
  return points;
}

/** The solution with these constraints as equalities and no others; null where the system cannot be solved. */
function heldPoint(terms: Terms, held: readonly number[], { x, ofEqual, ofAtLeast }: Point): Point | null {
  const { size, matrix, equal, atLeast } = terms;
  const isHeld = new Set(held);
  const rows = [...equal, ...held.map((at) => atLeast[at] as SparseRow)];
  const firm = matrix.map((value, at) => (at % (size + 1) === 0 ? value + REGULAR : value));
  const factor = choleskyOf(firm, size);
  if (factor === null) return null;
  const columns = rows.map((row) => {
    const dense = new Float64Array(size);
    addRow(row, 1, dense);
    return solvedBy(factor, dense);
  });
  const schur = Float64Array.from({ length: rows.length ** 2 }, (_, at) => {
    const [one, other] = [Math.floor(at / rows.length), at % rows.length];
    const value = along(rows[one] as SparseRow, columns[other] as Float64Array);
    return one === other ? value + REGULAR : value;
  });
  const small = choleskyOf(schur, rows.length);
  if (small === null) return null;
  let point: Point = {
    x,
    ofEqual,
    ofAtLeast: ofAtLeast.map((value, at) => (isHeld.has(at) ? value : 0)),
  };
  for (let round = 0; round < REFINEMENTS_MAX; round += 1) {
    const pull = pullOf(terms, point, terms.cost);
    const at = point.x;
    const lacking = Float64Array.from(rows, (row) => row.least - along(row, at));
    if (Math.max(largestOf(pull), largestOf(lacking)) <= DONE) break;
    const free = solvedBy(
      factor,
      pull.map((value) => -value),
    );
    const more = solvedBy(
      small,
      lacking.map((value, one) => value - along(rows[one] as SparseRow, free)),
    );
    point = {
      x: at.map((value, index) =>
        columns.reduce(
          (sum, column, one) => sum + (more[one] as number) * (column[index] as number),
          value + (free[index] as number),
        ),
      ),
      ofEqual: point.ofEqual.map((value, one) => value + (more[one] as number)),
      ofAtLeast: raised(point.ofAtLeast, held, more.subarray(equal.length)),
    };
  }
  return point.x.every(Number.isFinite) ? point : null;
}

function raised(multipliers: Float64Array, held: readonly number[], more: Float64Array): Float64Array {
  const next = Float64Array.from(multipliers);
  for (const [index, at] of held.entries()) next[at] = (next[at] as number) + (more[index] as number);
  return next;
}
