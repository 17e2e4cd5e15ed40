/**
 * Whether any weights hold all constraints, and where none do, which constraints cannot hold together and what each would have to be. The smallest set
 * that conflicts is found by leaving out one after the other (J. W. Chinneck, Feasibility and Infeasibility in Optimization, 2008: the deletion filter).
 */
import { holds, type Limits, ROUNDING, regionOf } from "./limits.ts";
import type { WeightsProblem } from "./request.ts";
import { equalWeights } from "./schemes/equal-weight.ts";
import { type LinearProgramme, solveLinear } from "./solver/linear.ts";
import type { Region, Row } from "./solver/region.ts";

/** A constraint, or all of one kind, that can be left out or stretched by one amount. */
type Stretch =
  | { readonly kind: "least" | "most" | "turnover" }
  | { readonly kind: "group"; readonly at: number };

/** Null where some weights hold all. */
export function conflictOf(limits: Limits): WeightsProblem | null {
  // Most requests need no programme to see it.
  if (holds(limits, equalWeights(limits.count)) || isFeasible(limits)) return null;
  let conflicting = stretchesOf(limits);
  for (const one of conflicting) {
    const others = conflicting.filter((other) => other !== one);
    if (!isFeasible(withOnly(limits, others))) conflicting = others;
  }
  const kept = withOnly(limits, conflicting);
  const details = conflicting.map((one) => sentenceOf(limits, one, leastStretch(kept, one)));
  return {
    kind: "infeasible",
    message: `no weights hold ${conflicting.length === 1 ? "this constraint" : "these constraints together"}: ${conflicting.map((one) => nameOf(limits, one)).join("; ")}`,
    details,
  };
}

export function isFeasible(limits: Limits): boolean {
  return feasiblePoint(limits) !== null;
}

/** Some weights that hold all; null where there are none. */
export function feasiblePoint(limits: Limits): Float64Array | null {
  const region = regionOf(limits);
  const short = leastShort(
    region,
    region.atLeast.map(() => 1),
  );
  return short !== null && short.cost <= ROUNDING ? short.x.slice(0, limits.count) : null;
}

function stretchesOf({ least, most, groups, turnoverMost, count }: Limits): readonly Stretch[] {
  return [
    ...(turnoverMost === null ? [] : [{ kind: "turnover" as const }]),
    ...groups.map((_, at) => ({ kind: "group" as const, at })),
    ...(least.some((value) => value > 0) ? [{ kind: "least" as const }] : []),
    ...(most.some((value) => value < 1) || count === 0 ? [{ kind: "most" as const }] : []),
  ];
}

/** The limits with everything else left out; that weights are shares of the money always stays. */
function withOnly(limits: Limits, kept: readonly Stretch[]): Limits {
  const has = (kind: Stretch["kind"]) => kept.some((one) => one.kind === kind);
  return {
    ...limits,
    least: has("least") ? limits.least : new Float64Array(limits.count),
    most: has("most") ? limits.most : new Float64Array(limits.count).fill(1),
    groups: limits.groups.map((group, at) =>
      kept.some((one) => one.kind === "group" && one.at === at) ? group : { ...group, most: 1 },
    ),
    turnoverMost: has("turnover") ? limits.turnoverMost : null,
  };
}

/** By how much one has to give way for the others to hold; null where that alone does not help. */
function leastStretch(limits: Limits, one: Stretch): number | null {
  const region = regionOf(limits);
  const { count, groups, turnoverMost, money } = limits;
  const first = money === "all" ? 0 : 1;
  const of = { least: first, most: first + count, group: first + 2 * count };
  const isStretched = (at: number): boolean => {
    switch (one.kind) {
      case "least":
        return at >= of.least && at < of.most;
      case "most":
        return at >= of.most && at < of.group;
      case "group":
        return at === of.group + one.at;
      case "turnover":
        return turnoverMost !== null && at === region.atLeast.length - 1 && at >= of.group + groups.length;
    }
  };
  const found = leastShort(
    region,
    region.atLeast.map((_, at) => (isStretched(at) ? 1 : 0)),
  );
  return found === null ? null : found.cost;
}

/** The least amount by which the rows that `gives` marks have to give way together, with a point; null where it does not help. */
function leastShort({ size, equal, atLeast }: Region, gives: readonly number[]) {
  const wide = ({ coefficients, least }: Row, last: number): Row => {
    const longer = new Float64Array(size + 1);
    longer.set(coefficients);
    longer[size] = last;
    return { coefficients: longer, least };
  };
  const cost = new Float64Array(size + 1);
  cost[size] = 1;
  const programme: LinearProgramme = {
    region: {
      size: size + 1,
      equal: equal.map((row) => wide(row, 0)),
      atLeast: atLeast.map((row, at) => wide(row, gives[at] ?? 0)),
    },
    cost,
  };
  const found = solveLinear(programme);
  return found.kind === "solved" ? found : null;
}

function nameOf(limits: Limits, one: Stretch): string {
  const { count, least, most, groups, turnoverMost } = limits;
  switch (one.kind) {
    case "least":
      return `lower bounds that sum to ${shown(least.reduce((sum, value) => sum + value, 0))}`;
    case "most":
      return `upper bounds of ${count} names that sum to ${shown(most.reduce((sum, value) => sum + value, 0))}`;
    case "group":
      return `at most ${shown(groups[one.at]?.most ?? 0)} for group ${groups[one.at]?.name}`;
    case "turnover":
      return `a turnover of at most ${shown(turnoverMost ?? 0)}`;
  }
}

function sentenceOf(limits: Limits, one: Stretch, by: number | null): string {
  const amount = shown(by ?? 0);
  if (by === null) return `${nameOf(limits, one)}: changing it alone does not help`;
  switch (one.kind) {
    case "least":
      return `lower bounds: each would have to be ${amount} lower (those above it)`;
    case "most":
      return `upper bounds: each would have to be ${amount} higher`;
    case "group": {
      const group = limits.groups[one.at];
      return `group ${group?.name}: its cap would have to be ${shown((group?.most ?? 0) + by)}, ${amount} more`;
    }
    case "turnover":
      return `turnover: ${shown((limits.turnoverMost ?? 0) + by)} would be needed, ${amount} more`;
  }
}

/** Rounded up, so that what is named is enough. */
function shown(value: number): string {
  return String(Math.ceil(value * 1e6 - 1e-3) / 1e6);
}
