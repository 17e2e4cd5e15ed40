/**
 * Exact scaling of whole lots by a rational factor, towards zero. The leaf function of sizing: used by the engine on
 * the hot path and by the backtest. Stays in safe integers where it can and goes through BigInt where it must.
 */
import type { Lots } from "../model/amounts.ts";
import type { Decimal } from "../model/decimal.ts";

/** `numerator / denominator`, not necessarily in lowest terms. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A fraction in lowest terms; `fast` when both fit safe integers. */
export interface Ratio extends Fraction {
  readonly fast: {
    readonly numerator: number;
    readonly denominator: number;
    readonly lotsMax: number;
  } | null;
}

/** The product of `factors` divided by the product of `divisors`; throws a RangeError on a zero divisor. */
export function makeRatio(factors: readonly Decimal[], divisors: readonly Decimal[]): Ratio {
  const { numerator, denominator } = fraction(factors, divisors);
  return reduced(numerator, denominator);
}

/** As makeRatio, for a factor that is used once: what reducing costs is saved. */
export function fraction(factors: readonly Decimal[], divisors: readonly Decimal[]): Fraction {
  let numerator = 1n;
  let denominator = 1n;
  let scale = 0;
  for (const factor of factors) {
    numerator *= factor.units;
    scale += factor.scale;
  }
  for (const divisor of divisors) {
    if (divisor.isZero) throw new RangeError("a ratio needs a divisor above zero");
    denominator *= divisor.units;
    scale -= divisor.scale;
  }
  if (scale > 0) denominator *= 10n ** BigInt(scale);
  else numerator *= 10n ** BigInt(-scale);
  return { numerator, denominator };
}

/** `lots * ratio`, towards zero; a number past 2^53 (infinite at most) where no quantity of lots is that large. */
export function scaleLots(lots: Lots, ratio: Ratio): number {
  const { fast } = ratio;
  if (fast !== null && lots <= fast.lotsMax && lots >= -fast.lotsMax) {
    return scaleSafely(lots, fast.numerator, fast.denominator);
  }
  return Number((BigInt(lots) * ratio.numerator) / ratio.denominator);
}

/** `lots * ratio * factor`, towards zero; large numbers as in scaleLots. */
export function scaledBy(lots: Lots, ratio: Ratio, factor: Fraction): number {
  const numerator = BigInt(lots) * ratio.numerator * factor.numerator;
  return Number(numerator / (ratio.denominator * factor.denominator));
}

/** `lots * numerator` is a safe integer. Both operands of the division are,  so the quotient is at most one off before the correction. */
export function scaleSafely(lots: number, numerator: number, denominator: number): number {
  const product = lots * numerator;
  const magnitude = product < 0 ? -product : product;
  let quotient = Math.trunc(magnitude / denominator);
  const remainder = magnitude - quotient * denominator;
  if (remainder < 0) quotient -= 1;
  else if (remainder >= denominator) quotient += 1;
  return product < 0 ? -quotient : quotient;
}

function reduced(numerator: bigint, denominator: bigint): Ratio {
  if (denominator < 0n) return reduced(-numerator, -denominator);
  const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
  const lowest = { numerator: numerator / divisor, denominator: denominator / divisor };
  return { ...lowest, fast: fastForm(lowest.numerator, lowest.denominator) };
}

function fastForm(numerator: bigint, denominator: bigint): Ratio["fast"] {
  const top = Number(numerator);
  const bottom = Number(denominator);
  if (!Number.isSafeInteger(top) || !Number.isSafeInteger(bottom)) return null;
  const lotsMax = top === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(Number.MAX_SAFE_INTEGER / Math.abs(top));
  return { numerator: top, denominator: bottom, lotsMax };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
