/** Exact sums and comparisons of decimal strings; "" counts as not known and makes the sum so. */

interface Scaled {
  readonly digits: bigint;
  readonly places: number;
}

export function sumOf(values: readonly string[]): string {
  const parts = values.map(scaled);
  const places = Math.max(0, ...parts.map((part) => part?.places ?? 0));
  let sum = 0n;
  for (const part of parts) {
    if (part === null) return "";
    sum += part.digits * 10n ** BigInt(places - part.places);
  }
  return unscaled(sum, places);
}

export function differenceOf(value: string, other: string): string {
  return sumOf([value, other.startsWith("-") ? other.slice(1) : other === "" ? "" : `-${other}`]);
}

function scaled(text: string): Scaled | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "0", fraction = ""] = match;
  return { digits: BigInt(`${sign}${whole}${fraction}`), places: fraction.length };
}

function unscaled(digits: bigint, places: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const cut = text.length - places;
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, cut)}.${text.slice(cut)}`;
}
