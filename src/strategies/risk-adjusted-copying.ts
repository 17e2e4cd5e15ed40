/**
 * `risk_adjusted_copying`: as much of each leader as its risk allows. Nobody brings more than `max_trader_risk` of yearly volatility to
 * the whole, and all of them together no more than `max_portfolio_risk`; what does not fit stays uninvested.
 */
import {
  basicTests,
  beyond,
  byProof,
  COMMON_OPTIONS,
  type CommonValues,
  cappedParts,
  noneAbove,
  type ProvenCandidate,
  screen,
  weighed,
} from "./common.ts";
import { strategyKind } from "./kind.ts";
import { covarianceOf, knownReturns } from "./known-returns.ts";
import { flagOption, limitOption, type OptionsOf, sharesOption } from "./options.ts";
import { sharesOf } from "./shares.ts";
import type { Candidate, Choice, StrategyEvidence, Wish } from "./strategy.ts";
import { partsOf, volatilityOf } from "./weights.ts";

interface RiskAdjustedValues extends CommonValues {
  readonly max_portfolio_risk: number | null;
  readonly max_trader_risk: number | null;
  /** Or shares of the risk by leader, as a text. */
  readonly risk_budgeting: boolean | string;
  readonly dynamic_position_sizing: boolean;
}

const OPTIONS: OptionsOf<RiskAdjustedValues> = {
  max_portfolio_risk: limitOption(
    "Most yearly volatility of all that is copied: 0.3 is 30 % of the equity.",
    { above: 0, max: 100 },
    0.3,
  ),
  max_trader_risk: limitOption(
    "Most yearly volatility that one leader brings: its weight times its own.",
    { above: 0, max: 100 },
    0.1,
  ),
  risk_budgeting: sharesOption(
    "Each leader gets the same part of the risk; without it the same part of the equity. Or parts of the risk by leader, such as lead=0.5, other=0.3: who is not named gets an equal part of what is left.",
    true,
  ),
  dynamic_position_sizing: flagOption(
    "Positions of a leader that has become wilder than its record are scaled down until it is calm again.",
    true,
  ),
  ...COMMON_OPTIONS,
};

export const riskAdjustedCopying = strategyKind<RiskAdjustedValues>({
  name: "risk_adjusted_copying",
  shortName: "risk_adjusted",
  description: "as much of each leader as its risk allows, and no more of all of them than you stand",
  options: OPTIONS,
  choose,
});

const DAYS_A_YEAR = 365;
const PAIR_DAYS_MIN = 20;

function choose({ candidates }: StrategyEvidence, values: RiskAdjustedValues): Choice {
  const { passed, refused } = screen(candidates, basicTests(values));
  const { ranked, refused: unproven } = byProof(passed);
  const chosen = ranked.slice(0, values.max_traders);
  const parts = withinTraderRisk(chosen, partsByRisk(chosen, values), values);
  const fitting = withinPortfolioRisk(chosen, parts, values);
  const wishes = weighed(chosen, fitting, values).map((wish, at) =>
    sized(wish, chosen[at]?.candidate, values),
  );
  const noneTooHeavy = noneAbove(values.max_weight);
  return {
    wishes: [
      ...refused,
      ...unproven,
      ...beyond(ranked.slice(values.max_traders), values.max_traders),
      ...wishes,
    ],
    keepsLimits: (weights) => {
      const held = chosen.map(({ candidate: { trader } }) => weights.get(trader) ?? 0);
      return noneTooHeavy(weights) && keepsRisk(chosen, held, values);
    },
    notes: [`yearly volatility of all that is wanted: ${percent(portfolioRisk(chosen, fitting))}`],
  };
}

/** As large as each one's share of the risk over its volatility; in equal parts without budgets. */
function partsByRisk(
  chosen: readonly ProvenCandidate[],
  { risk_budgeting: budgets, max_weight: most }: RiskAdjustedValues,
): readonly number[] {
  if (typeof budgets === "boolean")
    return partsOf(chosen, budgets ? "inverse_volatility" : "equal_weight", most).parts;
  const shares = sharesOf(budgets) ?? new Map<string, number>();
  const given = [...shares.values()].reduce((sum, share) => sum + share, 0);
  const unnamed = chosen.filter(({ candidate }) => !shares.has(candidate.trader)).length;
  const rest = unnamed === 0 ? 0 : Math.max(0, 1 - given) / unnamed;
  const sizes = chosen.map(
    ({ candidate }) => (shares.get(candidate.trader) ?? rest) / volatilityOf(candidate),
  );
  return cappedParts(sizes, most);
}

const ROUNDING = 1e-9;

function keepsRisk(
  chosen: readonly ProvenCandidate[],
  weights: readonly number[],
  { max_trader_risk: ofOne, max_portfolio_risk: ofAll }: RiskAdjustedValues,
): boolean {
  const most = ofOne ?? Number.POSITIVE_INFINITY;
  return (
    chosen.every(({ candidate }, at) => (weights[at] ?? 0) * volatilityOf(candidate) <= most + ROUNDING) &&
    portfolioRisk(chosen, weights) <= (ofAll ?? Number.POSITIVE_INFINITY) + ROUNDING
  );
}

function withinTraderRisk(
  chosen: readonly ProvenCandidate[],
  parts: readonly number[],
  { max_trader_risk: most }: RiskAdjustedValues,
): readonly number[] {
  if (most === null) return parts;
  return chosen.map(({ candidate }, at) => Math.min(parts[at] ?? 0, most / volatilityOf(candidate)));
}

function withinPortfolioRisk(
  chosen: readonly ProvenCandidate[],
  parts: readonly number[],
  { max_portfolio_risk: most }: RiskAdjustedValues,
): readonly number[] {
  const risk = portfolioRisk(chosen, parts);
  if (most === null || risk <= most) return parts;
  return parts.map((part) => (part * most) / risk);
}

/** Yearly volatility; who has too few days with another is taken to move independently of it. */
function portfolioRisk(chosen: readonly ProvenCandidate[], weights: readonly number[]): number {
  let variance = 0;
  for (const [row, { candidate: one }] of chosen.entries())
    for (const [column, { candidate: other }] of chosen.entries()) {
      if (weights[row] === 0 || weights[column] === 0) continue;
      const found = row === column ? volatilityOf(one) ** 2 : DAYS_A_YEAR * pairCovariance(one, other);
      variance += (weights[row] ?? 0) * (weights[column] ?? 0) * found;
    }
  return Math.sqrt(Math.max(0, variance));
}

function pairCovariance(one: Candidate, other: Candidate): number {
  const found = covarianceOf(one.returns, other.returns, PAIR_DAYS_MIN);
  return Number.isNaN(found) ? 0 : found;
}

function sized(wish: Wish, candidate: Candidate | undefined, values: RiskAdjustedValues): Wish {
  if (wish.weight === 0 || candidate === undefined) return wish;
  const volatility = volatilityOf(candidate);
  const numbers = { ...wish.numbers, annual_volatility: volatility, risk: wish.weight * volatility };
  if (!values.dynamic_position_sizing) return { ...wish, numbers };
  const calm = calmness(candidate);
  return { ...wish, scale: (wish.scale ?? 1) * calm, numbers: { ...numbers, scaled_by: calm } };
}

/** Days after which a day counts half. */
const HALF_LIFE_DAYS = 10;
const LEAST_SCALE = 0.25;
const STEP = 0.05;

/** Its volatility over that of its newest days where these are wilder: 1 down to a quarter, in steps, so that noise moves nothing. */
function calmness(candidate: Candidate): number {
  const recent = recentVolatility(knownReturns(candidate.returns));
  const ratio = recent === 0 ? 1 : volatilityOf(candidate) / recent;
  return Math.max(LEAST_SCALE, Math.min(1, Math.round(ratio / STEP) * STEP));
}

/** Exponentially weighted, round 0. */
function recentVolatility(returns: Float64Array): number {
  const decay = 0.5 ** (1 / HALF_LIFE_DAYS);
  let [sum, weight] = [0, 0];
  for (const value of returns) {
    sum = decay * sum + value * value;
    weight = decay * weight + 1;
  }
  return weight === 0 ? 0 : Math.sqrt((DAYS_A_YEAR * sum) / weight);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
