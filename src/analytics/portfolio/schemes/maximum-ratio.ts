/**
 * The weights with the most of something linear per unit of volatility: of mean return it is the Sharpe ratio (W. F. Sharpe, Mutual Fund Performance, 1966),
 * of single volatilities the diversification ratio (Y. Choueifaty and Y. Coignard, Toward Maximum Diversification, JPM 35, 2008).
 *
 * A ratio does not change with the length of the weights: so the variance is minimised where the numerator is 1, and the result scaled to sum to 1
 * (G. Cornuejols and R. Tutuncu, Optimization Methods in Finance, 2007, section 8.2). Upper bounds, caps and turnover scale along, which makes it exact.
 */
import { type Limits, regionOf, widenedMatrix } from "../limits.ts";
import type { Market } from "../market.ts";
import { solveLinear } from "../solver/linear.ts";
import { solveQuadratic } from "../solver/quadratic.ts";
import { dot, type Region, type Row, times } from "../solver/region.ts";
import { equalWeights } from "./equal-weight.ts";
import { type Attempt, normalised, type Task, weights } from "./scheme.ts";

export interface Ratio extends Task {
  readonly numerator: Float64Array;
  /** What is said where no weights have a numerator above zero, with the best there is. */
  readonly noneAbove: (best: number) => string;
}

/** A variance below this part of the largest one is none. */
const NO_VARIANCE = 1e-12;

export function maximumRatio({ market, limits, numerator, noneAbove }: Ratio): Attempt {
  const { covariance, count } = market;
  const best = mostOf(numerator, limits);
  if (best === null) return { kind: "infeasible" };
  if (best.value <= 0) return { kind: "degenerate", message: noneAbove(best.value) };
  const region = regionOf(limits);
  // Scaled so that the best single point has 1.
  const scaled = numerator.map((value) => value / best.value);
  const cone = coneOf(region, scaled);
  const found = solveQuadratic({
    region: cone,
    quadratic: widenedMatrix(covariance, count, region),
    linear: new Float64Array(region.size),
    near: startOf(market, scaled, best.x, region),
  });
  if (found.kind === "failed") return { kind: "unsolved", message: found.why };
  const result = normalised(found.x.slice(0, count));
  const largest = covariance.reduce((most, value) => Math.max(most, value), 0);
  if (dot(result, times(covariance, result)) <= NO_VARIANCE * largest)
    return {
      kind: "degenerate",
      message: `in these ${market.rows} rows some weights have no variance at all, so their ratio has no end: there are too few rows for ${count} names`,
    };
  return weights(result, found.missedBy);
}

/** Equal weight where it is worth something, so that names that are the same stay so. */
function startOf(
  { count }: Market,
  scaled: Float64Array,
  best: Float64Array,
  { size }: Region,
): Float64Array {
  const equal = equalWeights(count);
  const value = dot(equal, scaled);
  if (value <= 0) return best;
  const start = new Float64Array(size);
  start.set(equal.map((weight) => weight / value));
  return start;
}

/** The most that the limits allow of something linear; null where they allow nothing. */
function mostOf(values: Float64Array, limits: Limits) {
  const region = regionOf(limits);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 1 : largest;
  const cost = new Float64Array(region.size);
  for (const [at, value] of values.entries()) cost[at] = -value / scale;
  const found = solveLinear({ region, cost });
  return found.kind === "solved" ? { value: -found.cost * scale, x: found.x } : null;
}

/** The region's directions, at any length: every constraint for weights that sum to `sum(y)`, and a numerator of 1. */
function coneOf(region: Region, numerator: Float64Array): Region {
  const count = numerator.length;
  const scaledAlong = ({ coefficients, least }: Row): Row => ({
    coefficients: coefficients.map((value, at) => (at < count ? value - least : value)),
    least: 0,
  });
  const one = new Float64Array(region.size);
  one.set(numerator);
  return {
    size: region.size,
    equal: [{ coefficients: one, least: 1 }],
    atLeast: region.atLeast.map(scaledAlong),
  };
}
