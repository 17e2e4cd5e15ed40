/**
 * Convex quadratic programmes. No answer leaves here without its optimality conditions (Karush, Kuhn and Tucker) having been checked on the programme as it was
 * asked; why this is no library's work is in docs/decisions/0007-solvers-of-portfolios.md.
 */
import { interiorPoint } from "./interior-point.ts";
import { polished } from "./polished.ts";
import type { Region } from "./region.ts";
import { along, largestOf, offBy, type Point, pullOf, type SparseRow, sparse, type Terms } from "./terms.ts";

export interface QuadraticProgramme {
  readonly region: Region;
  /** `x' quadratic x / 2 + linear x` is minimised; symmetric, positive semidefinite, row after row. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  /** Where the search begins: where several points are as good, one near it tends to be found. */
  readonly near: Float64Array;
}

export type QuadraticSolution =
  | {
      readonly kind: "solved";
      readonly x: Float64Array;
      /** By how much the optimality conditions are missed, as a part of the terms of the objective. */
      readonly missedBy: number;
    }
  | { readonly kind: "failed"; readonly why: string };

const VIOLATION_MAX = 1e-8;
const MISSED_MAX = 1e-6;
/** Of coefficients that are 1 at most: an objective below this is measured by it. */
const NEXT_TO_NOTHING = 1e-5;

export function solveQuadratic({ region, quadratic, linear, near }: QuadraticProgramme): QuadraticSolution {
  const scale = 1 / (Math.max(largestOf(quadratic), largestOf(linear)) || 1);
  const terms: Terms = {
    size: region.size,
    matrix: quadratic.map((value) => value * scale),
    cost: linear.map((value) => value * scale),
    ...sparse(region),
  };
  const rough = interiorPoint(terms, near);
  const judged = [rough, ...polished(terms, rough)].map((point) => judgedPoint(terms, point));
  const best = judged.reduce((one, other) => (other.worst < one.worst ? other : one));
  if (!(best.violation <= VIOLATION_MAX))
    return { kind: "failed", why: `a constraint stays off by ${best.violation}` };
  if (!(best.missedBy <= MISSED_MAX))
    return {
      kind: "failed",
      why: `the optimality conditions are missed by ${best.missedBy} of the objective`,
    };
  return { kind: "solved", x: best.x, missedBy: best.missedBy };
}

interface Judged {
  readonly x: Float64Array;
  readonly violation: number;
  readonly missedBy: number;
  readonly worst: number;
}

/** What is left of the gradient over the reach of the point, and multipliers of constraints that are not at their end, beside the size of the terms. */
function judgedPoint(terms: Terms, { x, ofEqual, ofAtLeast }: Point): Judged {
  const { cost, atLeast, matrix, size } = terms;
  const multipliers = ofAtLeast.map((value) => Math.max(0, value));
  const pull = pullOf(terms, { x, ofEqual, ofAtLeast: multipliers }, cost);
  const reach = Math.max(1, largestOf(x));
  const residual = pull.reduce((sum, value) => sum + Math.abs(value) * reach, 0);
  const slackness = atLeast.reduce(
    (sum, row: SparseRow, at) => sum + (multipliers[at] as number) * Math.abs(along(row, x) - row.least),
    0,
  );
  let curved = 0;
  for (let at = 0; at < matrix.length; at += 1)
    curved += (matrix[at] as number) * (x[at % size] as number) * (x[Math.floor(at / size)] as number);
  const straight = cost.reduce((sum, value, at) => sum + Math.abs(value * (x[at] as number)), 0);
  const violation = offBy(terms, x);
  const missedBy = (residual + slackness) / Math.max(curved / 2 + straight, NEXT_TO_NOTHING);
  return { x, violation, missedBy, worst: Math.max(violation / VIOLATION_MAX, missedBy / MISSED_MAX) };
}
