/** Largest volatility: `annual_volatility` of docs/evidence.md, of daily returns after fees, for a year of 365 days. */
import { judgeDays } from "./day-figure.ts";
import { atMost, type TraderFilter } from "./filter.ts";

export function maxVolatility(bound: number): TraderFilter {
  return {
    name: "max_volatility",
    unit: "fraction",
    asks: "at-most",
    bound,
    reads: [],
    judge: (trader) => judgeDays(trader, "annual_volatility", (value) => atMost(value, bound)),
  };
}
