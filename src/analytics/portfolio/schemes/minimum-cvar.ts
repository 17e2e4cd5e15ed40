/**
 * The weights whose worst 5 % of days lose the least on average, over the days that there were.
 *
 * Source: R. T. Rockafellar and S. Uryasev, Optimization of Conditional Value-at-Risk, Journal of Risk 2 (2000): a linear programme in the weights, the value
 * at risk, and what each day loses beyond it.
 */
import { type Limits, regionOf } from "../limits.ts";
import type { Market } from "../market.ts";
import { type LinearProgramme, lowerBoundOf, solveLinear } from "../solver/linear.ts";
import type { Row } from "../solver/region.ts";
import { type Attempt, type Task, weights } from "./scheme.ts";

const TAIL = 0.05;
const MISSED_MAX = 1e-7;

export function minimumCvar({ market, limits }: Task): Attempt {
  const programme = cvarProgramme(market, limits);
  const found = solveLinear(programme);
  switch (found.kind) {
    case "solved":
      return proved(market, programme, found);
    case "infeasible":
      return { kind: "infeasible" };
    case "unbounded":
    case "failed":
      return { kind: "unsolved", message: "the linear programme came to no end" };
  }
}

/** No weights lose less than the dual programme says. */
function proved(
  market: Market,
  programme: LinearProgramme,
  { x, cost }: { readonly x: Float64Array; readonly cost: number },
): Attempt {
  const bound = lowerBoundOf(programme);
  if (bound === null) return { kind: "unsolved", message: "the dual of the linear programme came to no end" };
  const missedBy = Math.abs(cost - bound) / Math.abs(cost);
  if (!(missedBy <= MISSED_MAX))
    return { kind: "unsolved", message: `primal and dual are ${missedBy} of the value apart` };
  return weights(x.slice(0, market.count), missedBy);
}

/** Returns are in units of the largest one, which is also what the value at risk is counted from: all variables are above zero. */
function cvarProgramme(market: Market, limits: Limits): LinearProgramme {
  const { count, rows, returns } = market;
  const region = regionOf(limits);
  const unit = largestReturn(market);
  const valueAtRisk = region.size;
  const size = region.size + 1 + rows;
  const wide = ({ coefficients, least }: Row): Row => {
    const longer = new Float64Array(size);
    longer.set(coefficients);
    return { coefficients: longer, least };
  };
  const days = Array.from({ length: rows }, (_, day): Row => {
    const coefficients = new Float64Array(size);
    for (let at = 0; at < count; at += 1) coefficients[at] = (returns[at]?.[day] ?? 0) / unit - 1;
    coefficients[valueAtRisk] = 1;
    coefficients[valueAtRisk + 1 + day] = 1;
    return { coefficients, least: 0 };
  });
  const cost = new Float64Array(size).fill(1 / (TAIL * rows), valueAtRisk);
  cost[valueAtRisk] = 1;
  return {
    region: { size, equal: region.equal.map(wide), atLeast: [...region.atLeast.map(wide), ...days] },
    cost,
  };
}

function largestReturn({ returns }: Market): number {
  const largest = returns.reduce(
    (most, one) => one.reduce((found, value) => Math.max(found, Math.abs(value)), most),
    0,
  );
  return largest === 0 ? 1 : largest;
}
