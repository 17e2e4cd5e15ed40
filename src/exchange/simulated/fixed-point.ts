/**
 * Exact numbers of the venue. Quantities and prices are whole units in safe integers, money is a bigint of 10^-12 USDT.
 * The text conversions here are the hot path's: no regular expressions, no allocation but the result.
 */

export const MONEY_SCALE = 12;
const MONEY_ONE = 10n ** BigInt(MONEY_SCALE);
/** Fees and funding are rounded to 10^-8 USDT. */
const FEE_GRAIN = 10_000n;
/** Rates are whole multiples of 10^-8. */
const RATE_SCALE = 8;
const RATE_ONE = 10n ** BigInt(RATE_SCALE);

/** `text * 10^scale` as a safe integer; undefined when it is no plain decimal, too fine or past 2^53. */
export function unitsFrom(text: string, scale: number): number | undefined {
  let units = 0;
  let places = -1;
  const negative = text.charCodeAt(0) === MINUS;
  let at = negative ? 1 : 0;
  if (!isDigit(text.charCodeAt(at))) return undefined;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && places < 0 && at + 1 < text.length) places = 0;
    else if (!isDigit(code)) return undefined;
    else if (places >= scale && code !== ZERO) return undefined;
    else if (places < scale) {
      units = units * 10 + (code - ZERO);
      if (places >= 0) places++;
    }
  }
  const missing = scale - Math.max(places, 0);
  const scaled = missing === 0 ? units : units * 10 ** missing;
  if (!Number.isSafeInteger(scaled)) return undefined;
  return negative && scaled !== 0 ? -scaled : scaled;
}

const ZERO = 48;
const POINT = 46;
const MINUS = 45;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

/** Plain decimal text of `units * 10^-scale` without trailing zeros. */
export function unitsText(units: number, scale: number): string {
  if (scale === 0 || units === 0) return String(units);
  const digits = String(Math.abs(units));
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, "0");
  return decimalText(units < 0, padded, scale);
}

/** The same for any bigint. */
export function bigUnitsText(units: bigint, scale: number): string {
  if (units === 0n) return "0";
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString();
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, "0");
  return decimalText(negative, padded, scale);
}

function decimalText(negative: boolean, digits: string, scale: number): string {
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  const whole = digits.slice(0, point);
  const sign = negative ? "-" : "";
  return end === point ? sign + whole : `${sign}${whole}.${digits.slice(point, end)}`;
}

export function moneyText(money: bigint): string {
  return bigUnitsText(money, MONEY_SCALE);
}

/** Reads a decimal amount of a coin; undefined when it is none or finer than 10^-12. */
export function moneyFrom(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,24})(?:\.(\d{1,12})0*)?$/.exec(text);
  if (match === null) return undefined;
  const units = BigInt(`${match[2]}${(match[3] ?? "").padEnd(MONEY_SCALE, "0")}`);
  return match[1] === "-" ? -units : units;
}

/** The nearest double in USDT; for margin estimates, never for balances. */
export function moneyNumber(money: bigint): number {
  return Number(money) / 1e12;
}

/** A double in USDT as text with at most 8 decimals; for derived figures that are no balances. */
export function estimateText(usdt: number): string {
  const units = Math.round(usdt * 1e8);
  if (Number.isSafeInteger(units)) return unitsText(units === 0 ? 0 : units, 8);
  if (!Number.isFinite(usdt)) return "0";
  return BigInt(Math.round(usdt)).toString();
}

/** Value x rate, rounded away from zero to 10^-8 USDT. */
export function feeOn(value: bigint, rateUnits: bigint): bigint {
  const product = value * rateUnits;
  const grain = RATE_ONE * FEE_GRAIN;
  const quotient = product / grain;
  const rest = product % grain;
  if (rest === 0n) return quotient * FEE_GRAIN;
  return (product < 0n ? quotient - 1n : quotient + 1n) * FEE_GRAIN;
}

/** Value x rate, rounded half away from zero to 10^-8 USDT, so that a flow and its mirror image cancel out. */
export function flowOn(value: bigint, rateUnits: bigint): bigint {
  const product = value * rateUnits;
  const grain = RATE_ONE * FEE_GRAIN;
  const half = grain / 2n;
  return ((product < 0n ? product - half : product + half) / grain) * FEE_GRAIN;
}

export function rateUnitsFrom(text: string, what: string): number {
  const units = unitsFrom(text, RATE_SCALE);
  if (units === undefined) throw new RangeError(`${what} is not a rate: ${JSON.stringify(text)}`);
  return units;
}

export function rateText(units: number): string {
  return unitsText(units, RATE_SCALE);
}

/** `part * share / whole` rounded half away from zero; `whole` > 0. */
export function proportion(part: bigint, share: number, whole: number): bigint {
  if (share === whole) return part;
  const divisor = BigInt(whole);
  const product = part * BigInt(share);
  const half = divisor / 2n;
  return (product < 0n ? product - half : product + half) / divisor;
}

/** Money / (quantity units x 10^-scale) as text with `places` decimals, rounded half up. */
export function averageText(
  value: bigint,
  quantityUnits: number,
  quantityScale: number,
  places: number,
): string {
  if (quantityUnits === 0) return "0";
  const absolute = value < 0n ? -value : value;
  const numerator = absolute * 10n ** BigInt(quantityScale + places);
  const denominator = BigInt(Math.abs(quantityUnits)) * MONEY_ONE;
  return bigUnitsText((numerator + denominator / 2n) / denominator, places);
}
