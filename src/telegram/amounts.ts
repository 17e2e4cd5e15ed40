/** Amounts for a phone: exact decimals cut to what an eye needs. */
import { Decimal } from "../core/model/decimal.ts";

const CENT = Decimal.of(1n, 2);

/** `-1,234.50`; `?` for what is not known. */
export function moneyText(amount: string): string {
  const value = Decimal.tryParse(amount);
  if (value === undefined) return "?";
  const [whole = "", part = "00"] = value.roundedToStep(CENT, "half-even").toFixed(2).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}

/** With its sign. */
export function resultText(amount: string): string {
  const value = Decimal.tryParse(amount);
  return value !== undefined && value.compare(Decimal.zero) > 0 ? `+${moneyText(amount)}` : moneyText(amount);
}

/** Without it. */
export function sizeText(amount: string): string {
  return moneyText(amount.replace(/^-/, ""));
}

/** `3 s`, `4 min`, `never` */
export function ageText(ageMs: number | null): string {
  if (ageMs === null) return "never";
  const seconds = Math.round(ageMs / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
