/** From a quadratic programme over weights to weights. */
import { type Limits, regionOf, widened, widenedMatrix } from "../limits.ts";
import { solveQuadratic } from "../solver/quadratic.ts";
import { type Attempt, weights } from "./scheme.ts";

export interface WeightsProgramme {
  readonly limits: Limits;
  /** Over weights: `w' quadratic w / 2 + linear w` is minimised. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  /** Per unit traded; 0 for none. */
  readonly tradeCost: number;
  /** Where several weights are as good, some near these are found. */
  readonly near: Float64Array;
}

export function solvedWeights({ limits, quadratic, linear, tradeCost, near }: WeightsProgramme): Attempt {
  const { count, current } = limits;
  const region = regionOf(limits, tradeCost > 0);
  const cost = widened(linear, region).fill(tradeCost, count);
  const start = widened(near, region);
  for (let at = count; at < region.size; at += 1)
    start[at] = Math.abs((near[at - count] as number) - (current?.[at - count] ?? 0));
  const found = solveQuadratic({
    region,
    quadratic: widenedMatrix(quadratic, count, region),
    linear: cost,
    near: start,
  });
  return found.kind === "solved"
    ? weights(found.x.slice(0, count), found.missedBy)
    : { kind: "unsolved", message: found.why };
}
