/** The delay past which copying does not pay, out of results at some delays. */

export interface DelayedResult {
  readonly delayMs: number;
  /** Of a follower, after everything. */
  readonly profit: number;
}

export type DelayLimit =
  /** It does not at the shortest one already. */
  | { readonly kind: "never" }
  /** At the longest one still. */
  | { readonly kind: "beyond"; readonly delayMs: number }
  /** At every one up to here. What luck makes of longer ones again does not count. */
  | { readonly kind: "until"; readonly delayMs: number };

/**
 * `results`: shortest delay first. Between two of them the profit is taken for a straight line over the logarithm of the delay, which
 * has to be above zero.
 */
export function delayLimit(results: readonly DelayedResult[]): DelayLimit {
  const { pays, fails } = limitAround(results);
  if (pays === undefined) return { kind: "never" };
  if (fails === undefined) return { kind: "beyond", delayMs: pays.delayMs };
  const part = pays.profit / (pays.profit - fails.profit);
  return { kind: "until", delayMs: pays.delayMs * (fails.delayMs / pays.delayMs) ** part };
}

export interface LimitAround {
  /** Undefined where the first does not pay. */
  readonly pays: DelayedResult | undefined;
  /** Undefined where all pay. */
  readonly fails: DelayedResult | undefined;
}

/** The first that does not pay, and the last before it. */
export function limitAround(results: readonly DelayedResult[]): LimitAround {
  const at = results.findIndex(({ profit }) => profit <= 0);
  return at < 0 ? { pays: results.at(-1), fails: undefined } : { pays: results[at - 1], fails: results[at] };
}
