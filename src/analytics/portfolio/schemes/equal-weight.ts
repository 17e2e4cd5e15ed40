/** The same for everybody. Hard to beat out of sample: V. DeMiguel, L. Garlappi and R. Uppal, Optimal Versus Naive Diversification, RFS 22 (2009). */

export function equalWeights(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count);
}
