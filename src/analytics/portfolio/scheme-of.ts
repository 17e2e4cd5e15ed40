/** Each method as one thing: how its weights are found within limits, and the figure that it is about. */
import { holds, type Limits } from "./limits.ts";
import { cvarLossOf, deviationOf, diversificationOf, type Market, varianceOf } from "./market.ts";
import type { WeightsRequest } from "./request.ts";
import { equalRisk } from "./schemes/equal-risk.ts";
import { equalWeights } from "./schemes/equal-weight.ts";
import { hierarchical } from "./schemes/hierarchical.ts";
import { inverseVariances, inverseVolatilities } from "./schemes/inverse-risk.ts";
import { maximumRatio } from "./schemes/maximum-ratio.ts";
import { minimumCvar } from "./schemes/minimum-cvar.ts";
import { minimumVariance } from "./schemes/minimum-variance.ts";
import { nearestWithin } from "./schemes/nearest.ts";
import { type Attempt, weights } from "./schemes/scheme.ts";
import { shrunkMeans } from "./schemes/shrunk-means.ts";
import { maximumUtility, type Utility, utilityOf } from "./schemes/utility.ts";
import { dot } from "./solver/region.ts";

export interface Scheme {
  readonly objectiveName: string;
  readonly objective: (weights: Float64Array, turnover: number) => number;
  /** The best weights within limits, and what is least about them. */
  readonly within: (limits: Limits) => Attempt;
  readonly loss: (weights: Float64Array, turnover: number) => number;
  /** Of a formula: its weights, whatever the limits. */
  readonly own: Float64Array | null;
  /** Whether what trading costs is part of the objective already. */
  readonly knowsCosts: boolean;
}

export type SchemeOf =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly kind: "degenerate" | "unsolved"; readonly message: string };

type Programme = Pick<Scheme, "objectiveName" | "objective" | "within">;

export const RISK_AVERSION = 3;
const KELLY_FRACTION = 0.25;

/** Not ok where the returns do not determine the method, whatever the limits. */
export function schemeOf(market: Market, request: WeightsRequest): SchemeOf {
  switch (request.method) {
    case "equal_weight":
      return formula(market, equalWeights(market.count));
    case "inverse_volatility":
      return formula(market, inverseVolatilities(market));
    case "inverse_variance":
      return formula(market, inverseVariances(market));
    case "equal_risk_contribution":
      return riskShared(market, request);
    case "hrp_pypfopt":
      return formula(market, hierarchical(market, "direct"));
    case "hrp_original_paper":
      return formula(market, hierarchical(market, "paper"));
    case "minimum_variance":
      return programme("less", {
        ...byVariance(market),
        within: (limits) => minimumVariance({ market, limits }),
      });
    case "minimum_cvar95":
      return programme("less", {
        objectiveName: "daily CVaR 95% loss",
        objective: (found) => cvarLossOf(market, found),
        within: (limits) => minimumCvar({ market, limits }),
      });
    case "maximum_sharpe":
      return programme("more", sharpe(market));
    case "maximum_diversification":
      return programme("more", diversification(market));
    case "mean_variance":
      return utility(market, request, {
        name: "daily mean - aversion / 2 x variance, of shrunk means",
        riskAversion: request.riskAversion ?? RISK_AVERSION,
      });
    case "fractional_kelly":
      return utility(market, request, {
        name: "daily mean - variance / (2 x fraction), of shrunk means",
        riskAversion: 1 / (request.kellyFraction ?? KELLY_FRACTION),
      });
  }
}

/** Per unit traded and row. */
export function tradeCostOf({ constraints }: WeightsRequest): number {
  const costs = constraints?.costs;
  return costs === undefined ? 0 : costs.rate / costs.holdingRows;
}

function byVariance(market: Market) {
  return {
    objectiveName: "daily variance w'Sw",
    objective: (found: Float64Array) => varianceOf(market, found),
  };
}

function formula(market: Market, own: Float64Array): SchemeOf {
  const scheme: Scheme = {
    ...byVariance(market),
    within: (limits) => (holds(limits, own) ? weights(own) : nearestWithin({ market, limits }, own)),
    loss: (found) => found.reduce((sum, value, at) => sum + (value - (own[at] as number)) ** 2, 0),
    own,
    knowsCosts: false,
  };
  return { ok: true, scheme };
}

function programme(better: "less" | "more", found: Programme, knowsCosts = false): SchemeOf {
  const sign = better === "less" ? 1 : -1;
  const loss: Scheme["loss"] = (weights, turnover) => sign * found.objective(weights, turnover);
  return { ok: true, scheme: { ...found, loss, own: null, knowsCosts } };
}

function riskShared(market: Market, { names, riskBudgets }: WeightsRequest): SchemeOf {
  const budgets = Float64Array.from(names, (name) => riskBudgets?.[name] ?? 1);
  const found = equalRisk(market, budgets);
  return found.ok ? formula(market, found.weights) : found;
}

function sharpe(market: Market): Programme {
  const { means, periodsPerYear } = market;
  return {
    objectiveName: "annual Sharpe ratio, risk-free 0",
    objective: (found) => (dot(means, found) / deviationOf(market, found)) * Math.sqrt(periodsPerYear),
    within: (limits) =>
      maximumRatio({
        market,
        limits,
        numerator: means,
        noneAbove: (best) =>
          `no weights within the constraints have a mean return above zero (the best have ${best} per row), so there is no Sharpe ratio to maximise; minimum_variance and minimum_cvar95 need no gains`,
      }),
  };
}

function diversification(market: Market): Programme {
  return {
    objectiveName: "diversification ratio",
    objective: (found) => diversificationOf(market, found) ?? Number.NaN,
    within: (limits) =>
      maximumRatio({
        market,
        limits,
        numerator: market.deviations,
        noneAbove: () => "no weights within the constraints have any volatility",
      }),
  };
}

function utility(
  market: Market,
  request: WeightsRequest,
  { name, riskAversion }: { readonly name: string; readonly riskAversion: number },
): SchemeOf {
  const shrunk = shrunkMeans(market);
  if (shrunk === null)
    return {
      ok: false,
      kind: "degenerate",
      message: `the ${request.covariance} covariance of ${market.count} names over ${market.rows} rows has no inverse, which shrinking the means needs: choose a shrunk covariance such as ledoit_wolf_constant_correlation, or leave out names that move as one`,
    };
  const terms: Utility = { means: shrunk.means, riskAversion, tradeCost: tradeCostOf(request) };
  const found = {
    objectiveName: name,
    objective: (weights: Float64Array, turnover: number) => utilityOf(market, weights, terms, turnover),
    within: (limits: Limits) => maximumUtility({ market, limits }, terms),
  };
  return programme("more", found, true);
}
