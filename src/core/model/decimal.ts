/**
 * Exact decimal numbers for the edges: wire formats, configuration, money. Inside the core quantities are whole
 * lots and prices whole ticks (see amounts.ts); this type is what they are converted from and to.
 * A Decimal is `units * 10^-scale`, immutable. Nothing here rounds unless a rounding mode is named.
 */

export type RoundingMode = "towards-zero" | "away-from-zero" | "floor" | "ceiling" | "half-even";

const MAX_SCALE = 40;
/** No amount of anything has more digits; what only looks like a number would cost time by its length. */
const CHARS_MAX = 100;
/** So many digits always fit a safe integer. */
const SAFE_DIGITS = 15;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

const POWERS_OF_TEN = Array.from({ length: MAX_SCALE + 1 }, (_, power) => 10n ** BigInt(power));
const powerOfTen = (power: number): bigint => POWERS_OF_TEN[power] ?? 10n ** BigInt(power);

export class Decimal {
  static readonly zero = new Decimal(0n, 0);
  static readonly one = new Decimal(1n, 0);
  readonly units: bigint;
  readonly scale: number;

  private constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  /** `units * 10^-scale`, for example `of(15n, 1)` is 1.5. */
  static of(units: bigint, scale: number): Decimal {
    return new Decimal(units, scale);
  }

  /** Reads plain decimal notation; throws a RangeError on anything else (exponents, blanks, NaN, over 100 characters). */
  static parse(text: string): Decimal {
    const value = Decimal.tryParse(text);
    if (value === undefined)
      throw new RangeError(`not a decimal number: ${JSON.stringify(text.slice(0, CHARS_MAX))}`);
    return value;
  }

  /** Reads plain decimal notation; undefined when the text is anything else. */
  static tryParse(text: string): Decimal | undefined {
    if (text.length > CHARS_MAX) return undefined;
    const sign = text.charCodeAt(0);
    const start = sign === MINUS || sign === PLUS ? 1 : 0;
    let digits = 0;
    let point = -1;
    let value = 0;
    // By hand, as every amount that comes in passes here.
    for (let at = start; at < text.length; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digits++;
      } else if (digit === POINT - ZERO && point < 0 && digits > 0) point = at;
      else return undefined;
    }
    const scale = point < 0 ? 0 : text.length - 1 - point;
    if (digits === 0 || point === text.length - 1 || scale > MAX_SCALE) return undefined;
    const magnitude = BigInt(digits <= SAFE_DIGITS ? value : text.slice(start).replace(".", ""));
    return new Decimal(sign === MINUS ? -magnitude : magnitude, scale);
  }

  /** A configuration number (YAML, JSON) by its shortest decimal text; throws on NaN and infinity. */
  static fromNumber(value: number): Decimal {
    if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
    const text = String(value);
    const exponent = text.indexOf("e");
    if (exponent < 0) return Decimal.parse(text);
    const base = Decimal.parse(text.slice(0, exponent));
    return base.timesPowerOfTen(Number(text.slice(exponent + 1)));
  }

  timesPowerOfTen(power: number): Decimal {
    const scale = this.scale - power;
    return scale >= 0 ? new Decimal(this.units, scale) : new Decimal(this.units * powerOfTen(-scale), 0);
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    return new Decimal(this.unitsAt(scale) + other.unitsAt(scale), scale);
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated());
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.units * other.units, this.scale + other.scale);
  }

  negated(): Decimal {
    return new Decimal(-this.units, this.scale);
  }

  absolute(): Decimal {
    return this.units < 0n ? this.negated() : this;
  }

  /** `this / divisor`, rounded to `scale` places by the named mode. Throws when the divisor is zero. */
  dividedBy(divisor: Decimal, scale: number, mode: RoundingMode): Decimal {
    if (divisor.units === 0n) throw new RangeError("division by zero");
    const shift = scale + divisor.scale - this.scale;
    const numerator = shift >= 0 ? this.units * powerOfTen(shift) : this.units;
    const denominator = shift >= 0 ? divisor.units : divisor.units * powerOfTen(-shift);
    return new Decimal(divideBigInt(numerator, denominator, mode), scale);
  }

  /** Rounded to a whole multiple of `step` (> 0) by the named mode. */
  roundedToStep(step: Decimal, mode: RoundingMode): Decimal {
    const steps = this.dividedBy(step, 0, mode);
    return new Decimal(steps.units * step.units, step.scale);
  }

  compare(other: Decimal): -1 | 0 | 1 {
    const scale = Math.max(this.scale, other.scale);
    const left = this.unitsAt(scale);
    const right = other.unitsAt(scale);
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0;
  }

  get isZero(): boolean {
    return this.units === 0n;
  }

  /** -1, 0 or 1. */
  get sign(): -1 | 0 | 1 {
    if (this.units === 0n) return 0;
    return this.units < 0n ? -1 : 1;
  }

  /** The integer `this * 10^scale`; exact only, throws a RangeError when digits would be lost. */
  unitsAt(scale: number): bigint {
    if (scale === this.scale) return this.units;
    if (scale > this.scale) return this.units * powerOfTen(scale - this.scale);
    const divisor = powerOfTen(this.scale - scale);
    if (this.units % divisor !== 0n) throw new RangeError(`${this} has more than ${scale} decimal places`);
    return this.units / divisor;
  }

  /** Plain notation without trailing zeros: `1.5`, `0`, `-0.001`. */
  toString(): string {
    const text = this.toFixed(this.scale);
    return this.scale === 0 ? text : text.replace(/\.?0+$/, "");
  }

  /** Plain notation with exactly `places` decimals; throws when digits would be lost. */
  toFixed(places: number): string {
    const units = this.unitsAt(places);
    const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places);
    const sign = units < 0n ? "-" : "";
    return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-places)}`;
  }

  /** The nearest double, for statistics and display only; never for money. */
  toNumber(): number {
    return Number(this.toString());
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Integer division by a named rounding mode. Throws a RangeError when the denominator is zero. */
export function divideBigInt(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  if (remainder === 0n) return quotient;
  const towards = numerator < 0n === denominator < 0n ? 1n : -1n;
  switch (mode) {
    case "towards-zero":
      return quotient;
    case "away-from-zero":
      return quotient + towards;
    case "floor":
      return towards < 0n ? quotient - 1n : quotient;
    case "ceiling":
      return towards > 0n ? quotient + 1n : quotient;
    case "half-even":
      return roundHalfEven(quotient, remainder, denominator, towards);
  }
}

function roundHalfEven(quotient: bigint, remainder: bigint, denominator: bigint, towards: bigint): bigint {
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const whole = denominator < 0n ? -denominator : denominator;
  if (twice > whole || (twice === whole && quotient % 2n !== 0n)) return quotient + towards;
  return quotient;
}
