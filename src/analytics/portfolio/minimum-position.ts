/**
 * Weights that are zero or at least a minimum. Which names stay out is a choice of sets: branch and bound over one name at a time, where a relaxed
 * solution that is worse than the best one so far needs no further look (A. H. Land and A. G. Doig, 1960).
 */
import { feasiblePoint, isFeasible } from "./infeasible.ts";
import { type Limits, ROUNDING } from "./limits.ts";
import type { WeightsProblem } from "./request.ts";
import { type Attempt, weights } from "./schemes/scheme.ts";

export interface Choice {
  readonly attempt: Attempt;
  /** Whether every choice of names was seen or ruled out. */
  readonly isComplete: boolean;
}

export interface Search {
  readonly minimum: number;
  readonly solve: (limits: Limits) => Attempt;
  /** What is to be as small as it can. */
  readonly loss: (weights: Float64Array) => number;
}

const NODES_MAX = 400;
const BISECTIONS = 17;
/** What a branch has to be better by, as a part of the loss. */
const BETTER_BY = 1e-9;

export function chosenNames(limits: Limits, { minimum, solve, loss }: Search): Choice {
  const open: Limits[] = [withoutTooSmall(limits, minimum)];
  let best: Attempt = { kind: "infeasible" };
  let least = Number.POSITIVE_INFINITY;
  for (let node = 0; node < NODES_MAX; node += 1) {
    const next = open.pop();
    if (next === undefined) return { attempt: best, isComplete: true };
    if (!isFeasible(next)) continue;
    const attempt = solve(next);
    if (attempt.kind === "degenerate" || attempt.kind === "infeasible") {
      if (best.kind === "infeasible") best = attempt;
      continue;
    }
    if (attempt.kind === "unsolved") return { attempt, isComplete: false };
    const value = loss(attempt.weights);
    if (value >= least - BETTER_BY * Math.abs(least)) continue;
    const split = mostBetween(attempt.weights, minimum);
    if (split === null) {
      best = attempt;
      least = value;
    } else open.push(...branches(next, split, { minimum, weight: attempt.weights[split] as number }));
  }
  return { attempt: best, isComplete: false };
}

/** Why no choice of names holds the limits with a minimum for each: how large the minimum can be. */
export function minimumConflict(limits: Limits, minimum: number, isComplete: boolean): WeightsProblem {
  const largest = largestMinimum(limits, minimum);
  return {
    kind: isComplete ? "infeasible" : "unsolved",
    message: isComplete
      ? `no choice of names holds the other constraints with at least ${minimum} in each`
      : `of the ${NODES_MAX} choices of names that were tried, none holds the other constraints with at least ${minimum} in each`,
    details:
      largest === null
        ? ["minimum position: no minimum above zero was found that can be held"]
        : [`minimum position: ${largest} can be held, ${Math.round((minimum - largest) * 1e4) / 1e4} less`],
  };
}

/** The largest minimum that some weights were found for, to four digits; null where none above zero. */
function largestMinimum(limits: Limits, tooMuch: number): number | null {
  let [low, high] = [0, tooMuch];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    const { attempt } = chosenNames(limits, { minimum: middle, solve: anyPoint, loss: () => 0 });
    if (attempt.kind === "weights") low = middle;
    else high = middle;
  }
  const digits = Math.floor(low * 1e4 + 1e-3) / 1e4;
  return digits === 0 ? null : digits;
}

function anyPoint(within: Limits): Attempt {
  const point = feasiblePoint(within);
  return point === null ? { kind: "infeasible" } : weights(point);
}

/** Names that may not have the minimum have nothing. */
function withoutTooSmall(limits: Limits, minimum: number): Limits {
  return {
    ...limits,
    most: limits.most.map((value) => (value < minimum - ROUNDING ? 0 : value)),
    least: limits.least.map((value) => (value > 0 ? Math.max(value, minimum) : value)),
  };
}

/** The weight that is furthest from both zero and the minimum; null where all are at one or beyond. */
function mostBetween(values: Float64Array, minimum: number): number | null {
  let found: number | null = null;
  let furthest = ROUNDING;
  for (const [at, value] of values.entries()) {
    const distance = Math.min(value, minimum - value);
    if (distance > furthest) [found, furthest] = [at, distance];
  }
  return found;
}

/** The nearer end is looked at first: what is put last is taken first. */
function branches(
  limits: Limits,
  at: number,
  { minimum, weight }: { readonly minimum: number; readonly weight: number },
): readonly Limits[] {
  const held = { ...limits, least: limits.least.map((value, one) => (one === at ? minimum : value)) };
  const out = { ...limits, most: limits.most.map((value, one) => (one === at ? 0 : value)) };
  return weight * 2 < minimum ? [held, out] : [out, held];
}
