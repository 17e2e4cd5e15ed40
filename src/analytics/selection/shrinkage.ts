/**
 * Estimates of many traders at once, drawn towards what they have in common: the best of many was lucky too, and less so the longer its
 * record is. `values` are estimates of the same kind (Sharpe ratios, mean returns), `variances` their sampling variances.
 *
 * Sources: James and Stein 1961 (positive part); Efron and Morris 1973; DerSimonian and Laird 1986 for the variance between traders.
 */
import { compensatedSum, mean } from "../numeric/sums.ts";

export interface ShrunkToZero {
  /** 1 leaves the values as they are, 0 takes all of them away. Below three values nothing is drawn. */
  readonly factor: number;
  readonly values: readonly number[];
}

export function shrunkToZero(values: readonly number[], variances: readonly number[]): ShrunkToZero {
  const factor = positivePart(values, variances, 2);
  return { factor, values: values.map((value) => factor * value) };
}

export interface ShrunkToMean {
  readonly grandMean: number;
  /** As above; below four values nothing is drawn. */
  readonly factor: number;
  readonly values: readonly number[];
}

/** Null without values. */
export function shrunkToMean(values: readonly number[], variances: readonly number[]): ShrunkToMean | null {
  const grandMean = mean(values);
  if (grandMean === null) return null;
  const factor = positivePart(
    values.map((value) => value - grandMean),
    variances,
    3,
  );
  return { grandMean, factor, values: values.map((value) => grandMean + factor * (value - grandMean)) };
}

function positivePart(distances: readonly number[], variances: readonly number[], lost: number): number {
  if (distances.length <= lost) return 1;
  const spread = compensatedSum(distances.map((distance) => distance * distance));
  const noise = (distances.length - lost) * (mean(variances) ?? 0);
  return spread === 0 ? 0 : Math.max(0, 1 - noise / spread);
}

export interface ShrunkByVariance {
  readonly weightedMean: number;
  /** Variance between traders; 0 where chance alone explains the differences. */
  readonly tauSquared: number;
  /** Cochran's Q: squared distances in units of their variances. */
  readonly q: number;
  /** Share by which each is drawn to the mean: 1 is entirely. */
  readonly shrinkage: readonly number[];
  readonly values: readonly number[];
}

/** Each by its own certainty: a short or wild record is drawn further. Null without values, or where a variance is not above zero. */
export function shrunkByVariance(
  values: readonly number[],
  variances: readonly number[],
): ShrunkByVariance | null {
  if (values.length === 0 || variances.some((variance) => !(variance > 0))) return null;
  const weights = variances.map((variance) => 1 / variance);
  const weight = compensatedSum(weights);
  const centre = weightedMean(values, weights);
  const q = compensatedSum(values.map((value, at) => (weights[at] ?? 0) * (value - centre) ** 2));
  const scale = weight - compensatedSum(weights.map((one) => one * one)) / weight;
  const tauSquared = scale > 0 ? Math.max(0, (q - (values.length - 1)) / scale) : 0;
  const common = weightedMean(
    values,
    variances.map((variance) => 1 / (variance + tauSquared)),
  );
  const shrinkage = variances.map((variance) => variance / (variance + tauSquared));
  return {
    weightedMean: common,
    tauSquared,
    q,
    shrinkage,
    values: values.map((value, at) => common + (1 - (shrinkage[at] ?? 1)) * (value - common)),
  };
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  return compensatedSum(values.map((value, at) => value * (weights[at] ?? 0))) / compensatedSum(weights);
}
