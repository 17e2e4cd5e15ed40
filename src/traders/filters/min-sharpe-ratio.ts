/** Least Sharpe ratio: `sharpe` of docs/evidence.md, of daily returns after fees, for a year of 365 days, risk-free 0. */
import { judgeDays } from "./day-figure.ts";
import { atLeast, type TraderFilter } from "./filter.ts";

export function minSharpeRatio(bound: number): TraderFilter {
  return {
    name: "min_sharpe_ratio",
    unit: "ratio",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => judgeDays(trader, "sharpe", (value) => atLeast(value, bound)),
  };
}
