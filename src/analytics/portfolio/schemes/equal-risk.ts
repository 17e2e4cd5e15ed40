/**
 * Every name has its share of the portfolio's variance: equal shares, or those of a budget. Unique wherever every name varies.
 *
 * Sources: S. Maillard, T. Roncalli and J. Teiletche, The Properties of Equally Weighted Risk Contribution Portfolios, JPM 36 (2010); the convex form
 * `x'Cx / 2 - sum b ln x` of F. Spinu, An Algorithm for Computing Risk Parity Weights, 2013, by damped Newton steps.
 */

import { correlationOf } from "../../correlation/covariance.ts";
import { choleskyOf, solvedBy } from "../../numeric/cholesky.ts";
import type { Market } from "../market.ts";
import { dot, times } from "../solver/region.ts";
import { normalised } from "./scheme.ts";

const STEPS_MAX = 200;
/** Of a contribution from its budget, which sum to 1. */
const DONE = 1e-14;
const GOOD_ENOUGH = 1e-10;
/** A variance of names that each have 1. */
const NO_RISK = 1e-6;
/** Below this Newton decrement whole steps are right. */
const WHOLE_STEP = 0.25;

export type EqualRisk =
  | { readonly ok: true; readonly weights: Float64Array }
  | { readonly ok: false; readonly kind: "degenerate" | "unsolved"; readonly message: string };

/** `budgets` are above zero, one per name. */
export function equalRisk({ covariance, deviations, count }: Market, budgets: Float64Array): EqualRisk {
  const shares = normalised(budgets);
  const correlation = correlationOf(covariance, count);
  let x = startOf(correlation, shares);
  let best = x;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < STEPS_MAX && least > DONE; step += 1) {
    const marginal = times(correlation, x);
    const gap = x.reduce(
      (most, value, at) =>
        Math.max(most, Math.abs(value * (marginal[at] as number) - (shares[at] as number))),
      0,
    );
    if (gap < least) [best, least] = [x, gap];
    else if (least <= GOOD_ENOUGH) break;
    const next = newtonStep(correlation, shares, x, marginal);
    if (next === null) break;
    x = next;
  }
  if (!(least <= GOOD_ENOUGH)) return { ok: false, ...failureOf(correlation, normalised(best), least) };
  return { ok: true, weights: normalised(best.map((value, at) => value / (deviations[at] as number))) };
}

/** Where names cancel each other there is no risk to share out. */
function failureOf(correlation: Float64Array, at: Float64Array, gap: number) {
  const isNone = dot(times(correlation, at), at) < NO_RISK;
  const message = isNone
    ? "risk cannot be shared out: in these rows some names cancel each other entirely, so that together they have none"
    : `contributions to risk stay ${gap} away from their budgets`;
  return { kind: isNone ? ("degenerate" as const) : ("unsolved" as const), message };
}

/** In proportion to the roots of the budgets, at the length where `x'Cx` is 1. */
function startOf(correlation: Float64Array, shares: Float64Array): Float64Array {
  const roots = shares.map(Math.sqrt);
  const square = dot(times(correlation, roots), roots);
  return square > 0 ? roots.map((root) => root / Math.sqrt(square)) : roots;
}

/** Null where the matrix of second derivatives has no inverse, which rounding alone can do. */
function newtonStep(
  correlation: Float64Array,
  shares: Float64Array,
  x: Float64Array,
  marginal: Float64Array,
): Float64Array | null {
  const size = x.length;
  const gradient = marginal.map((value, at) => value - (shares[at] as number) / (x[at] as number));
  const curvature = correlation.map((value, at) => {
    const row = Math.floor(at / size);
    return at % (size + 1) === 0 ? value + (shares[row] as number) / (x[row] as number) ** 2 : value;
  });
  const factor = choleskyOf(curvature, size);
  if (factor === null) return null;
  const step = solvedBy(factor, gradient);
  // In units of the least budget the logarithms are self-concordant: near the end whole steps stay above zero, and before it damped ones do.
  const smallest = shares.reduce((least, share) => Math.min(least, share), 1);
  const decrement = Math.sqrt(dot(step, gradient) / smallest);
  const damped = decrement < WHOLE_STEP ? 1 : 1 / (1 + decrement);
  const before = valueAt(correlation, shares, x);
  for (let length = 1; length > damped; length /= 2) {
    const next = stepped(x, step, length);
    if (next.every((value) => value > 0) && valueAt(correlation, shares, next) < before) return next;
  }
  return stepped(x, step, damped);
}

function stepped(x: Float64Array, step: Float64Array, length: number): Float64Array {
  return x.map((value, at) => value - length * (step[at] as number));
}

function valueAt(correlation: Float64Array, shares: Float64Array, x: Float64Array): number {
  const square = dot(times(correlation, x), x);
  return x.reduce((sum, value, at) => sum - (shares[at] as number) * Math.log(value), square / 2);
}
