/** Amounts of a report as people read them: cents with thousands apart, small ones by their first digits, very large ones by their exponent. */
import { Decimal } from "../../core/model/decimal.ts";

const CENTS = Decimal.parse("0.01");
const HUGE = Decimal.parse("1000000000000");
const PLACES_MAX = 18;

/** "-" for what is not known. */
export function amountText(text: string): string {
  const value = Decimal.tryParse(text);
  if (value === undefined) return "-";
  const size = value.absolute();
  if (size.compare(HUGE) >= 0) return Number(value.toString()).toExponential(2).replace("e+", "e");
  if (!size.isZero && size.compare(CENTS) < 0) return smallText(value);
  const [whole = "", cents = ""] = value.dividedBy(Decimal.one, 2, "half-even").toFixed(2).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`.replace(/^-(0\.00)$/, "$1");
}

/** With its sign, for what was won or lost. */
export function changeText(text: string): string {
  const shown = amountText(text);
  return /^[\d]/.test(shown) && /[1-9]/.test(shown) ? `+${shown}` : shown;
}

/** Below this part of the balance it cannot be told from prices of entry, which the venue states in whole ticks. */
const PAID_IN_LEAST = 1e-4;

/** Money paid in or taken out beside copying; nothing where it may be none. */
export function paidInText(flow: string, equity: string): string {
  const size = Math.abs(Number(flow));
  return size === 0 || size < PAID_IN_LEAST * Math.abs(Number(equity)) ? "" : changeText(flow);
}

/** Two digits that say something. */
function smallText(value: Decimal): string {
  const cut = value.dividedBy(Decimal.one, PLACES_MAX, "towards-zero").toFixed(PLACES_MAX);
  const found = /^-?0\.0*[1-9]\d?/.exec(cut)?.[0];
  return found === undefined ? "0.00" : found.replace(/(\.\d*[1-9])0+$/, "$1");
}

/** 0.0123 is "1.23 %"; "-" for null. */
export function shareText(value: number | string | null): string {
  if (value === null || value === "") return "-";
  const percent = Number(value) * 100;
  if (!Number.isFinite(percent)) return "-";
  const text = Math.abs(percent) >= 1e6 ? percent.toExponential(2).replace("e+", "e") : percent.toFixed(2);
  return `${text.replace(/^-(0\.00)$/, "$1")} %`;
}

/** With its sign. */
export function returnText(value: number): string {
  const text = shareText(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function ratioText(value: number | null): string {
  if (value === null) return "-";
  return Math.abs(value) >= 1e6 ? value.toExponential(2).replace("e+", "e") : value.toFixed(2);
}

export function countText(count: number): string {
  return amountText(String(count)).replace(/\.00$/, "");
}
