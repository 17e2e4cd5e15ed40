/** Figures as their unit has them. They are estimates: two places say enough. */
import { decimalText, percentText } from "../format/decimal.ts";
import { spanText } from "../format/time.ts";
import { strings } from "../strings.ts";

export type FigureUnit = "fraction" | "ratio" | "days" | "count" | "amount" | "duration";

export function numberText(value: number | null, places = 2): string {
  return value === null ? "–" : decimalText(plainText(value, places));
}

export function figureText(value: number | null | undefined, unit: FigureUnit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return strings.notKnown;
  switch (unit) {
    case "fraction":
      return percentText(value, 2);
    case "duration":
      return spanText(value);
    case "days":
    case "count":
      return decimalText(String(Math.round(value)));
    default:
      return numberText(value);
  }
}

/** Without an exponent. */
function plainText(value: number, places: number): string {
  return Math.abs(value) < 1e21 ? value.toFixed(places) : String(value);
}
