/**
 * Of a hundred traders without skill five pass a test at 5 %. These corrections say what share of those that pass is expected to be false:
 * q-values for one p-value each, in the order in which they came.
 *
 * Sources: Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001; Holm 1979; Storey 2002; for the choice of lambda Storey, Taylor and
 * Siegmund 2004 in closed form.
 */
import { quantile } from "../numeric/quantile.ts";

/**
 * q-values that hold for independent or positively dependent tests. `tests` is how many there were: more than there are values where some
 * were without success and are not told one by one.
 */
export function benjaminiHochberg(
  pValues: readonly number[],
  tests: number = pValues.length,
): readonly number[] {
  return steppedUp(pValues, tests);
}

/** The same for any dependence: larger by the sum of 1/k. */
export function benjaminiYekutieli(pValues: readonly number[]): readonly number[] {
  const factor = pValues.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  return steppedUp(pValues, pValues.length * factor);
}

function steppedUp(pValues: readonly number[], tests: number): readonly number[] {
  const count = pValues.length;
  const result = new Array<number>(count).fill(1);
  let least = 1;
  for (const [fromLargest, index] of orderOf(pValues).toReversed().entries()) {
    least = Math.min(least, ((pValues[index] ?? 1) * tests) / (count - fromLargest));
    result[index] = least;
  }
  return result;
}

/** p-values adjusted for the chance of any false discovery at all. */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const result = new Array<number>(pValues.length).fill(1);
  let most = 0;
  for (const [rank, index] of orderOf(pValues).entries()) {
    most = Math.max(most, (pValues[index] ?? 1) * (pValues.length - rank));
    result[index] = Math.min(1, most);
  }
  return result;
}

/** Indices from the smallest p-value to the largest. */
function orderOf(pValues: readonly number[]): readonly number[] {
  return pValues.map((_, index) => index).sort((left, right) => (pValues[left] ?? 0) - (pValues[right] ?? 0));
}

export interface Storey {
  /** Estimated share of tests without an effect, by lambda, not clipped at 1. */
  readonly grid: readonly { readonly lambda: number; readonly share: number }[];
  readonly shareAtHalf: number;
  readonly qAtHalf: readonly number[];
  /** By the lambda of least estimated error; null where the estimate is zero, which no share is. */
  readonly share: number | null;
  readonly lambda: number;
  /** The 10 % quantile of the grid, which the error is measured from. */
  readonly lowQuantile: number;
  readonly q: readonly number[] | null;
}

const LAMBDAS = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
const HALF = 0.5;

/** Null without tests. */
export function storey(pValues: readonly number[]): Storey | null {
  const count = pValues.length;
  if (count === 0) return null;
  const grid = LAMBDAS.map((lambda) => ({ lambda, share: shareWithoutEffect(pValues, lambda) }));
  const lowQuantile =
    quantile(
      grid.map(({ share }) => share),
      0.1,
    ) ?? 0;
  const best = grid
    .map(({ lambda, share }) => ({ lambda, share, error: errorOf(share, lambda, count, lowQuantile) }))
    .reduce((least, next) => (next.error < least.error ? next : least));
  const shareAtHalf = Math.min(1, shareWithoutEffect(pValues, HALF));
  const share = best.share === 0 ? null : Math.min(1, best.share);
  const plain = benjaminiHochberg(pValues);
  const scaled = (by: number) => plain.map((q) => Math.min(1, by * q));
  return {
    grid,
    shareAtHalf,
    qAtHalf: scaled(shareAtHalf),
    share,
    lambda: best.lambda,
    lowQuantile,
    q: share === null ? null : scaled(share),
  };
}

function shareWithoutEffect(pValues: readonly number[], lambda: number): number {
  const above = pValues.filter((p) => p >= lambda).length;
  return above / (pValues.length * (1 - lambda));
}

/** Estimated mean squared error: variance of the estimate and the square of its distance to the low quantile. */
function errorOf(share: number, lambda: number, count: number, lowQuantile: number): number {
  const above = share * count * (1 - lambda);
  const variance = (above / (count * (1 - lambda)) ** 2) * (1 - above / count);
  return variance + (share - lowQuantile) ** 2;
}
