/** Shares by name, as one text: `lead=0.5, other=0.3`. A text, so that every option is one value wherever it is printed or kept. */

/** Names that cannot be told from the text round them are refused. */
const PART = /^([^=,\s][^=,]{0,99}?)\s*=\s*(\d+(?:\.\d+)?)$/;
const ROUNDING = 1e-9;

/** Null where it is none: each share is above 0, all of them at most 1, no name stands twice. */
export function sharesOf(text: string): ReadonlyMap<string, number> | null {
  const shares = new Map<string, number>();
  let sum = 0;
  for (const part of text.split(",")) {
    const [, name = "", number = ""] = PART.exec(part.trim()) ?? [];
    const share = Number(number);
    if (name === "" || share <= 0 || shares.has(name)) return null;
    shares.set(name, share);
    sum += share;
  }
  return sum <= 1 + ROUNDING ? shares : null;
}

export const SHARES_IN_WORDS = "shares of names that are at most 1 together, such as lead=0.5, other=0.3";
