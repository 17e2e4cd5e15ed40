/** The weights with the least variance: H. Markowitz, Portfolio Selection, JF 7 (1952). Looks at no returns. */
import { equalWeights } from "./equal-weight.ts";
import { solvedWeights } from "./quadratic-weights.ts";
import type { Attempt, Task } from "./scheme.ts";

export function minimumVariance({ market, limits }: Task): Attempt {
  return solvedWeights({
    limits,
    quadratic: market.covariance,
    linear: new Float64Array(market.count),
    tradeCost: 0,
    near: equalWeights(market.count),
  });
}
