/**
 * Money of the fast path: whole units of 10^-8 of the settle coin (finer where lots and ticks need it, down to 10^-10) in doubles, which
 * are exact below 2^53. Fees and funding are rounded as the simulated exchange does (exchange/simulated/fixed-point.ts), to 10^-8.
 */
import type { Instrument } from "../../core/model/instrument.ts";

/** Digits of the venue's fees and of what it tells. */
export const TOLD_SCALE = 8;
const SCALE_MAX = 10;
/** Above it sums could lose their last digit. */
export const UNITS_MAX = 2 ** 52;

export interface MoneyUnits {
  readonly scale: number;
  /** Units in one of the settle coin, and in the last digit that is told. */
  readonly one: number;
  readonly told: number;
}

/** Null where lots and ticks of an instrument are finer than can be counted. */
export function moneyUnits(instruments: readonly Instrument[]): MoneyUnits | null {
  const scales = instruments.map(({ quantityScale, priceScale }) => quantityScale + priceScale);
  const scale = Math.max(TOLD_SCALE, ...scales);
  return scale > SCALE_MAX ? null : { scale, one: 10 ** scale, told: 10 ** (scale - TOLD_SCALE) };
}

/** What one lot is worth at one tick. */
export function lotTickUnits(
  { quantityScale, priceScale, lotUnits, tickUnits }: Instrument,
  { scale }: MoneyUnits,
): number {
  return lotUnits * tickUnits * 10 ** (scale - quantityScale - priceScale);
}

/** `value` x rate (in 10^-8), away from zero to the last digit that is told; `value` is not negative. */
export function feeUnits(value: number, rate: number, { one, told }: MoneyUnits): number {
  const all = value * rate;
  if (all < UNITS_MAX) {
    const floor = Math.floor(all / one);
    return (all > floor * one ? floor + 1 : floor) * told;
  }
  const whole = Math.floor(value / one);
  const product = (value - whole * one) * rate;
  const least = Math.floor(product / one);
  const isMore = product > least * one;
  return (whole * rate + least + (isMore ? 1 : 0)) * told;
}

/** The same rounded half away from zero; the rate may be negative. */
export function flowUnits(value: number, rate: number, { one, told }: MoneyUnits): number {
  const size = Math.abs(rate);
  const whole = Math.floor(value / one);
  const product = (value - whole * one) * size;
  const least = Math.floor(product / one);
  const isMore = 2 * (product - least * one) >= one;
  return (whole * size + least + (isMore ? 1 : 0)) * told * Math.sign(rate);
}
