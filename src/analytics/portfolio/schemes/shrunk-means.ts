/**
 * Mean returns drawn towards that of the minimum-variance portfolio, the less they differ for their errors the further: means are what portfolios are most
 * wrong about.
 *
 * Source: P. Jorion, Bayes-Stein Estimation for Portfolio Analysis, JFQA 21 (1986).
 */
import { choleskyOf, solvedBy } from "../../numeric/cholesky.ts";
import type { Market } from "../market.ts";
import { dot } from "../solver/region.ts";

export interface ShrunkMeans {
  readonly means: Float64Array;
  /** What they are drawn to, and the share of it. */
  readonly target: number;
  readonly intensity: number;
}

/** A pivot up to this part of the largest variance makes the inverse worthless. */
const INVERTIBLE = 1e-10;

/** Null where the covariances have no inverse. */
export function shrunkMeans({ means, covariance, count, rows }: Market): ShrunkMeans | null {
  const factor = choleskyOf(covariance, count, INVERTIBLE);
  if (factor === null) return null;
  const inverseOfOnes = solvedBy(factor, new Float64Array(count).fill(1));
  const target = dot(inverseOfOnes, means) / inverseOfOnes.reduce((sum, value) => sum + value, 0);
  const away = means.map((value) => value - target);
  const distance = dot(solvedBy(factor, away), away);
  const intensity = (count + 2) / (count + 2 + rows * distance);
  return { means: means.map((value) => intensity * target + (1 - intensity) * value), target, intensity };
}
