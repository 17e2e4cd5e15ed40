/**
 * The checker's own exact arithmetic: rational numbers over BigInt, read from decimal text. It is written apart from the
 * project's, so that an error there cannot hide itself here.
 */

export interface Exact {
  readonly top: bigint;
  /** Above zero. */
  readonly bottom: bigint;
}

export const ZERO: Exact = { top: 0n, bottom: 1n };

/** Reads `-12.50`; throws on anything else. */
export function exact(text: string): Exact {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new TypeError(`not a number: ${JSON.stringify(text)}`);
  const [whole = "0", fraction = ""] = text.split(".");
  return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) };
}

/** Bottoms that divide one another (powers of ten do) stay small. */
export function plus(left: Exact, right: Exact): Exact {
  if (left.bottom % right.bottom === 0n)
    return { top: left.top + right.top * (left.bottom / right.bottom), bottom: left.bottom };
  if (right.bottom % left.bottom === 0n) return plus(right, left);
  return { top: left.top * right.bottom + right.top * left.bottom, bottom: left.bottom * right.bottom };
}

export function minus(left: Exact, right: Exact): Exact {
  return plus(left, negative(right));
}

export function negative(value: Exact): Exact {
  return { top: -value.top, bottom: value.bottom };
}

export function times(left: Exact, right: Exact): Exact {
  return { top: left.top * right.top, bottom: left.bottom * right.bottom };
}

export function over(left: Exact, right: Exact): Exact {
  if (right.top === 0n) throw new RangeError("division by zero");
  const sign = right.top < 0n ? -1n : 1n;
  return { top: left.top * right.bottom * sign, bottom: left.bottom * right.top * sign };
}

export function magnitude(value: Exact): Exact {
  return value.top < 0n ? negative(value) : value;
}

export function sign(value: Exact): -1 | 0 | 1 {
  if (value.top === 0n) return 0;
  return value.top < 0n ? -1 : 1;
}

/** Negative, zero or positive as `left` is below, at or above `right`. */
export function compare(left: Exact, right: Exact): -1 | 0 | 1 {
  return sign(minus(left, right));
}

/** The whole multiple of `step` at or below `value` in size, with its sign. */
export function towardsZero(value: Exact, step: Exact): Exact {
  const steps = over(value, step);
  return times({ top: steps.top / steps.bottom, bottom: 1n }, step);
}

/** The smallest whole multiple of `step` that is not below `value` (both above zero). */
export function stepsUp(value: Exact, step: Exact): Exact {
  const steps = over(value, step);
  const whole = steps.top / steps.bottom;
  const more = whole * steps.bottom === steps.top ? whole : whole + 1n;
  return times({ top: more, bottom: 1n }, step);
}

/** For messages; rounded when it has no short decimal form. */
export function show(value: Exact): string {
  const scale = 12n;
  const units = (magnitude(value).top * 10n ** scale) / value.bottom;
  const digits = String(units).padStart(13, "0");
  const text = `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "");
  return value.top < 0n ? `-${text}` : text;
}
