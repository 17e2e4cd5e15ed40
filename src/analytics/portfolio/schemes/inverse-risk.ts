/** Weights by how little each moves, whatever it has in common with others: 1 / volatility, or 1 / variance. Every name has to vary. */
import type { Market } from "../market.ts";
import { normalised } from "./scheme.ts";

export function inverseVolatilities({ deviations }: Market): Float64Array {
  return normalised(deviations.map((deviation) => 1 / deviation));
}

export function inverseVariances({ deviations }: Market): Float64Array {
  return normalised(deviations.map((deviation) => 1 / deviation ** 2));
}
