/** What the reader of weights has to know of them: sentences. */
import { momentsOf } from "../metrics/moments.ts";
import { holds, type Limits } from "./limits.ts";
import { isDeviation, type Market, portfolioReturns } from "./market.ts";
import type { WeightsRequest } from "./request.ts";
import type { Scheme } from "./scheme-of.ts";

export interface Noted {
  readonly market: Market;
  readonly limits: Limits;
  readonly scheme: Scheme;
  readonly request: WeightsRequest;
  readonly weights: Float64Array;
  /** Of the search for names with a minimum position. */
  readonly isComplete: boolean;
}

/** Days below which the worst 5 % are a part of one day. */
const TAIL_ROWS = 20;
const MOVED = 1e-6;

export function notesOf(noted: Noted): readonly string[] {
  return [
    ...fewRows(noted),
    ...noRisk(noted),
    ...movedFromOwn(noted),
    ...searchCut(noted),
    ...moneyLeft(noted),
  ];
}

function fewRows({ market: { rows, count, shrinkage }, request: { method, covariance } }: Noted) {
  const isSolved = method === "minimum_variance" || method.startsWith("maximum_");
  return [
    ...(isSolved && shrinkage === null && rows <= count
      ? [
          `${rows} rows cannot tell ${count} names apart: by the ${covariance} covariance several weights are as good, of which this is one; a shrunk covariance decides`,
        ]
      : []),
    ...(method === "minimum_cvar95" && rows < TAIL_ROWS
      ? [`of ${rows} rows the worst 5 % are less than one: only the worst row counts`]
      : []),
  ];
}

function noRisk({ market, weights }: Noted) {
  const deviation = momentsOf(portfolioReturns(market, weights)).deviation ?? 0;
  // What never moves, and money, has nothing to cancel.
  const mayCancel = weights.some((weight, at) => weight * (market.deviations[at] as number) > 0);
  return !mayCancel || isDeviation(market, weights, deviation)
    ? []
    : [
        `in these ${market.rows} rows the names cancel each other entirely at these weights: they have no variance, and their Sharpe ratio and shares of it are not determined`,
      ];
}

function movedFromOwn({ limits, scheme, weights, request: { method } }: Noted) {
  const { own } = scheme;
  if (own === null || holds(limits, own)) return [];
  const moved = weights.reduce((sum, weight, at) => sum + Math.abs(weight - (own[at] as number)), 0) / 2;
  if (moved < MOVED) return [];
  const lost =
    method === "equal_risk_contribution" ? "; contributions to risk are no longer those asked for" : "";
  return [
    `the constraints move ${(100 * moved).toFixed(2)} % of the money away from the weights of ${method}${lost}`,
  ];
}

function searchCut({ isComplete }: Noted) {
  return isComplete
    ? []
    : ["the search for the best names with the minimum position was cut: others may be a little better"];
}

function moneyLeft({ limits, weights }: Noted) {
  const left = 1 - weights.reduce((sum, weight) => sum + weight, 0);
  return limits.money === "all" || left < MOVED
    ? []
    : [`${(100 * left).toFixed(2)} % stays as money: by these returns more would be too much`];
}
