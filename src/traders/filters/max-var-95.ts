/**
 * Largest value at risk of a day: the loss that one day in twenty exceeds, from `var95_historical` of docs/evidence.md. A record whose
 * worst twentieth still earns has none.
 */
import { judgeDays } from "./day-figure.ts";
import { atMost, type TraderFilter } from "./filter.ts";

export function maxVar95(bound: number): TraderFilter {
  return {
    name: "max_var_95",
    unit: "fraction",
    asks: "at-most",
    bound,
    reads: [],
    judge: (trader) => judgeDays(trader, "var95_historical", (value) => atMost(Math.max(0, -value), bound)),
  };
}
