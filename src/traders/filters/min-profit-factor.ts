/** Least profit factor: `profitFactor` of docs/evidence.md, gains over losses of finished round trips after fees. */
import { atLeast, type TraderFilter } from "./filter.ts";
import { openNotes } from "./record-notes.ts";

export function minProfitFactor(bound: number): TraderFilter {
  return {
    name: "min_profit_factor",
    unit: "ratio",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => {
      const value = trader.tradeFigure("profitFactor");
      return typeof value === "number" ? atLeast(value, bound, openNotes(trader)) : value;
    },
  };
}
