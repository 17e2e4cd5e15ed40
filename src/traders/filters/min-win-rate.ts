/** Least win rate: `winRate` of docs/evidence.md, of finished round trips after fees; never of positions that are open. */
import { atLeast, type TraderFilter } from "./filter.ts";
import { openNotes } from "./record-notes.ts";

export function minWinRate(bound: number): TraderFilter {
  return {
    name: "min_win_rate",
    unit: "fraction",
    bound,
    reads: [],
    judge: (trader) => {
      const value = trader.tradeFigure("winRate");
      return typeof value === "number" ? atLeast(value, bound, openNotes(trader)) : value;
    },
  };
}
