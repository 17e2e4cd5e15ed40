/** Two series of the same days: their covariance, the variance of each, and Pearson's correlation. */
import { compensatedSum } from "../numeric/sums.ts";

export interface Covariation {
  readonly n: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Sum over days of (x - mean x)(y - mean y), and likewise. */
  readonly xy: number;
  readonly xx: number;
  readonly yy: number;
}

/** Null below two days. Throws a RangeError where the lengths differ. */
export function covariationOf(x: Float64Array, y: Float64Array): Covariation | null {
  if (x.length !== y.length) throw new RangeError(`series of ${x.length} and of ${y.length} days`);
  const n = x.length;
  if (n < 2) return null;
  const meanX = compensatedSum(x) / n;
  const meanY = compensatedSum(y) / n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let day = 0; day < n; day += 1) {
    const fromX = (x[day] ?? 0) - meanX;
    const fromY = (y[day] ?? 0) - meanY;
    xy += fromX * fromY;
    xx += fromX * fromX;
    yy += fromY * fromY;
  }
  return { n, meanX, meanY, xy, xx: varies(x) ? xx : 0, yy: varies(y) ? yy : 0 };
}

/** Null where either does not vary. */
export function pearson(x: Float64Array, y: Float64Array): number | null {
  const found = covariationOf(x, y);
  if (found === null || found.xx === 0 || found.yy === 0) return null;
  return Math.max(-1, Math.min(1, found.xy / Math.sqrt(found.xx) / Math.sqrt(found.yy)));
}

function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0]);
}
