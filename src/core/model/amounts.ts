/**
 * The hot path's integers: whole quantity steps ("lots") and whole price ticks of one instrument. Branded, so
 * that a price does not pass for a quantity. Every product goes through a checked multiplication; past 2^53 it
 * throws instead of losing digits.
 */

declare const brand: unique symbol;

/** Whole quantity steps of an instrument; signed where a net position is meant (+ long, - short). */
export type Lots = number & { readonly [brand]: "Lots" };
/** Whole price ticks of an instrument. */
export type Ticks = number & { readonly [brand]: "Ticks" };

export function Lots(value: number): Lots {
  assertSafeInteger(value, "lots");
  return (value === 0 ? 0 : value) as Lots;
}

export function Ticks(value: number): Ticks {
  assertSafeInteger(value, "ticks");
  return value as Ticks;
}

export const ZERO_LOTS = Lots(0);

export function addLots(left: Lots, right: Lots): Lots {
  return Lots(left + right);
}

export function subtractLots(left: Lots, right: Lots): Lots {
  return Lots(left - right);
}

/** The exact product of two safe integers; throws a RangeError when it leaves the safe range. */
export function multiplyExactly(left: number, right: number): number {
  const product = left * right;
  if (!Number.isSafeInteger(product)) throw new RangeError(`${left} * ${right} is past 2^53`);
  return product;
}

function assertSafeInteger(value: number, what: string): void {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${what} must be a whole number below 2^53, got ${value}`);
}
