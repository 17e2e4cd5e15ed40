/** How often returns of each size occurred. */
import { quantile } from "../numeric/quantile.ts";

export interface Histogram {
  /** Lower end of the first bar. */
  readonly from: number;
  /** Width of each bar. */
  readonly width: number;
  /** Days by bar; those beyond the ends are counted in the first and the last. */
  readonly counts: readonly number[];
}

const BARS_MIN = 9;
const BARS_MAX = 61;

/**
 * Bars between the 0.5 % and the 99.5 % quantile, as wide as D. Freedman and P. Diaconis (1981) have it: twice the distance between the quartiles
 * over the cube root of n. Null where the returns do not differ there.
 */
export function histogramOf(returns: Float64Array): Histogram | null {
  const at = (share: number) => quantile(returns, share) ?? 0;
  const [from, to] = [at(0.005), at(0.995)];
  if (!(to > from)) return null;
  const wanted = (2 * (at(0.75) - at(0.25))) / Math.cbrt(returns.length);
  const bars = Math.round(
    Math.min(BARS_MAX, Math.max(BARS_MIN, wanted > 0 ? (to - from) / wanted : BARS_MAX)),
  );
  const width = (to - from) / bars;
  const counts = new Array<number>(bars).fill(0);
  for (const value of returns) {
    const bar = Math.min(bars - 1, Math.max(0, Math.floor((value - from) / width)));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { from, width, counts };
}
