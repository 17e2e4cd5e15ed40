/** What filters ask and find, in the words of people. */
import type { FilterAsks, FilterBound, FilterUnit } from "../../traders/filters/filter.ts";
import type { FilterResult } from "../../traders/filters/judge.ts";

const DIGITS_MAX = 6;

/** `20 %`, `1.25`, `365 days`. */
export function amountText(value: number, unit: FilterUnit, digits = digitsOf(unit)): string {
  switch (unit) {
    case "fraction":
      return `${plain(100 * value, digits)} %`;
    case "days":
      return value === 1 ? "1 day" : `${value} days`;
    default:
      return plain(value, digits);
  }
}

function digitsOf(unit: FilterUnit): number {
  return unit === "fraction" ? 1 : 2;
}

/** Without zeros that say nothing. */
function plain(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** With so many digits that it does not look like the bound when it is not. */
export function valueText({ value, bound, unit, asks }: FilterResult): string {
  if (value === null) return "-";
  if (asks === "one-of") return `${amountText(value, unit)} likely`;
  if (typeof bound !== "number" || value === bound) return amountText(value, unit);
  const wanted = amountText(bound, unit, DIGITS_MAX);
  let digits = digitsOf(unit);
  while (digits < DIGITS_MAX && amountText(value, unit, digits) === wanted) digits += 1;
  return amountText(value, unit, digits);
}

export function asksText({
  asks,
  bound,
  unit,
}: {
  readonly asks: FilterAsks;
  readonly bound: FilterBound;
  readonly unit: FilterUnit;
}): string {
  if (bound === null) return "";
  if (typeof bound !== "number") return `one of ${bound.join(", ")}`;
  return `${asks === "at-most" ? "at most" : "at least"} ${amountText(bound, unit, DIGITS_MAX)}`;
}

/** `by` in words; empty where it is not known. A point is a hundredth of the whole. */
export function byText({ by, unit, asks }: FilterResult): string {
  if (by === null) return "";
  const isTooMuch = asks === "at-most";
  switch (unit) {
    case "fraction":
      return `${digitsThatShow(100 * by, 1)} points too ${isTooMuch ? "high" : "low"}`;
    case "ratio":
      return `${digitsThatShow(by, 2)} too ${isTooMuch ? "high" : "low"}`;
    case "days":
    case "count":
      return `${amountText(by, unit)} too ${isTooMuch ? "many" : "few"}`;
  }
}

function digitsThatShow(value: number, least: number): string {
  let digits = least;
  while (digits < DIGITS_MAX && Number(value.toFixed(digits)) === 0) digits += 1;
  return plain(value, digits);
}
