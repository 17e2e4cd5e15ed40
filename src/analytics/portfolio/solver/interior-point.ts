/**
 * Convex quadratic programmes by the primal-dual interior point method: from a point that need not hold anything yet, along Newton steps towards the optimality
 * conditions with every product of slack and multiplier equally small. Needs no definite matrix and minds no constraints that depend on each other.
 *
 * Source: S. Mehrotra, On the Implementation of a Primal-Dual Interior Point Method, SIAM J. Optimization 2 (1992), as in J. Nocedal and S. J. Wright,
 * Numerical Optimization, 2006, section 16.6.
 */
import { choleskyOf, solvedBy } from "../../numeric/cholesky.ts";
import { addRow, along, largestOf, type Point, pullOf, type SparseRow, type Terms } from "./terms.ts";

const STEPS_MAX = 100;
/** Steps without coming nearer. */
const PATIENCE = 12;
/** Coefficients are near 1: here everything is done. */
const DONE = 1e-14;
/** How much of the way to the boundary a step goes. */
const BACK_OFF = 0.995;
/** What is added to a matrix that rounding has made indefinite, in parts of its largest entry. */
const FIRM = 1e-14;

interface State extends Point {
  readonly slack: Float64Array;
}

/** The nearest point to a solution that was reached; whether it is one is for the caller to check. */
export function interiorPoint(terms: Terms, near: Float64Array): Point {
  let state = startOf(terms, near);
  let best: Point = state;
  let least = Number.POSITIVE_INFINITY;
  let since = 0;
  for (let step = 0; step < STEPS_MAX && since < PATIENCE; step += 1) {
    const errors = errorsOf(terms, state);
    const worst = Math.max(
      largestOf(errors.dual),
      largestOf(errors.equal),
      largestOf(errors.atLeast),
      errors.gap,
    );
    if (worst < least) [best, least, since] = [state, worst, 0];
    else since += 1;
    if (!(worst > DONE)) break;
    const next = stepFrom(terms, state, errors);
    if (next === null) break;
    state = next;
  }
  return best;
}

function startOf({ equal, atLeast }: Terms, near: Float64Array): State {
  return {
    x: near,
    ofEqual: new Float64Array(equal.length),
    ofAtLeast: new Float64Array(atLeast.length).fill(1),
    slack: Float64Array.from(atLeast, (row) => Math.max(0.1, along(row, near) - row.least)),
  };
}

interface Errors {
  readonly dual: Float64Array;
  readonly equal: Float64Array;
  readonly atLeast: Float64Array;
  /** Mean product of slack and multiplier. */
  readonly gap: number;
}

function errorsOf(terms: Terms, state: State): Errors {
  const { x, slack, ofAtLeast } = state;
  return {
    dual: pullOf(terms, state, terms.cost),
    equal: Float64Array.from(terms.equal, (row) => along(row, x) - row.least),
    atLeast: Float64Array.from(terms.atLeast, (row, at) => along(row, x) - (slack[at] as number) - row.least),
    gap: gapOf(slack, ofAtLeast),
  };
}

function gapOf(slack: Float64Array, multipliers: Float64Array): number {
  const sum = slack.reduce((total, value, at) => total + value * (multipliers[at] as number), 0);
  return slack.length === 0 ? 0 : sum / slack.length;
}

interface Direction {
  readonly x: Float64Array;
  readonly ofEqual: Float64Array;
  readonly ofAtLeast: Float64Array;
  readonly slack: Float64Array;
}

/** Null where there is no way on. */
function stepFrom(terms: Terms, state: State, errors: Errors): State | null {
  const rough = newtonOf(terms, state);
  if (rough === null) return null;
  const solve = refined(terms, rough);
  const { slack, ofAtLeast } = state;
  const products = slack.map((value, at) => value * (ofAtLeast[at] as number));
  const predictor = solve(errors, products);
  const reach = reachOf(state, predictor);
  const predicted = moved(state, predictor, reach);
  const centring = errors.gap === 0 ? 0 : (gapOf(predicted.slack, predicted.ofAtLeast) / errors.gap) ** 3;
  const corrected = products.map(
    (product, at) =>
      product + (predictor.slack[at] as number) * (predictor.ofAtLeast[at] as number) - centring * errors.gap,
  );
  const direction = solve(errors, corrected);
  const next = moved(state, direction, Math.min(1, BACK_OFF * reachOf(state, direction)));
  return next.x.every(Number.isFinite) && next.ofAtLeast.every(Number.isFinite) ? next : null;
}

/** How far slacks and multipliers stay at zero or above; at most 1 / BACK_OFF. */
function reachOf({ slack, ofAtLeast }: State, direction: Direction): number {
  let reach = 1 / BACK_OFF;
  for (let at = 0; at < slack.length; at += 1) {
    const [down, fall] = [direction.slack[at] as number, direction.ofAtLeast[at] as number];
    if (down < 0) reach = Math.min(reach, -(slack[at] as number) / down);
    if (fall < 0) reach = Math.min(reach, -(ofAtLeast[at] as number) / fall);
  }
  return reach;
}

function moved(state: State, direction: Direction, length: number): State {
  const by = (values: Float64Array, step: Float64Array) =>
    values.map((value, at) => value + length * (step[at] as number));
  return {
    x: by(state.x, direction.x),
    ofEqual: by(state.ofEqual, direction.ofEqual),
    ofAtLeast: by(state.ofAtLeast, direction.ofAtLeast),
    slack: by(state.slack, direction.slack),
  };
}

type Newton = (errors: Errors, products: Float64Array) => Direction;

/**
 * The linear system of a step, its slacks and multipliers eliminated: `(Q + G'DG) dx - A'dy = ...` with D the multipliers over the slacks; then the few
 * equalities. Null where it cannot be solved.
 */
function newtonOf(terms: Terms, { slack, ofAtLeast }: State): Newton | null {
  const { size, equal, atLeast } = terms;
  const ratios = slack.map((value, at) => (ofAtLeast[at] as number) / value);
  const factor = firmFactor(curvatureOf(terms, ratios), size);
  if (factor === null) return null;
  const columns = equal.map((row) => solvedBy(factor, dense(row, size)));
  const schur = Float64Array.from({ length: equal.length ** 2 }, (_, at) =>
    along(equal[Math.floor(at / equal.length)] as SparseRow, columns[at % equal.length] as Float64Array),
  );
  const small = firmFactor(schur, equal.length);
  if (small === null) return null;
  return (errors, products) => {
    const right = errors.dual.map((value) => -value);
    for (const [at, row] of atLeast.entries()) {
      const push = (products[at] as number) / (slack[at] as number);
      addRow(row, -push - (ratios[at] as number) * (errors.atLeast[at] as number), right);
    }
    const free = solvedBy(factor, right);
    const lacking = Float64Array.from(equal, (row, at) => -(errors.equal[at] as number) - along(row, free));
    const ofEqual = solvedBy(small, lacking);
    const x = free.map((value, at) =>
      columns.reduce((sum, column, one) => sum + (ofEqual[one] as number) * (column[at] as number), value),
    );
    const slacks = Float64Array.from(atLeast, (row, at) => along(row, x) + (errors.atLeast[at] as number));
    return {
      x,
      ofEqual,
      slack: slacks,
      ofAtLeast: slacks.map(
        (value, at) => -(products[at] as number) / (slack[at] as number) - (ratios[at] as number) * value,
      ),
    };
  };
}

/** Near the end the slacks are so uneven that a solution has a few digits only: what is left is solved for again. */
function refined(terms: Terms, solve: Newton): Newton {
  const nothing = new Float64Array(terms.atLeast.length);
  return (errors, products) => {
    const first = solve(errors, products);
    const left = {
      dual: pullOf(terms, first, errors.dual),
      equal: Float64Array.from(terms.equal, (row, at) => along(row, first.x) + (errors.equal[at] as number)),
      atLeast: nothing,
      gap: 0,
    };
    const more = solve(left, nothing);
    const sum = (one: Float64Array, other: Float64Array) =>
      one.map((value, at) => value + (other[at] as number));
    return {
      x: sum(first.x, more.x),
      ofEqual: sum(first.ofEqual, more.ofEqual),
      ofAtLeast: sum(first.ofAtLeast, more.ofAtLeast),
      slack: sum(first.slack, more.slack),
    };
  };
}

function curvatureOf({ size, matrix, atLeast }: Terms, ratios: Float64Array): Float64Array {
  const curvature = Float64Array.from(matrix);
  for (const [index, { at, values }] of atLeast.entries()) {
    const ratio = ratios[index] as number;
    for (let one = 0; one < at.length; one += 1)
      for (let other = 0; other < at.length; other += 1) {
        const place = (at[one] as number) * size + (at[other] as number);
        curvature[place] =
          (curvature[place] as number) + ratio * (values[one] as number) * (values[other] as number);
      }
  }
  return curvature;
}

function firmFactor(matrix: Float64Array, size: number): Float64Array | null {
  const plain = choleskyOf(matrix, size);
  if (plain !== null) return plain;
  const firm = FIRM * largestOf(matrix);
  for (let power = 1; power <= 1e6; power *= 100) {
    const raised = matrix.map((value, at) => (at % (size + 1) === 0 ? value + power * firm : value));
    const factor = choleskyOf(raised, size);
    if (factor !== null) return factor;
  }
  return null;
}

function dense({ at, values }: SparseRow, size: number): Float64Array {
  const row = new Float64Array(size);
  for (const [index, place] of at.entries()) row[place] = values[index] as number;
  return row;
}
