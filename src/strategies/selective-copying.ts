/**
 * `selective_copying`: few leaders who each meet strict bounds, of different styles, in equal parts. What is asked of each is asked of
 * what a follower would have got of it, after its costs.
 */
import { shrunkByVariance } from "../analytics/selection/shrinkage.ts";
import {
  atLeast,
  atMost,
  basicTests,
  beyond,
  byProof,
  COMMON_OPTIONS,
  type CommonValues,
  cappedParts,
  noneAbove,
  outWish,
  type ProvenCandidate,
  screen,
  type Test,
  weighed,
} from "./common.ts";
import { strategyKind } from "./kind.ts";
import { covarianceOf, knownReturns } from "./known-returns.ts";
import { flagOption, limitOption, type OptionsOf } from "./options.ts";
import type { Candidate, Choice, StrategyEvidence, Wish } from "./strategy.ts";

interface SelectiveValues extends CommonValues {
  readonly min_performance: number | null;
  readonly max_drawdown: number | null;
  readonly min_trades: number | null;
  readonly performance_threshold: number | null;
  readonly risk_threshold: number | null;
  readonly diversity_requirement: boolean;
  readonly auto_rebalancing: boolean;
}

const OPTIONS: OptionsOf<SelectiveValues> = {
  min_performance: limitOption(
    "Least yearly return that the record compounds to: 0.15 is 15 %.",
    { min: -1, max: 100 },
    0.15,
  ),
  max_drawdown: limitOption("Deepest fall of the record from a peak.", { above: 0, max: 1 }, 0.2),
  min_trades: limitOption("Fewest finished trades.", { min: 0, max: 1_000_000 }, 100),
  performance_threshold: limitOption(
    "Least yearly return that is expected: the mean day times 365, drawn towards the other leaders' by how uncertain it is.",
    { min: -1, max: 100 },
    0.15,
  ),
  risk_threshold: limitOption("Most yearly volatility.", { above: 0, max: 100 }, 0.2),
  diversity_requirement: flagOption(
    "No style of trading has more than half of the leaders, rounded up.",
    true,
  ),
  auto_rebalancing: flagOption(
    "Weights of leaders that stay are moved back to equal parts; without it only who comes and goes is moved.",
    true,
  ),
  ...COMMON_OPTIONS,
};

export const selectiveCopying = strategyKind<SelectiveValues>({
  name: "selective_copying",
  shortName: "selective",
  description: "few leaders who each meet strict bounds, of different styles, in equal parts",
  options: OPTIONS,
  choose,
});

function choose({ candidates }: StrategyEvidence, values: SelectiveValues): Choice {
  const { passed, refused } = screen(candidates, testsOf(candidates, values));
  const { ranked, refused: unproven } = byProof(passed);
  const { taken, left } = values.diversity_requirement
    ? diverse(ranked, values.max_traders)
    : { taken: ranked.slice(0, values.max_traders), left: [] };
  const others = ranked.filter(
    (one) => !taken.includes(one) && left.every(({ trader }) => trader !== one.candidate.trader),
  );
  const parts = cappedParts(
    taken.map(() => 1),
    values.max_weight,
  );
  const wishes = weighed(taken, parts, values).map((wish) => ({
    ...wish,
    isRebalanced: values.auto_rebalancing,
  }));
  return {
    wishes: [...refused, ...unproven, ...left, ...beyond(others, values.max_traders), ...wishes],
    keepsLimits: noneAbove(values.max_weight),
  };
}

function testsOf(candidates: readonly Candidate[], values: SelectiveValues): readonly Test[] {
  const { performance_threshold: least } = values;
  const expected = least === null ? new Map<string, number>() : expectations(candidates);
  return [
    ...basicTests(values),
    atLeast({ figure: "trips", bound: values.min_trades, reason: "too-few-trades" }),
    atLeast({ figure: "cagr", bound: values.min_performance, reason: "performance-too-low" }),
    atMost({ figure: "max_drawdown", bound: values.max_drawdown, reason: "drawdown-too-deep" }),
    atMost({ figure: "annual_volatility", bound: values.risk_threshold, reason: "risk-too-high" }),
    ({ trader }) => {
      if (least === null) return null;
      const value = expected.get(trader);
      if (value === undefined)
        return { reason: "unknown-figure", numbers: { figure: "expected_return", least } };
      return value >= least
        ? null
        : { reason: "expectation-too-low", numbers: { expected_return: value, least } };
    },
  ];
}

const DAYS_A_YEAR = 365;

/** By trader, a year; who has no variance is left out. */
function expectations(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const known = candidates.flatMap(({ trader, returns }) => {
    const days = knownReturns(returns);
    const variance = covarianceOf(days, days, 2) / days.length;
    const sum = days.reduce((total, value) => total + value, 0);
    return variance > 0 ? [{ trader, mean: sum / days.length, variance }] : [];
  });
  const drawn = shrunkByVariance(
    known.map(({ mean }) => mean),
    known.map(({ variance }) => variance),
  );
  return new Map(
    known.map(({ trader, mean }, at) => [trader, (drawn?.values[at] ?? mean) * DAYS_A_YEAR] as const),
  );
}

interface Diverse {
  readonly taken: readonly ProvenCandidate[];
  /** Whose style is full. */
  readonly left: readonly Wish[];
}

/** The first that fits, again and again; who is of no known style is of one of its own. */
function diverse(ranked: readonly ProvenCandidate[], most: number): Diverse {
  const taken = new Set<ProvenCandidate>();
  const counts = new Map<string, number>();
  const fits = ({ candidate: { style } }: ProvenCandidate): boolean =>
    style === null || (counts.get(style) ?? 0) + 1 <= mostOfAStyle(taken.size + 1);
  while (taken.size < most) {
    const next = ranked.find((one) => !taken.has(one) && fits(one));
    if (next === undefined) break;
    taken.add(next);
    const { style } = next.candidate;
    if (style !== null) counts.set(style, (counts.get(style) ?? 0) + 1);
  }
  const left = ranked.filter((one) => !taken.has(one) && !fits(one));
  return {
    taken: [...taken],
    left: left.map(({ candidate }) =>
      outWish(candidate, {
        reason: "style-full",
        numbers: { style: candidate.style, most: mostOfAStyle(taken.size) },
      }),
    ),
  };
}

function mostOfAStyle(leaders: number): number {
  return Math.ceil(leaders / 2);
}
