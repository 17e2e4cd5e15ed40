/**
 * What a filter is: one question about a trader with the bound that the user set, answered by passed, failed (and by how much) or
 * cannot be told (and why). What cannot be told never counts as passed. Each filter is a file of its own beside this one.
 */
import type { JudgedTrader } from "./judged-trader.ts";

/** A `fraction` of 0.2 is 20 %; a `ratio` is a plain number; `days` and `count` are whole. */
export type FilterUnit = "fraction" | "ratio" | "days" | "count";

/** A limit, or the names that are allowed; null for a filter of the user's own, which knows its bound itself. */
export type FilterBound = number | readonly string[] | null;

/** How a figure is held against the bound; null for a filter of the user's own. */
export type FilterAsks = "at-least" | "at-most" | "one-of" | null;

/** What has to be found out beside the trader's evidence before the filter can judge. */
export type FilterSource = "style" | "benchmark";

export interface TraderFilter {
  /** The name of its key, or of the user's own filter. */
  readonly name: string;
  readonly unit: FilterUnit;
  readonly asks: FilterAsks;
  readonly bound: FilterBound;
  readonly reads: readonly FilterSource[];
  judge(trader: JudgedTrader): FilterOutcome;
}

export type FilterOutcome =
  | { readonly kind: "passed"; readonly value: number | null; readonly notes: readonly string[] }
  | {
      readonly kind: "failed";
      readonly value: number | null;
      /** How far beyond the bound, above zero; null where a filter of the user's own does not say. */
      readonly by: number | null;
      readonly notes: readonly string[];
    }
  | CannotTell;

export interface CannotTell {
  readonly kind: "cannot-tell";
  /** Follows "because": no capital at the beginning, no full stop. */
  readonly because: string;
}

export function cannotTell(because: string): CannotTell {
  return { kind: "cannot-tell", because };
}

/** Figures are sums of doubles: a difference below this is none. */
const SAME_WITHIN = 1e-12;

/** `value` has to reach `bound`. */
export function atLeast(value: number, bound: number, notes: readonly string[] = []): FilterOutcome {
  return compared(value, bound - value, notes);
}

/** `value` must not exceed `bound`. */
export function atMost(value: number, bound: number, notes: readonly string[] = []): FilterOutcome {
  return compared(value, value - bound, notes);
}

function compared(value: number, by: number, notes: readonly string[]): FilterOutcome {
  const isWithin = by <= SAME_WITHIN * Math.max(1, Math.abs(value));
  return isWithin ? { kind: "passed", value, notes } : { kind: "failed", value, by, notes };
}
