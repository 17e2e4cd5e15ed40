/**
 * Values and what ties them up, exactly: whole millionths of the settle coin, rounded against the one who may have them. Past
 * 2^53 a value is infinite, so that no limit lets it pass.
 */
import type { Lots, Ticks } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, VALUE_SCALE } from "./model/instrument.ts";

/** What `lots` (of any sign) are worth, in millionths, rounded up. */
export function worth({ valueUnits, valueDivisor }: Instrument, ticks: number, lots: number): number {
  const size = Math.abs(lots);
  const product = size * ticks * valueUnits;
  if (product <= Number.MAX_SAFE_INTEGER) return ceilingOf(product, valueDivisor);
  const exact = BigInt(size) * BigInt(ticks) * BigInt(valueUnits);
  const divisor = BigInt(valueDivisor);
  return whole((exact + divisor - 1n) / divisor);
}

/** What a position of `value` ties up, rounded up. */
export function marginOn(value: number, leverageHundredths: number): number {
  if (!Number.isFinite(value)) return value;
  const product = value * 100;
  if (product <= Number.MAX_SAFE_INTEGER) return ceilingOf(product, leverageHundredths);
  const divisor = BigInt(leverageHundredths);
  return whole((BigInt(value) * 100n + divisor - 1n) / divisor);
}

/** The most lots that are worth no more than `value`. */
export function lotsWorth({ valueUnits, valueDivisor }: Instrument, ticks: number, value: number): number {
  if (value <= 0) return 0;
  if (!Number.isFinite(value)) return Number.MAX_SAFE_INTEGER;
  const lots = (BigInt(value) * BigInt(valueDivisor)) / (BigInt(ticks) * BigInt(valueUnits));
  return Math.min(Number(lots), Number.MAX_SAFE_INTEGER);
}

/** The largest value that ties up no more than `margin`. */
export function valueOnMargin(margin: number, leverageHundredths: number): number {
  if (margin <= 0) return 0;
  return whole((BigInt(margin) * BigInt(leverageHundredths)) / 100n);
}

/** The value of `lots` (of either sign) at `price` to the last digit, in the settle coin; for reports. */
export function notionalOf({ lotSize, tickSize }: Instrument, lots: Lots, price: Ticks): Decimal {
  return lotSize.times(tickSize).times(Decimal.of(BigInt(Math.abs(lots)) * BigInt(price), 0));
}

/** Millionths as decimal text, for reports. */
export function moneyText(value: number): string {
  return Number.isFinite(value) ? Decimal.of(BigInt(value), VALUE_SCALE).toString() : "too large";
}

function ceilingOf(dividend: number, divisor: number): number {
  const rest = dividend % divisor;
  return rest === 0 ? dividend / divisor : (dividend - rest) / divisor + 1;
}

function whole(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.POSITIVE_INFINITY;
}
