/** Exact amounts as histories write them: plain decimals, and the exponents of Python and spreadsheets. */
import { Decimal } from "../../core/model/decimal.ts";

const EXPONENT_MAX = 40;
/** No amount of money has more; sums over longer ones would never end. */
const CHARS_MAX = 60;

/** Plain notation without trailing zeros; undefined for what is no number. Never rounds. */
export function plainAmount(text: string): string | undefined {
  if (text.length > CHARS_MAX) return undefined;
  const exponentAt = text.search(/e/i);
  if (exponentAt < 0) return Decimal.tryParse(text)?.toString();
  const base = Decimal.tryParse(text.slice(0, exponentAt));
  const exponent = text.slice(exponentAt + 1);
  if (base === undefined || !/^[+-]?\d{1,3}$/.test(exponent)) return undefined;
  if (Math.abs(Number(exponent)) > EXPONENT_MAX) return undefined;
  const value = base.timesPowerOfTen(Number(exponent));
  return value.scale > EXPONENT_MAX ? undefined : value.toString();
}

/** The same with the other sign. */
export function negatedAmount(text: string): string {
  if (text === "0") return text;
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}
