/** Decisions of several strategies about one follower as rows beside each other. Pure. */
import type { RebalancePreview } from "../../api/types.ts";

type Decision = NonNullable<RebalancePreview["followers"][number]["decision"]>;
type Verdict = Decision["verdicts"][number];

export interface Compared {
  readonly strategy: string;
  readonly decision: Decision | null;
  readonly problem: string | null;
}

/** Stands for equal parts of every leader; no strategy is called so. */
export const EQUAL = "";

export interface LeaderRow {
  readonly leader: string;
  /** Share of the equity that it has now. */
  readonly now: number;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** Every leader that any of them looked at; those that most of the equity is given to first. */
export function leadersOf(compared: readonly Compared[]): readonly LeaderRow[] {
  const rows = new Map<string, { now: number; wanted: number; verdicts: Map<string, Verdict> }>();
  for (const { strategy, decision } of compared)
    for (const verdict of decision?.verdicts ?? []) {
      const row = rows.get(verdict.trader) ?? { now: verdict.from, wanted: 0, verdicts: new Map() };
      row.wanted += verdict.weight;
      row.verdicts.set(strategy, verdict);
      rows.set(verdict.trader, row);
    }
  return [...rows]
    .toSorted(([, one], [, other]) => other.wanted - one.wanted)
    .map(([leader, { now, verdicts }]) => ({ leader, now, verdicts }));
}

export interface SumsRow {
  readonly strategy: string;
  readonly count: number;
  readonly given: number;
  readonly largest: number;
  /** 1 over the sum of squared parts of what is given: equal parts give as many as there are; null where nothing is given. */
  readonly effective: number | null;
  readonly turnover: number | null;
  readonly cost: number | null;
  readonly gain: number | null;
}

/** Equal parts first. */
export function sumsOf(compared: readonly Compared[]): readonly SumsRow[] {
  const leaders = leadersOf(compared);
  const equal = leaders.map(() => 1 / leaders.length);
  return [
    {
      ...spreadOf(equal),
      strategy: EQUAL,
      turnover: leaders.reduce((sum, { now }, at) => sum + Math.abs((equal[at] ?? 0) - now), 0),
      cost: null,
      gain: null,
    },
    ...compared.flatMap(({ strategy, decision }): readonly SumsRow[] => {
      if (decision === null) return [];
      const { verdicts, turnover, cost, gain } = decision;
      return [{ ...spreadOf(verdicts.map(({ weight }) => weight)), strategy, turnover, cost, gain }];
    }),
  ];
}

function spreadOf(weights: readonly number[]) {
  const given = weights.reduce((sum, one) => sum + one, 0);
  const squares = weights.reduce((sum, one) => sum + one * one, 0);
  return {
    count: weights.filter((one) => one > 0).length,
    given,
    largest: Math.max(0, ...weights),
    effective: squares === 0 ? null : given ** 2 / squares,
  };
}
