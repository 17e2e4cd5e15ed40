/** Decimal strings as they are shown: rounded exactly, grouped, with a real minus. Never through a floating point number. */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
/** U+2212: as wide as a plus, so that columns align. */
const MINUS = "\u2212";

export type Direction = "up" | "down" | "flat";

export interface DecimalStyle {
  /** Decimals that are kept, rounded half away from zero; all of them when left out. */
  readonly places?: number;
  /** A plus before what is above zero. */
  readonly signed?: boolean;
}

/** `-1234.565` with two places -> `−1,234.57`; what is no decimal is shown as it is. */
export function decimalText(value: string, { places, signed = false }: DecimalStyle = {}): string {
  const match = DECIMAL.exec(value);
  if (match === null) return value;
  const [, sign = "", whole = "0", fraction = ""] = match;
  const [shownWhole, shownFraction] =
    places === undefined ? [whole, fraction] : rounded(whole, fraction, places);
  const isZero = /^0*$/.test(shownWhole + shownFraction);
  const mark = isZero ? "" : sign === "-" ? MINUS : signed ? "+" : "";
  const tail = shownFraction === "" ? "" : `.${shownFraction}`;
  return `${mark}${grouped(shownWhole)}${tail}`;
}

/** Of the value itself, before any rounding. */
export function directionOf(value: string): Direction {
  if (!/[1-9]/.test(value)) return "flat";
  return value.startsWith("-") ? "down" : "up";
}

/** For bars and charts only: how much of `most` is used, 0 to 1 and above; null where it cannot be told. */
export function shareOf(use: string, most: string): number | null {
  const share = Number(use) / Number(most);
  return use === "" || most === "" || !Number.isFinite(share) ? null : share;
}

/** `0.0123` -> `1.23 %` */
export function percentText(share: number, places = 1, signed = false): string {
  return `${decimalText((share * 100).toFixed(places), { signed })} %`;
}

function rounded(whole: string, fraction: string, places: number): readonly [string, string] {
  const digits = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  const next = fraction.charCodeAt(places);
  const up = next >= "5".charCodeAt(0) ? 1n : 0n;
  const text = (digits + up).toString().padStart(places + 1, "0");
  return [text.slice(0, text.length - places), text.slice(text.length - places)];
}

function grouped(whole: string): string {
  return whole.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
}
