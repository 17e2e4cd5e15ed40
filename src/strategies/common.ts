/** What all strategies of ours have in common: options, who can be judged at all, in which order, and how wishes are told. */
import { rankRecords } from "../analytics/ranking/rank-records.ts";
import { knownReturns } from "./known-returns.ts";
import { numberOption, type OptionsOf, wholeOption } from "./options.ts";
import type { Candidate, OutWord, Wish } from "./strategy.ts";

export interface CommonValues {
  readonly max_traders: number;
  readonly position_scaling: number;
  readonly rebalancing_frequency: number;
  readonly min_days: number;
  readonly max_weight: number;
  readonly min_weight: number;
}

export const COMMON_OPTIONS: OptionsOf<CommonValues> = {
  max_traders: wholeOption("Most leaders that are copied at once.", { min: 1, max: 1_000 }, 10),
  position_scaling: numberOption(
    "Factor on the positions of every leader beside its weight: 0.8 holds 80 %.",
    { above: 0, max: 100 },
    1,
  ),
  rebalancing_frequency: numberOption(
    "Hours between two decisions; 0 decides only when you ask.",
    { min: 0, max: 8_760 },
    24,
  ),
  min_days: wholeOption("Fewest known days of a leader.", { min: 20, max: 3_650 }, 30),
  max_weight: numberOption("Largest part of the equity that one leader gets.", { above: 0, max: 1 }, 0.5),
  min_weight: numberOption("A smaller part than this is none.", { min: 0, max: 0.5 }, 0.02),
};

export interface Refusal {
  readonly reason: OutWord;
  readonly numbers: Wish["numbers"];
}

/** One question about a candidate; null where it passes. */
export type Test = (candidate: Candidate) => Refusal | null;

export interface Screened {
  readonly passed: readonly Candidate[];
  readonly refused: readonly Wish[];
}

/** By the first test that each fails. */
export function screen(candidates: readonly Candidate[], tests: readonly Test[]): Screened {
  const passed: Candidate[] = [];
  const refused: Wish[] = [];
  for (const candidate of candidates) {
    const refusal = firstRefusal(candidate, tests);
    if (refusal === null) passed.push(candidate);
    else refused.push(outWish(candidate, refusal));
  }
  return { passed, refused };
}

function firstRefusal(candidate: Candidate, tests: readonly Test[]): Refusal | null {
  for (const test of tests) {
    const refusal = test(candidate);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** What every strategy asks first. */
export function basicTests({ min_days: least }: Pick<CommonValues, "min_days">): readonly Test[] {
  return [
    ({ failedFilters: [failed] }) =>
      failed === undefined ? null : { reason: "failed-filter", numbers: { ...failed } },
    ({ figures }) => {
      const days = figures.days ?? 0;
      return days >= least ? null : { reason: "record-too-short", numbers: { days, least } };
    },
    ({ figures: { annual_volatility: volatility = null } }) =>
      volatility !== null && volatility > 0
        ? null
        : { reason: "unknown-figure", numbers: { figure: "annual_volatility", value: volatility } },
  ];
}

interface Bound {
  readonly figure: string;
  /** Null is off. */
  readonly bound: number | null;
  readonly reason: OutWord;
}

/** What cannot be told does not pass. */
export function atLeast({ figure, bound, reason }: Bound): Test {
  return bounded(figure, bound, (value, least) => value >= least, { reason, word: "least" });
}

/** Of the size of the figure: draw-downs are below zero. */
export function atMost({ figure, bound, reason }: Bound): Test {
  return bounded(figure, bound, (value, most) => Math.abs(value) <= most, { reason, word: "most" });
}

function bounded(
  figure: string,
  bound: number | null,
  passes: (value: number, bound: number) => boolean,
  { reason, word }: { readonly reason: OutWord; readonly word: "least" | "most" },
): Test {
  return ({ figures }) => {
    if (bound === null) return null;
    const value = figures[figure] ?? null;
    if (value === null) return { reason: "unknown-figure", numbers: { figure, [word]: bound } };
    return passes(value, bound) ? null : { reason, numbers: { [figure]: value, [word]: bound } };
  };
}

export interface Proven {
  readonly ranked: readonly ProvenCandidate[];
  /** Of whose record no such bound can be told. */
  readonly refused: readonly Wish[];
}

/** What each record proves: a lower bound of its yearly Sharpe ratio, drawn towards the others. The surest first; equal ones by name. */
export function byProof(candidates: readonly Candidate[]): Proven {
  const records = candidates.map(({ trader, returns }) => ({ name: trader, returns: knownReturns(returns) }));
  const known = new Map(candidates.map((candidate) => [candidate.trader, candidate]));
  const { ranked, withoutSharpe } = rankRecords(records, { screened: candidates.length });
  const ofName = (name: string): readonly Candidate[] => {
    const candidate = known.get(name);
    return candidate === undefined ? [] : [candidate];
  };
  return {
    ranked: ranked.flatMap(({ name, lowerBound: proof }) =>
      ofName(name).map((candidate) => ({ candidate, proof })),
    ),
    refused: withoutSharpe
      .flatMap(ofName)
      .map((candidate) =>
        outWish(candidate, { reason: "unknown-figure", numbers: { figure: "sharpe_lower_bound" } }),
      ),
  };
}

export interface ProvenCandidate {
  readonly candidate: Candidate;
  /** Lower bound of the Sharpe ratio a year. */
  readonly proof: number;
}

export function outWish({ trader }: Candidate, { reason, numbers }: Refusal): Wish {
  return { trader, weight: 0, reason, numbers };
}

/** Those for whom there is no more room. */
export function beyond(others: readonly ProvenCandidate[], most: number): readonly Wish[] {
  return others.map(({ candidate, proof }) =>
    outWish(candidate, { reason: "beyond-max-traders", numbers: { most, sharpe_lower_bound: proof } }),
  );
}

/** Whose part stays under the smallest gets none; it is not given to the others. */
export function weighed(
  chosen: readonly ProvenCandidate[],
  parts: readonly number[],
  { min_weight: least, position_scaling: scale }: Pick<CommonValues, "min_weight" | "position_scaling">,
): readonly Wish[] {
  return chosen.map(({ candidate, proof }, at) => {
    const weight = parts[at] ?? 0;
    if (weight < least || weight === 0)
      return outWish(candidate, { reason: "weight-too-small", numbers: { weight, least } });
    const { trader } = candidate;
    return { trader, weight, scale, reason: "chosen", numbers: { sharpe_lower_bound: proof } };
  });
}

/**
 * Parts in proportion to `sizes` (0 or more), none above `most`: what is cut off goes to the others in proportion, and where all of them are
 * at `most` it stays uninvested.
 */
export function cappedParts(sizes: readonly number[], most: number): readonly number[] {
  const parts = sizes.map(() => 0);
  let open = sizes.flatMap((size, at) => (size > 0 ? [at] : []));
  let left = 1;
  while (open.length > 0) {
    const sum = open.reduce((total, at) => total + (sizes[at] ?? 0), 0);
    const share = left / sum;
    const full = open.filter((at) => (sizes[at] ?? 0) * share >= most);
    for (const at of full.length === 0 ? open : full)
      parts[at] = full.length === 0 ? (sizes[at] ?? 0) * share : most;
    if (full.length === 0) break;
    left = Math.max(0, left - full.length * most);
    open = open.filter((at) => !full.includes(at));
  }
  return parts;
}

export function noneAbove(most: number): (weights: ReadonlyMap<string, number>) => boolean {
  return (weights) => [...weights.values()].every((weight) => weight <= most + ROUNDING);
}

const ROUNDING = 1e-9;
