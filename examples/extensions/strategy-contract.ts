/**
 * THE CONTRACT of strategies, on one page. A strategy is a pure function from what is known of leaders at one time to the share of a
 * follower's equity that each is to get, with a verdict on every one of them. It reads no clock, no file and no network, and draws no
 * chance: live, paper and backtest ask the same function, and the same evidence gets the same answer.
 *
 * What moving there costs, and whether it is worth it, is not the strategy's: `rebalance` in rebalance.ts holds the wish of any strategy
 * against what is copied now, and makes the decision. This page imports nothing: a strategy of your own has a copy of it.
 */

export interface Strategy {
  /** Lower-case letters, digits, hyphens and underscores, at most 40. */
  readonly name: string;
  /** Hours between two decisions, where the configuration states none (portfolio.rebalancing_frequency); 0 decides only when asked. */
  readonly rebalancingHours: number;
  /** What it is given must not be changed. One of your own has 10 s, and is frozen out where it throws or answers anything else. */
  choose(evidence: StrategyEvidence): Choice;
}

/** The default export of a file of your own in the folder `extensions`; its name has no underscore. */
export interface OwnStrategy extends Strategy {
  readonly contract: 1;
  readonly kind: "strategy";
  /** One line, at most 200 characters. */
  readonly description: string;
}

/** Everything here was known at `asOfMs`, and nothing that came later. */
export interface StrategyEvidence {
  /** UTC milliseconds. */
  readonly asOfMs: number;
  /** Of the follower, in its settle coin. */
  readonly equity: number;
  /** UTC day, counted from 1970, of the first return of every candidate. */
  readonly firstDay: number;
  /** Returns that each candidate has. */
  readonly days: number;
  readonly candidates: readonly Candidate[];
  /** Of the returns, row after row in the order of the candidates; 1 in the diagonal, NaN where too few days are known of both. */
  readonly correlations: ArrayLike<number>;
}

export interface Candidate {
  /** No two candidates have the same. */
  readonly trader: string;
  /** One a day on the days of the evidence: what a follower would have got after its costs, 0.01 is 1 %. NaN where nothing is known. */
  readonly returns: ArrayLike<number>;
  /** Of the known returns, by the names of docs/evidence.md, and `trips` (finished positions) and `days`; null is undefined. */
  readonly figures: Readonly<Record<string, number | null>>;
  /** What it fails of the filters that the user set; empty where it passes all. */
  readonly failedFilters: readonly FailedFilter[];
  /** Null where it cannot be told. */
  readonly style: string | null;
  readonly sector: string | null;
  /** Share of equity that it is copied with now, weight times scale; 0 where it is not copied. */
  readonly weight: number;
  /** What buying or selling a copy of it costs, in basis points of the equity that is moved. */
  readonly costBps: number;
}

export interface FailedFilter {
  readonly filter: string;
  /** Null where it cannot be told. */
  readonly value: number | null;
  readonly bound: number | null;
}

/** What a strategy wants, whatever it costs to get there. */
export interface Choice {
  /** Exactly one for each candidate, in any order. */
  readonly wishes: readonly Wish[];
  /** Whether weights (by trader, sum at most 1) keep to the strategy's own limits; absent where each mix of two that do does, too. */
  keepsLimits?(weights: ReadonlyMap<string, number>): boolean;
  /** What else is worth knowing, in sentences. */
  readonly notes?: readonly string[];
}

export interface Wish {
  readonly trader: string;
  /** Share of equity, 0 to 1; all together at most 1. Above 0 exactly where it is in. */
  readonly weight: number;
  /** Factor on its positions beside the weight, for example 0.8; absent is 1. */
  readonly scale?: number;
  /** False: those that are copied keep their weight, only who comes and goes is moved. Absent is true. */
  readonly isRebalanced?: boolean;
  readonly reason: ReasonWord;
  /** What the reason was decided by, for example `{ "cagr": 0.12, "least": 0.15 }`. */
  readonly numbers: Readonly<Record<string, number | string | null>>;
}

/** Why a leader is in or out: the closed list. Sentences to them stand in reasons.ts. */
export type ReasonWord = InWord | OutWord;

export type InWord = "chosen" | "kept" | "own-in";

export type OutWord =
  | "failed-filter"
  | "unknown-figure"
  | "record-too-short"
  | "too-few-trades"
  | "performance-too-low"
  | "expectation-too-low"
  | "drawdown-too-deep"
  | "risk-too-high"
  | "style-full"
  | "too-correlated"
  | "beyond-max-traders"
  | "weight-too-small"
  | "rotated-out"
  | "cost-exceeds-gain"
  | "own-out";

/** What is to be done: what `rebalance` makes of a choice. */
export interface StrategyDecision {
  readonly asOfMs: number;
  readonly strategy: string;
  /** Those that are in, largest first. */
  readonly allocations: readonly StrategyAllocation[];
  /** One for each candidate, in their order. */
  readonly verdicts: readonly LeaderVerdict[];
  /** Share of equity that changes hands: the sum of all changes of weight times scale, both ways. */
  readonly turnover: number;
  /** Share of equity that it costs. */
  readonly cost: number;
  /** What being nearer to the wish is worth until weights are expected to change anyway, as a share of equity. */
  readonly gain: number;
  /** Share of the way to the wish that is gone now: 1 is all of it, 0 where the cost exceeds the gain. */
  readonly part: number;
  readonly notes: readonly string[];
}

export interface StrategyAllocation {
  readonly trader: string;
  /** Share of equity, above 0. */
  readonly weight: number;
  readonly scale: number;
}

export interface LeaderVerdict {
  readonly trader: string;
  readonly isIn: boolean;
  readonly reason: ReasonWord;
  readonly numbers: Readonly<Record<string, number | string | null>>;
  /** Weights before (at the scale that is wanted now), as the strategy wants it, and as decided. */
  readonly from: number;
  readonly wanted: number;
  readonly weight: number;
}
