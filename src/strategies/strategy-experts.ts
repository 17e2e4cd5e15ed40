/**
 * What the other strategies would have gained: each is asked again and again with the returns that were known at the time, and holds
 * what it chose until it is asked next. Filters, styles and counts of trades are those of now: they are kept for no earlier time, and
 * favour all strategies alike.
 */
import { DAY_MS } from "../analytics/equity/days.ts";
import { correlationsOf, figuresOn } from "./evidence.ts";
import type { OptionsByStrategy, StrategyKind } from "./kind.ts";
import type { OptionProblem } from "./options.ts";
import { portfolioCopying } from "./portfolio-copying.ts";
import { riskAdjustedCopying } from "./risk-adjusted-copying.ts";
import { selectiveCopying } from "./selective-copying.ts";
import type { Candidate, Strategy, StrategyEvidence } from "./strategy.ts";

export interface StrategyExpert {
  readonly name: string;
  /** Daily, on the days of the evidence; NaN before it could choose anybody. */
  readonly returns: Float64Array;
  /** Of moving all of it. */
  readonly cost: number;
  /** What it would hold now, by trader: weight times scale. */
  readonly weights: ReadonlyMap<string, number>;
  /** All of that together, before its position_scaling: what it leaves is uninvested. */
  readonly invested: number;
}

/** Days between two choices of an expert. */
const HELD_DAYS = 30;
const BPS = 10_000;

const EXPERTS: readonly StrategyKind[] = [selectiveCopying, portfolioCopying, riskAdjustedCopying];

/** What is wrong with their options, each named with its strategy. */
export function expertProblems(others: OptionsByStrategy): readonly OptionProblem[] {
  return EXPERTS.flatMap((kind) => {
    const configured = kind.configure(others[kind.name]);
    return configured.ok
      ? []
      : configured.problems.map((problem) => ({ ...problem, option: `${kind.name}.${problem.option}` }));
  });
}

/** With their options, which hold (`expertProblems`); those that are left out have their default. */
export function strategyExperts(
  evidence: StrategyEvidence,
  others: OptionsByStrategy,
): readonly StrategyExpert[] {
  const cost =
    evidence.candidates.reduce((sum, { costBps }) => sum + costBps, 0) /
    Math.max(1, evidence.candidates.length) /
    BPS;
  const asOf = openPast(evidence);
  return EXPERTS.flatMap((kind) => {
    const configured = kind.configure(others[kind.name]);
    if (!configured.ok) return [];
    const { strategy, options } = configured;
    const weights = weightsNow(strategy, evidence);
    const held = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    return [
      {
        name: kind.name,
        cost,
        returns: lived(strategy, evidence, asOf),
        weights,
        invested: held / Number(options.position_scaling),
      },
    ];
  });
}

/** What it holds earns; the rest of the equity earns nothing. */
function lived(strategy: Strategy, evidence: StrategyEvidence, asOf: Past): Float64Array {
  const returns = new Float64Array(evidence.days).fill(Number.NaN);
  let held: ReadonlyMap<string, number> = new Map();
  for (let day = HELD_DAYS; day < evidence.days; day += 1) {
    if (day % HELD_DAYS === 0) held = weightsNow(strategy, asOf(day));
    returns[day] = evidence.candidates.reduce((sum, { trader, returns: own }) => {
      const weight = held.get(trader) ?? 0;
      const gain = own[day] as number;
      return weight === 0 || Number.isNaN(gain) ? sum : sum + weight * gain;
    }, 0);
  }
  return returns;
}

function weightsNow(strategy: Strategy, evidence: StrategyEvidence): ReadonlyMap<string, number> {
  const { wishes } = strategy.choose(evidence);
  return new Map(wishes.map(({ trader, weight, scale = 1 }) => [trader, weight * scale] as const));
}

type Past = (day: number) => StrategyEvidence;

/** Made once for all strategies. */
function openPast(evidence: StrategyEvidence): Past {
  const made = new Map<number, StrategyEvidence>();
  return (day) => {
    const past = made.get(day) ?? upTo(evidence, day);
    made.set(day, past);
    return past;
  };
}

/** As it was before a day of it. */
function upTo(evidence: StrategyEvidence, days: number): StrategyEvidence {
  const { firstDay } = evidence;
  const candidates = evidence.candidates.map((candidate): Candidate => {
    const returns = Float64Array.from({ length: days }, (_, day) => candidate.returns[day] as number);
    return { ...candidate, returns, figures: figuresOn(returns, firstDay, candidate.figures.trips ?? null) };
  });
  let correlations: Float64Array | null = null;
  return {
    asOfMs: (firstDay + days) * DAY_MS,
    equity: evidence.equity,
    firstDay,
    days,
    candidates,
    get correlations() {
      correlations ??= correlationsOf(candidates);
      return correlations;
    },
  };
}
