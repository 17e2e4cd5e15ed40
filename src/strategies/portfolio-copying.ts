/**
 * `portfolio_copying`: many leaders who do not move together. The surest comes first; each next one is taken if it correlates with none of
 * those before it above `correlation_limit`, so that of two alike the better stays.
 */
import {
  basicTests,
  beyond,
  byProof,
  COMMON_OPTIONS,
  type CommonValues,
  noneAbove,
  outWish,
  type ProvenCandidate,
  screen,
  weighed,
} from "./common.ts";
import { strategyKind } from "./kind.ts";
import { choiceOption, limitOption, type OptionsOf } from "./options.ts";
import type { Choice, StrategyEvidence, Wish } from "./strategy.ts";
import { DEFAULT_WEIGHTS, partsOf, WEIGHT_SCHEMES, type WeightScheme } from "./weights.ts";

interface PortfolioValues extends CommonValues {
  readonly correlation_limit: number | null;
  readonly weights: WeightScheme;
}

const OPTIONS: OptionsOf<PortfolioValues> = {
  max_traders: COMMON_OPTIONS.max_traders,
  position_scaling: COMMON_OPTIONS.position_scaling,
  correlation_limit: limitOption("No two leaders correlate more than this.", { min: -1, max: 1 }, 0.7),
  rebalancing_frequency: COMMON_OPTIONS.rebalancing_frequency,
  weights: choiceOption(
    "How the equity is parted among them: a scheme of portfolio construction.",
    WEIGHT_SCHEMES,
    DEFAULT_WEIGHTS,
  ),
  min_days: COMMON_OPTIONS.min_days,
  max_weight: COMMON_OPTIONS.max_weight,
  min_weight: COMMON_OPTIONS.min_weight,
};

export const portfolioCopying = strategyKind<PortfolioValues>({
  name: "portfolio_copying",
  shortName: "portfolio",
  description: "many leaders who do not move together, each with a like part of the risk",
  options: OPTIONS,
  choose,
});

function choose(evidence: StrategyEvidence, values: PortfolioValues): Choice {
  const { passed, refused } = screen(evidence.candidates, basicTests(values));
  const { ranked, refused: unproven } = byProof(passed);
  const { taken, left } = unlike(evidence, ranked, values.correlation_limit);
  const chosen = taken.slice(0, values.max_traders);
  const { parts, notes } = partsOf(chosen, values.weights, values.max_weight);
  return {
    wishes: [
      ...refused,
      ...unproven,
      ...left,
      ...beyond(taken.slice(values.max_traders), values.max_traders),
      ...weighed(chosen, parts, values),
    ],
    keepsLimits: noneAbove(values.max_weight),
    notes,
  };
}

interface Unlike {
  readonly taken: readonly ProvenCandidate[];
  /** Who correlates with one of the taken. */
  readonly left: readonly Wish[];
}

/** What is not known to correlate does not. */
function unlike(
  { candidates, correlations }: StrategyEvidence,
  ranked: readonly ProvenCandidate[],
  limit: number | null,
): Unlike {
  if (limit === null) return { taken: ranked, left: [] };
  const places = new Map(candidates.map((candidate, at) => [candidate, at]));
  const correlation = ({ candidate: one }: ProvenCandidate, { candidate: other }: ProvenCandidate) =>
    correlations[(places.get(one) ?? 0) * candidates.length + (places.get(other) ?? 0)] ?? Number.NaN;
  const taken: ProvenCandidate[] = [];
  const left: Wish[] = [];
  for (const one of ranked) {
    const alike = taken.find((other) => correlation(one, other) > limit);
    if (alike === undefined) {
      taken.push(one);
      continue;
    }
    const numbers = { with: alike.candidate.trader, correlation: correlation(one, alike), most: limit };
    left.push(outWish(one.candidate, { reason: "too-correlated", numbers }));
  }
  return { taken, left };
}
