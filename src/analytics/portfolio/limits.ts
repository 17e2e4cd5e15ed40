/** The constraints of a request in the order of its names, and the region of weights that they leave. */
import type { Constraints, WeightsRequest } from "./request.ts";
import type { Region, Row } from "./solver/region.ts";

/** Shares of the money; what is off up to this is rounding. */
export const ROUNDING = 1e-9;

export interface Group {
  readonly name: string;
  readonly members: readonly number[];
  readonly most: number;
}

export interface Limits {
  readonly count: number;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly groups: readonly Group[];
  readonly current: Float64Array | null;
  /** What has to be sold of names that are no longer there. */
  readonly leaving: number;
  readonly turnoverMost: number | null;
  /** Whether all money is given out, or some may stay. */
  readonly money: "all" | "at-most-all";
}

export function limitsOf({ names, method, constraints = {} }: WeightsRequest): Limits {
  const { bounds = { least: 0, most: 1 }, boundsOf = {}, groups = [], current, turnoverMost } = constraints;
  const of = (name: string) => (Object.hasOwn(boundsOf, name) ? (boundsOf[name] ?? bounds) : bounds);
  return {
    count: names.length,
    least: Float64Array.from(names, (name) => of(name).least),
    most: Float64Array.from(names, (name) => of(name).most),
    groups: groups.map(({ name, members, most }) => ({
      name,
      members: members.map((member) => names.indexOf(member)),
      most,
    })),
    ...heldOf(names, current),
    turnoverMost: turnoverMost ?? null,
    money: method === "fractional_kelly" ? "at-most-all" : "all",
  };
}

function heldOf(names: readonly string[], current: Constraints["current"]) {
  if (current === undefined) return { current: null, leaving: 0 };
  const held = Float64Array.from(names, (name) => (Object.hasOwn(current, name) ? (current[name] ?? 0) : 0));
  const known = new Set(names);
  const gone = Object.entries(current).filter(([name]) => !known.has(name));
  return { current: held, leaving: gone.reduce((sum, [, weight]) => sum + weight, 0) };
}

/** What is bought and sold, names that leave included; null where nothing says what is held. */
export function turnoverOf({ current, leaving }: Limits, weights: Float64Array): number | null {
  if (current === null) return null;
  return weights.reduce((sum, weight, at) => sum + Math.abs(weight - (current[at] as number)), leaving);
}

/** Whether weights hold all limits, but for rounding. */
export function holds(limits: Limits, weights: Float64Array): boolean {
  const { least, most, groups, turnoverMost, money } = limits;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const isWithin = weights.every(
    (weight, at) => weight >= (least[at] as number) - ROUNDING && weight <= (most[at] as number) + ROUNDING,
  );
  const isCapped = groups.every(
    ({ members, most: cap }) =>
      members.reduce((sum, at) => sum + (weights[at] as number), 0) <= cap + ROUNDING,
  );
  const isStill = turnoverMost === null || (turnoverOf(limits, weights) ?? 0) <= turnoverMost + ROUNDING;
  const isSpent = money === "all" ? Math.abs(total - 1) <= ROUNDING : total <= 1 + ROUNDING;
  return isWithin && isCapped && isStill && isSpent;
}

/**
 * Variables are the weights, and behind them, where `trades` asks for it or turnover is limited, how much of each is traded at least.
 */
export function regionOf(limits: Limits, trades = false): Region {
  const { count, current, turnoverMost, leaving } = limits;
  const isTraded = current !== null && (trades || turnoverMost !== null);
  const size = isTraded ? 2 * count : count;
  const row = (entries: readonly (readonly [number, number])[], least: number): Row => {
    const coefficients = new Float64Array(size);
    for (const [at, value] of entries) coefficients[at] = value;
    return { coefficients, least };
  };
  const all = Array.from({ length: count }, (_, at) => at);
  const total = (sign: number) => all.map((at) => [at, sign] as const);
  const traded = !isTraded
    ? []
    : all.flatMap((at) => {
        const held = current[at] as number;
        return [
          row(
            [
              [count + at, 1],
              [at, -1],
            ],
            -held,
          ),
          row(
            [
              [count + at, 1],
              [at, 1],
            ],
            held,
          ),
        ];
      });
  const turnover =
    turnoverMost === null || !isTraded
      ? []
      : [
          row(
            all.map((at) => [count + at, -1] as const),
            leaving - turnoverMost,
          ),
        ];
  return {
    size,
    equal: limits.money === "all" ? [row(total(1), 1)] : [],
    atLeast: [
      ...(limits.money === "all" ? [] : [row(total(-1), -1)]),
      ...all.map((at) => row([[at, 1]], limits.least[at] as number)),
      ...all.map((at) => row([[at, -1]], -(limits.most[at] as number))),
      ...limits.groups.map(({ members, most }) =>
        row(
          members.map((at) => [at, -1] as const),
          -most,
        ),
      ),
      ...traded,
      ...turnover,
    ],
  };
}

/** The objective over weights, for the variables of a region. */
export function widened(values: Float64Array, { size }: Region): Float64Array {
  const wide = new Float64Array(size);
  wide.set(values);
  return wide;
}

/** A matrix over weights, for the variables of a region. */
export function widenedMatrix(matrix: Float64Array, count: number, { size }: Region): Float64Array {
  if (size === count) return matrix;
  const wide = new Float64Array(size * size);
  for (let row = 0; row < count; row += 1)
    wide.set(matrix.subarray(row * count, (row + 1) * count), row * size);
  return wide;
}
