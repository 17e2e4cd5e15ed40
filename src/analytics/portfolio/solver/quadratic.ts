/**
 * Convex quadratic programmes, by quadprog (the dual method of D. Goldfarb and A. Idnani, 1983). It needs a positive definite matrix; where there is
 * none (fewer days than names, variables without a cost of their own) proximal steps of R. T. Rockafellar (1976) make each step one: they add the squared
 * distance to the last point, and end where that no longer matters. No answer leaves here without its optimality conditions having been checked.
 */
import quadprog from "quadprog";
import { choleskyOf } from "../../numeric/cholesky.ts";
import { dot, type Region, times, violationOf } from "./region.ts";

export interface QuadraticProgramme {
  readonly region: Region;
  /** `x' quadratic x / 2 + linear x` is minimised; symmetric, positive semidefinite, row after row. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  /** Where several points are as good, one near this one is found. */
  readonly near: Float64Array;
}

export type QuadraticSolution =
  | {
      readonly kind: "solved";
      readonly x: Float64Array;
      /** By how much the conditions of Karush, Kuhn and Tucker are missed, as a part of the terms of the objective. */
      readonly missedBy: number;
    }
  | { readonly kind: "failed"; readonly why: string };

/** A pivot of the factorisation up to this part of the largest entry counts as none. */
const DEFINITE = 1e-9;
/** Weight of the squared distance beside a matrix whose largest entry is 1. */
const PROXIMAL = 1e-5;
const STEPS_MAX = 500;
/** The proximal part of the gradient that may be left. */
const RESIDUAL_MAX = 1e-12;
const VIOLATION_MAX = 1e-8;
const MISSED_MAX = 1e-7;
/** The package sets no limit itself. */
const ITERATIONS_MAX = 20_000;

export function solveQuadratic({ region, quadratic, linear, near }: QuadraticProgramme): QuadraticSolution {
  const scale = 1 / (largestOf(quadratic) || largestOf(linear) || 1);
  const terms = {
    matrix: quadratic.map((value) => value * scale),
    cost: linear.map((value) => value * scale),
  };
  try {
    const point =
      choleskyOf(terms.matrix, region.size, DEFINITE) === null
        ? proximal(region, terms, near)
        : goldfarbIdnani(region, terms);
    return checked(region, terms, point);
  } catch (error) {
    if (error instanceof SolverError) return { kind: "failed", why: error.message };
    throw error;
  }
}

interface Terms {
  readonly matrix: Float64Array;
  readonly cost: Float64Array;
}

interface Point {
  readonly x: Float64Array;
  /** The combination of constraints that holds the point there: at the solution it is the gradient. */
  readonly held: Float64Array;
  /** Multipliers times what their constraints leave free. */
  readonly slackness: number;
}

class SolverError extends Error {
  override readonly name = "SolverError";
}

function proximal(region: Region, { matrix, cost }: Terms, near: Float64Array): Point {
  const stiff = matrix.map((value, at) => (at % (region.size + 1) === 0 ? value + PROXIMAL : value));
  let from = near;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const at = from;
    const pulled = cost.map((value, index) => value - PROXIMAL * (at[index] as number));
    const point = goldfarbIdnani(region, { matrix: stiff, cost: pulled });
    const moved = largestOf(point.x.map((value, index) => value - (at[index] as number)));
    if (PROXIMAL * moved <= RESIDUAL_MAX) return point;
    from = point.x;
  }
  throw new SolverError(`no end after ${STEPS_MAX} proximal steps`);
}

function checked(region: Region, { matrix, cost }: Terms, { x, held, slackness }: Point): QuadraticSolution {
  const violation = violationOf(region, x);
  if (!(violation <= VIOLATION_MAX)) throw new SolverError(`a constraint is off by ${violation}`);
  const pull = times(matrix, x);
  const reach = largestOf(x);
  const residual = pull.reduce(
    (sum, value, at) => sum + Math.abs(value + (cost[at] as number) - (held[at] as number)) * reach,
    0,
  );
  const size =
    dot(pull, x) / 2 + cost.reduce((sum, value, at) => sum + Math.abs(value * (x[at] as number)), 0);
  const missedBy = (residual + slackness) / Math.max(size, Number.MIN_VALUE);
  if (!(missedBy <= MISSED_MAX || residual + slackness <= RESIDUAL_MAX))
    throw new SolverError(`the optimality conditions are missed by ${missedBy} of the objective`);
  return { kind: "solved", x, missedBy };
}

function goldfarbIdnani({ size, equal, atLeast }: Region, { matrix, cost }: Terms): Point {
  const rows = [...equal, ...atLeast];
  const square = Array.from({ length: size }, (_, row) => [
    0,
    ...matrix.subarray(row * size, (row + 1) * size),
  ]);
  const coefficients = Array.from({ length: size }, (_, variable) => [
    0,
    ...rows.map((row) => row.coefficients[variable] as number),
  ]);
  const { solution, Lagrangian, message } = quadprog.solveQP(
    [[], ...square],
    [0, ...cost.map((value) => -value)],
    [[], ...coefficients],
    counted([0, ...rows.map((row) => row.least)]),
    equal.length,
  );
  if (message !== "" || solution === undefined || Lagrangian === undefined) throw new SolverError(message);
  const x = Float64Array.from(solution.slice(1));
  const multipliers = Lagrangian.slice(1);
  if (!x.every(Number.isFinite) || multipliers.some((value) => !(value >= 0)))
    throw new SolverError("what came out are no finite numbers above zero");
  return {
    x,
    // The solver has turned the equalities that it reached from above.
    held: Float64Array.from(coefficients, (column) => dot(column.slice(1), multipliers)),
    slackness: atLeast.reduce((sum, { coefficients: row, least }, at) => {
      const multiplier = multipliers[equal.length + at] as number;
      return multiplier === 0 ? sum : sum + multiplier * Math.abs(dot(row, x) - least);
    }, 0),
  };
}

/** The first right-hand side is read once in each iteration: its reading is what can be limited. */
function counted(least: number[]): number[] {
  let value = least[1] as number;
  let reads = 0;
  Object.defineProperty(least, 1, {
    get: () => {
      reads += 1;
      if (reads > ITERATIONS_MAX) throw new SolverError(`no end after ${ITERATIONS_MAX} iterations`);
      return value;
    },
    set: (next: number) => {
      value = next;
    },
  });
  return least;
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
