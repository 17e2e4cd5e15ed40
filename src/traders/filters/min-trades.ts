/** Least number of trades: round trips from flat to flat that were seen whole (`trips` of docs/evidence.md), not single fills. */
import { atLeast, type TraderFilter } from "./filter.ts";
import { cutNotes } from "./record-notes.ts";

export function minTrades(bound: number): TraderFilter {
  return {
    name: "min_trades",
    unit: "count",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => atLeast(trader.evidence?.trips.length ?? 0, bound, cutNotes(trader)),
  };
}
