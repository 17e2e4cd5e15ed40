/**
 * How many independent bets several correlated ones amount to. Copying ten traders who do the same is copying one.
 */

export interface EffectiveNumber {
  /** As many independent ones would leave the same risk in equal parts: N / (1 + (N - 1) mean correlation). */
  readonly byAverage: number | null;
  /** Of the eigenvalues' sizes: N^2 / sum of squared correlations (participation ratio; Bretherton and others 1999). */
  readonly byEigenvalues: number | null;
}

/** `correlations` is whole and symmetric, row after row; null for nobody, and by average where hedges leave no risk. */
export function effectiveNumber(correlations: Float64Array, count: number): EffectiveNumber {
  if (count === 0) return { byAverage: null, byEigenvalues: null };
  const sum = correlations.reduce((total, value) => total + value, 0);
  const squares = correlations.reduce((total, value) => total + value * value, 0);
  // N / (1 + (N - 1) mean) is N^2 over the sum of all correlations.
  return { byAverage: sum > 0 ? (count * count) / sum : null, byEigenvalues: (count * count) / squares };
}
