/** Least Calmar ratio: `calmar` of docs/evidence.md, the yearly return over the deepest draw-down of the whole record. */
import { judgeDays } from "./day-figure.ts";
import { atLeast, type TraderFilter } from "./filter.ts";

export function minCalmarRatio(bound: number): TraderFilter {
  return {
    name: "min_calmar_ratio",
    unit: "ratio",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => judgeDays(trader, "calmar", (value) => atLeast(value, bound)),
  };
}
