import { expect, it } from "vitest";
import type { FilterResult } from "../../traders/filters/judge.ts";
import { asksText, byText, valueText } from "./traders-filter-text.ts";

const result = (more: Partial<FilterResult>): FilterResult => ({
  filter: "any",
  result: "failed",
  unit: "ratio",
  asks: "at-least",
  bound: 1,
  value: 0.5,
  by: 0.5,
  because: null,
  notes: [],
  ...more,
});

it.each<readonly [Partial<FilterResult>, string, string, string]>([
  [{}, "0.5", "at least 1", "0.5 too low"],
  [{ asks: "at-most", bound: 1.5, value: 2, by: 0.5 }, "2", "at most 1.5", "0.5 too high"],
  [
    { unit: "fraction", asks: "at-most", bound: 0.2, value: 0.286, by: 0.086 },
    "28.6 %",
    "at most 20 %",
    "8.6 points too high",
  ],
  [{ unit: "fraction", bound: 0.55, value: 0.5, by: 0.05 }, "50 %", "at least 55 %", "5 points too low"],
  [{ unit: "days", bound: 365, value: 1, by: 364 }, "1 day", "at least 365 days", "364 days too few"],
  [{ unit: "count", asks: "at-most", bound: 3, value: 5, by: 2 }, "5", "at most 3", "2 too many"],
  [
    { unit: "fraction", asks: "one-of", bound: ["carry", "scalping"], value: 0.25, by: 0.25 },
    "25 % likely",
    "one of carry, scalping",
    "25 points too low",
  ],
  [{ value: null, by: null, result: "cannot-tell" }, "-", "at least 1", ""],
])("%j is told as a person reads it", (more, value, asks, by) => {
  const one = result(more);
  expect([valueText(one), asksText(one), byText(one)]).toEqual([value, asks, by]);
});

it("has as many digits as it takes to differ from the bound", () => {
  const close = result({ unit: "fraction", bound: 0.55, value: 0.549_97, by: 0.000_03 });
  expect([valueText(close), byText(close)]).toEqual(["54.997 %", "0.003 points too low"]);
  expect(valueText(result({ unit: "fraction", bound: 0.55, value: 0.55 }))).toBe("55 %");
  expect(asksText(result({ bound: 0.123_45 }))).toBe("at least 0.12345");
});
