/** What is wrong with a request before anything is computed: values that cannot be, and returns that determine nothing. */
import type { Bounds, Constraints, WeightsProblem, WeightsRequest } from "./request.ts";

const ROUNDING = 1e-9;
/** More would take seconds, or more memory than a server has beside its work. */
const NAMES_MAX = 200;
const CVAR_ROWS_MAX = 2_500;

/** Null where all is well. */
export function problemOf(request: WeightsRequest): WeightsProblem | null {
  const bad = [
    ...seriesMistakes(request),
    ...boundsMistakes(request),
    ...groupMistakes(request),
    ...holdingMistakes(request.constraints ?? {}),
    ...optionMistakes(request),
  ][0];
  if (bad !== undefined) return { kind: "bad-request", message: bad, details: [] };
  const still = stillNames(request);
  if (still.length === 0 || request.method === "equal_weight") return null;
  const rows = request.returns[0]?.length ?? 0;
  return {
    kind: "degenerate",
    message: `${listed(still)} ${still.length === 1 ? "does" : "do"} not vary in the ${rows} rows: a record that never moves says nothing of risk, and ${request.method} would give it everything; leave it out`,
    details: [],
  };
}

function seriesMistakes({ names, returns, method }: WeightsRequest): readonly string[] {
  if (names.length === 0) return ["there are no names to weigh"];
  if (names.length > NAMES_MAX) return [`${names.length} names are too many to weigh at once (${NAMES_MAX})`];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return [`"${twice}" is named twice`];
  if (returns.length !== names.length)
    return [`there are ${returns.length} series for ${names.length} names`];
  const rows = returns[0]?.length ?? 0;
  const other = returns.findIndex(({ length }) => length !== rows);
  if (other >= 0)
    return [
      `${names[other]} has ${returns[other]?.length} returns, ${names[0]} has ${rows}: the same rows are needed`,
    ];
  if (rows < 2) return [`${rows} rows are too few: variance needs two`];
  if (method === "minimum_cvar95" && rows > CVAR_ROWS_MAX)
    return [`${rows} rows are too many for ${method} (${CVAR_ROWS_MAX})`];
  const broken = returns.findIndex((one) => one.some((value) => !Number.isFinite(value)));
  return broken >= 0 ? [`${names[broken]} has a return that is no finite number`] : [];
}

function boundsMistakes({ names, constraints = {} }: WeightsRequest): readonly string[] {
  const { bounds, boundsOf = {} } = constraints;
  const known = new Set(names);
  return [
    ...(bounds === undefined ? [] : boundsMistake("the bounds", bounds)),
    ...Object.entries(boundsOf).flatMap(([name, one]) =>
      known.has(name)
        ? boundsMistake(`the bounds of ${name}`, one)
        : [`bounds are given for ${name}, which has no returns`],
    ),
  ];
}

function boundsMistake(what: string, { least, most }: Bounds): readonly string[] {
  if (!isShare(least) || !isShare(most)) return [`${what} ${least},${most} have to lie within 0 and 1`];
  return least > most ? [`${what} ${least},${most} are the wrong way round`] : [];
}

function groupMistakes({ names, constraints }: WeightsRequest): readonly string[] {
  const known = new Set(names);
  return (constraints?.groups ?? []).flatMap(({ name, members, most }) => {
    const unknown = members.find((member) => !known.has(member));
    const twice = members.find((member, at) => members.indexOf(member) !== at);
    if (members.length === 0) return [`group ${name} has no members`];
    if (unknown !== undefined) return [`group ${name} has ${unknown}, which has no returns`];
    if (twice !== undefined) return [`group ${name} has ${twice} twice`];
    return isShare(most) ? [] : [`the cap ${most} of group ${name} has to lie within 0 and 1`];
  });
}

function holdingMistakes({ current, turnoverMost, costs, minimumPosition }: Constraints): readonly string[] {
  const held = Object.entries(current ?? {});
  const wrong = held.find(([, weight]) => !isShare(weight));
  const total = held.reduce((sum, [, weight]) => sum + weight, 0);
  return [
    ...(wrong === undefined
      ? []
      : [`the current weight ${wrong[1]} of ${wrong[0]} has to lie within 0 and 1`]),
    ...(total <= 1 + ROUNDING || wrong !== undefined
      ? []
      : [`the current weights sum to ${total}, more than 1`]),
    ...(turnoverMost === undefined || turnoverMost >= 0
      ? []
      : [`the turnover limit ${turnoverMost} has to be 0 or more`]),
    ...(turnoverMost === undefined || current !== undefined
      ? []
      : ["a turnover limit needs the current weights"]),
    ...(costs === undefined || current !== undefined ? [] : ["costs of trading need the current weights"]),
    ...(costs === undefined || (costs.rate >= 0 && costs.rate < 1)
      ? []
      : [`the cost rate ${costs.rate} has to lie within 0 and 1`]),
    ...(costs === undefined || costs.holdingRows > 0
      ? []
      : [`the holding time ${costs.holdingRows} has to be above zero`]),
    ...(minimumPosition === undefined || isShare(minimumPosition)
      ? []
      : [`the minimum position ${minimumPosition} has to lie within 0 and 1`]),
  ];
}

function optionMistakes(request: WeightsRequest): readonly string[] {
  const { method, riskAversion, kellyFraction, periodsPerYear, constraints } = request;
  const usesAversion = method === "mean_variance" || constraints?.costs !== undefined;
  const isPositive = (value: number | undefined) =>
    value === undefined || (value > 0 && Number.isFinite(value));
  return [
    ...budgetMistakes(request),
    ...(riskAversion === undefined || usesAversion
      ? []
      : ["a risk aversion goes with mean_variance, or with costs"]),
    ...(isPositive(riskAversion) ? [] : [`the risk aversion ${riskAversion} has to be above zero`]),
    ...(kellyFraction === undefined || method === "fractional_kelly"
      ? []
      : ["a Kelly fraction goes with fractional_kelly"]),
    ...(kellyFraction === undefined || (kellyFraction > 0 && kellyFraction <= 1)
      ? []
      : [
          `the Kelly fraction ${kellyFraction} has to be above 0 and at most 1: more than Kelly grows less and risks more`,
        ]),
    ...(isPositive(periodsPerYear) ? [] : [`the periods per year ${periodsPerYear} have to be above zero`]),
  ];
}

function budgetMistakes({ names, method, riskBudgets }: WeightsRequest): readonly string[] {
  if (riskBudgets === undefined) return [];
  if (method !== "equal_risk_contribution") return ["risk budgets go with equal_risk_contribution"];
  const unknown = Object.keys(riskBudgets).find((name) => !names.includes(name));
  if (unknown !== undefined) return [`a risk budget is given for ${unknown}, which has no returns`];
  const missing = names.find((name) => !Object.hasOwn(riskBudgets, name));
  if (missing !== undefined) return [`${missing} has no risk budget; with budgets, every name needs one`];
  const wrong = Object.entries(riskBudgets).find(([, value]) => !(value > 0 && Number.isFinite(value)));
  return wrong === undefined
    ? []
    : [
        `the risk budget ${wrong[1]} of ${wrong[0]} has to be above zero: a name without risk is one to leave out`,
      ];
}

function stillNames({ names, returns }: WeightsRequest): readonly string[] {
  return names.filter((_, at) => returns[at]?.every((value) => value === returns[at]?.[0]));
}

const NAMES_SHOWN = 5;

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : "";
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more}`;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
