/** What a scheme is given and what it gives back. */
import type { Limits } from "../limits.ts";
import type { Market } from "../market.ts";

export interface Task {
  readonly market: Market;
  readonly limits: Limits;
}

export type Attempt =
  | {
      readonly kind: "weights";
      readonly weights: Float64Array;
      /** By how much the conditions of an optimum are missed, as a part of the objective; null for formulas. */
      readonly missedBy: number | null;
    }
  /** What was asked has no answer in these returns. */
  | { readonly kind: "degenerate"; readonly message: string }
  /** The limits leave no weights. */
  | { readonly kind: "infeasible" }
  | { readonly kind: "unsolved"; readonly message: string };

export function weights(values: Float64Array, missedBy: number | null = null): Attempt {
  return { kind: "weights", weights: values, missedBy };
}

/** Scaled to sum to 1. */
export function normalised(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}
