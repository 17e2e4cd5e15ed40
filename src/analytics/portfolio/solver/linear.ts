/**
 * Linear programmes, by YALPS (simplex over a dense tableau). What it answers is not taken on trust: the dual programme is solved besides, and the
 * distance between the two values bounds how far the answer is from the best (weak duality holds for any pair of feasible points).
 */
import { type Constraint, solve } from "yalps";
import { dot, type Region, violationOf } from "./region.ts";

export interface LinearProgramme {
  /** Every variable is at least zero besides. */
  readonly region: Region;
  /** What is minimised. */
  readonly cost: Float64Array;
}

export type LinearSolution =
  | { readonly kind: "solved"; readonly x: Float64Array; readonly cost: number }
  | { readonly kind: "infeasible" | "unbounded" | "failed" };

/** Beside coefficients near 1; smaller ones count as zero in the tableau. */
const PRECISION = 1e-11;
const PIVOTS_MAX = 50_000;
/** How far from its constraints a solution may be. */
const VIOLATION_MAX = 1e-7;

/** Coefficients are best near 1: the tolerances are absolute. */
export function solveLinear({ region, cost }: LinearProgramme): LinearSolution {
  const rows = [...region.equal, ...region.atLeast];
  const constraints = rows.map(({ least }, at): readonly [number, Constraint] => [
    at,
    at < region.equal.length ? { equal: least } : { min: least },
  ]);
  const variables = Array.from({ length: region.size }, (_, at): readonly [number, [number, number][]] => {
    const entries = rows.flatMap(({ coefficients }, row): [number, number][] => {
      const value = coefficients[at] as number;
      return value === 0 ? [] : [[row, value]];
    });
    return [at, [...entries, [-1, cost[at] as number]]];
  });
  const found = solve(
    { direction: "minimize", objective: -1, constraints, variables },
    { precision: PRECISION, maxPivots: PIVOTS_MAX },
  );
  if (found.status !== "optimal")
    return {
      kind: found.status === "infeasible" || found.status === "unbounded" ? found.status : "failed",
    };
  const x = new Float64Array(region.size);
  for (const [at, value] of found.variables) x[at] = value;
  if (!(violationOf(region, x) <= VIOLATION_MAX)) return { kind: "failed" };
  return { kind: "solved", x, cost: dot(cost, x) };
}

/**
 * The value below which no point of the region can come, by the dual programme; null where that has no solution. Of a programme whose solution is known to
 * exist it is the least cost itself.
 */
export function lowerBoundOf({ region, cost }: LinearProgramme): number | null {
  const { equal, atLeast, size } = region;
  const multipliers = [...equal, ...equal, ...atLeast];
  const sign = (at: number) => (at >= equal.length && at < 2 * equal.length ? -1 : 1);
  const atMostCost = Array.from({ length: size }, (_, variable) => ({
    coefficients: Float64Array.from(
      multipliers,
      ({ coefficients }, at) => -sign(at) * (coefficients[variable] as number),
    ),
    least: -(cost[variable] as number),
  }));
  const dual = solveLinear({
    region: { size: multipliers.length, equal: [], atLeast: atMostCost },
    cost: Float64Array.from(multipliers, ({ least }, at) => -sign(at) * least),
  });
  return dual.kind === "solved" ? -dual.cost : null;
}
