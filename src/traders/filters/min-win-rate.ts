/**
 * Least win rate: `winRate` of docs/evidence.md, of finished round trips after fees; never of positions that are open. Losses that are
 * not closed are in no win rate, so where it would not be reached were all that is open lost, it cannot be told.
 */
import { tradeWinRate } from "../../analytics/trades/win-rate.ts";
import { atLeast, cannotTell, type FilterOutcome, type TraderFilter } from "./filter.ts";
import type { JudgedTrader } from "./judged-trader.ts";
import { openNotes, openPositions } from "./record-notes.ts";

export function minWinRate(bound: number): TraderFilter {
  return {
    name: "min_win_rate",
    unit: "fraction",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => {
      const value = trader.tradeFigure("winRate");
      if (typeof value !== "number") return value;
      return unlessOpenOnesCount(trader, atLeast(value, bound, openNotes(trader)), bound);
    },
  };
}

function unlessOpenOnesCount(trader: JudgedTrader, outcome: FilterOutcome, bound: number): FilterOutcome {
  const { wins, losses } = tradeWinRate(trader.evidence?.trips ?? []);
  const open = openPositions(trader);
  const worst = wins / (wins + losses + open);
  if (outcome.kind !== "passed" || atLeast(worst, bound).kind === "passed") return outcome;
  return cannotTell(
    `it won ${wins} of ${wins + losses}, but ${open} more ${open === 1 ? "is" : "are"} still open: were those lost, it would be ${Math.floor(100 * worst)} %`,
  );
}
