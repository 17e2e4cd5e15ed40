/** The numbers that a strategy's verdict was decided by, in words: what they are as the core names them, shares in per cent. */
import { decimalText } from "../format/decimal.ts";
import { strings } from "../strings.ts";

type Numbers = Readonly<Record<string, number | string | null>>;

export function numbersText(numbers: Numbers): readonly string[] {
  return Object.entries(numbers).map(([name, value]) => `${name.replaceAll("_", " ")} ${valueText(value)}`);
}

function valueText(value: number | string | null): string {
  if (value === null) return strings.notKnown;
  if (typeof value === "string") return value;
  return decimalText(Number.isInteger(value) ? String(value) : value.toFixed(2));
}
