/**
 * Largest beta against the benchmark (`beta` of docs/evidence.md), by its size: who falls twice as fast as the market rises has as
 * much of the market in the record as who rises twice as fast.
 */
import { unlessPricesMiss } from "./day-figure.ts";
import { atMost, type TraderFilter } from "./filter.ts";

export function maxBeta(bound: number): TraderFilter {
  return {
    name: "max_beta",
    unit: "ratio",
    asks: "at-most",
    bound,
    reads: ["benchmark"],
    judge: (trader) => {
      const beta = trader.beta();
      if (typeof beta !== "number") return beta;
      const notes = beta < 0 ? ["it is below zero: against the market"] : [];
      return unlessPricesMiss(trader, atMost(Math.abs(beta), bound, notes));
    },
  };
}
