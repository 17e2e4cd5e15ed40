/** A figure as people read it: fractions as percent, "-" for what is undefined or missing. */
import { FIGURE_DEFINITIONS, type FigureName } from "../analytics/metrics/definitions.ts";

export function figureText(name: FigureName, value: number | null | undefined): string {
  if (value === null || value === undefined) return "-";
  const { unit } = FIGURE_DEFINITIONS[name];
  if (unit === "days" || unit === "count") return String(value);
  if (unit === "ratio") return readable(value, 3);
  return `${readable(value * 100, 2)} %`;
}

/** 0.0123 is "1.23 %". */
export function percentText(value: number): string {
  return `${readable(value * 100, 2)} %`;
}

/** Very large numbers by their exponent; a zero without a sign. */
function readable(value: number, digits: number): string {
  if (Math.abs(value) >= 1e6) return value.toExponential(2);
  return value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, "$1");
}
