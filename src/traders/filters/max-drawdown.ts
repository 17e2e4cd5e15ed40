/** Largest draw-down: the size of `max_drawdown` of docs/evidence.md, of the equity at the days' ends. */
import { judgeDays } from "./day-figure.ts";
import { atMost, type TraderFilter } from "./filter.ts";

export function maxDrawdown(bound: number): TraderFilter {
  return {
    name: "max_drawdown",
    unit: "fraction",
    asks: "at-most",
    bound,
    reads: [],
    judge: (trader) => judgeDays(trader, "max_drawdown", (value) => atMost(Math.abs(value), bound)),
  };
}
