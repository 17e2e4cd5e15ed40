/** Least yearly return: `cagr` of docs/evidence.md, what the daily returns after fees compound to in a year of 365 days. */
import { judgeDays } from "./day-figure.ts";
import { atLeast, type TraderFilter } from "./filter.ts";

const YEAR_DAYS = 365;

export function minPerformance(bound: number): TraderFilter {
  return {
    name: "min_performance",
    unit: "fraction",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => {
      const days = trader.evidence?.days.length ?? 0;
      const notes = days < YEAR_DAYS ? [`a year of what were ${days} days`] : [];
      return judgeDays(trader, "cagr", (value) => atLeast(value, bound, notes));
    },
  };
}
