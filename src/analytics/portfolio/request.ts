/**
 * What is asked of portfolio construction and what it answers: plain data in, weights or an explanation out. Strategies and rebalancing ask the same
 * way as the command line. All lists that are "of names" are in the order of `names`; returns and covariances are per row (a day).
 */

/** Where the weights come from. The first block are formulas, the second programmes that a solver works out. */
export const METHODS = [
  "equal_weight",
  "inverse_volatility",
  "inverse_variance",
  "equal_risk_contribution",
  "hrp_pypfopt",
  "hrp_original_paper",
  "minimum_variance",
  "mean_variance",
  "maximum_sharpe",
  "maximum_diversification",
  "minimum_cvar95",
  "fractional_kelly",
] as const;

export type Method = (typeof METHODS)[number];

export const COVARIANCES = [
  "sample",
  "ledoit_wolf_identity",
  "ledoit_wolf_constant_correlation",
  "ledoit_wolf_single_factor",
  "oas",
  "ewma_lambda_0.94_zero_mean",
  "ewma_span_180_demeaned",
] as const;

export type CovarianceName = (typeof COVARIANCES)[number];

/** What is used where nobody asks for anything else; why, and what it came to, is in docs/portfolio.md. */
export const DEFAULT_SCHEME: { readonly method: Method; readonly covariance: CovarianceName } = {
  method: "equal_risk_contribution",
  covariance: "ledoit_wolf_constant_correlation",
};

/** Shares of the money, 0 to 1. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** All names of a group together. */
export interface GroupCap {
  readonly name: string;
  readonly members: readonly string[];
  /** Share of the money that the group may have, 0 to 1. */
  readonly most: number;
}

/** What trading costs, so that small changes are not made. */
export interface Costs {
  /** Per unit traded: 0.001 is 10 basis points of what is bought or sold. */
  readonly rate: number;
  /** Over so many rows the weights are held; a cost counts a part of it for each. */
  readonly holdingRows: number;
}

export interface Constraints {
  /** Of every name; 0 to 1 where left out. */
  readonly bounds?: Bounds;
  /** Of single names, in place of `bounds`. */
  readonly boundsOf?: Readonly<Record<string, Bounds>>;
  readonly groups?: readonly GroupCap[];
  /** What is held now; names left out are at 0, and names that `names` does not have are sold. What is missing to 1 is money. */
  readonly current?: Readonly<Record<string, number>>;
  /** The most that may be bought and sold together, as a share of the money; needs `current`. */
  readonly turnoverMost?: number;
  /** Needs `current`. */
  readonly costs?: Costs;
  /** A weight is zero or at least this. */
  readonly minimumPosition?: number;
}

export interface WeightsRequest {
  readonly names: readonly string[];
  /** Of names: simple returns of the same rows, oldest first, finite. */
  readonly returns: readonly Float64Array[];
  readonly method: Method;
  readonly covariance: CovarianceName;
  readonly constraints?: Constraints;
  /** For `equal_risk_contribution`: shares of the risk, above zero, in any unit; equal where left out. */
  readonly riskBudgets?: Readonly<Record<string, number>>;
  /** What a unit of variance is worth in return, twice: `mean - aversion / 2 x variance`. For `mean_variance` and costs. */
  readonly riskAversion?: number;
  /** For `fractional_kelly`: 1 is full Kelly. */
  readonly kellyFraction?: number;
  /** Rows that make a year, for the Sharpe ratio. */
  readonly periodsPerYear?: number;
}

/** Of one set of weights, by the covariance that was asked for and the returns that were given. */
export interface PortfolioFigures {
  /** Per row. */
  readonly variance: number;
  readonly annualVolatility: number;
  readonly annualMeanReturn: number;
  /** Mean / deviation x sqrt(periods per year), of the returns themselves; null without deviation. */
  readonly annualSharpe: number | null;
  /** Mean of the worst 5 % of rows as a loss (positive is a loss). */
  readonly cvar95Loss: number;
  /** Weighted mean of volatilities / volatility; null without volatility. */
  readonly diversificationRatio: number | null;
  /** 1 / sum of squared weights, which are taken to sum to 1: so many names of equal weight are as concentrated. */
  readonly effectiveNames: number;
}

export interface Weighting {
  /** Of names. */
  readonly weights: readonly number[];
  /** Of names: shares of the variance; they sum to 1, or are all null where there is no variance. */
  readonly riskContributions: readonly (number | null)[];
  /** Null where it is no finite number. */
  readonly objective: number | null;
  readonly figures: PortfolioFigures;
  /** What is left as money: only Kelly leaves some. */
  readonly cash: number;
  /** Bought and sold since `current`; null without it. */
  readonly turnover: number | null;
}

export interface FoundWeights extends Weighting {
  readonly ok: true;
  readonly names: readonly string[];
  readonly method: Method;
  readonly covariance: CovarianceName;
  /** Of the shrunk covariances: the share of the target, 0 to 1. */
  readonly shrinkage: number | null;
  readonly objectiveName: string;
  /** No weights that hold all constraints are better than `objective` by more than this part of it; null for formulas. */
  readonly certifiedWithin: number | null;
  /** Equal weight without any constraint. */
  readonly equalWeight: Weighting;
  /** Sentences about what the reader has to know of these weights. */
  readonly notes: readonly string[];
}

export type WeightsProblemKind =
  /** A value of the request is none that can be. */
  | "bad-request"
  /** These returns do not determine what is asked. */
  | "degenerate"
  /** The constraints cannot hold together. */
  | "infeasible"
  /** The solver found nothing that could be proved right. */
  | "unsolved";

export interface WeightsProblem {
  readonly kind: WeightsProblemKind;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** Which constraints, and what each would have to be for the others to hold; empty where it is no matter of constraints. */
  readonly details: readonly string[];
}

export type WeightsResult = FoundWeights | { readonly ok: false; readonly problem: WeightsProblem };
