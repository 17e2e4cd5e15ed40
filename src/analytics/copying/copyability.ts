/**
 * Copyability: how much of what a leader does reaches a follower, from 0 (nothing) to 1 (all). The geometric mean of parts, each of which
 * is such a share by itself: one part at nothing makes it nothing. It says nothing of whether the leader is good. docs/ranking.md has the
 * same definitions.
 */

/** What a simulated follower of one leader came to. Amounts in the asset of profit. */
export interface CopyTally {
  /** What the leader's trades would have brought at the follower's size, before any cost. */
  readonly gross: number;
  /** What is left of that. */
  readonly net: number;
  /** Delay, slippage and fees together. */
  readonly costs: number;
  /** Sizes of all days' gross profits and losses, added. */
  readonly grossMovement: number;
  /** Value of the leader's changes at the follower's size, and of those of them that were ordered at once. */
  readonly changedValue: number;
  readonly orderedValue: number;
  /** Of `changedValue`, in instruments that the follower's venue lists; null where its list is not known. */
  readonly listedValue: number | null;
  /** Orders, and those of them that fit into the venue's rate of orders. */
  readonly orders: number;
  readonly ordersInRate: number;
  readonly delayMs: number;
  /** Median time of the leader's round trips; null without one. */
  readonly holdingMs: number | null;
}

/** Each a share from 0 to 1; null where it has no meaning or is not known, and then it is left out. */
export interface CopyabilityParts {
  /** Of the leader's profit before costs, what the follower is left with; null where the leader earned nothing. */
  readonly edge: number | null;
  /** 1 / (1 + costs / movement): costs as large as all that the positions moved by make it a half. */
  readonly costs: number | null;
  /** Value of the leader's changes that was large enough to be ordered at once. */
  readonly size: number | null;
  /** Time of the leader's median round trip that is left after the delay. */
  readonly holding: number | null;
  /** Value of the leader's changes in instruments that the follower's venue lists. */
  readonly listed: number | null;
  /** Orders that fit into the venue's rate of orders. */
  readonly bursts: number | null;
}

export interface Copyability {
  /** Null where no part is known. */
  readonly score: number | null;
  readonly parts: CopyabilityParts;
}

export function copyabilityOf(tally: CopyTally): Copyability {
  const { gross, net, costs, grossMovement, changedValue, delayMs, holdingMs, orders } = tally;
  const parts: CopyabilityParts = {
    edge: gross > 0 ? share(net, gross) : null,
    costs: grossMovement > 0 ? grossMovement / (grossMovement + Math.max(costs, 0)) : null,
    size: share(tally.orderedValue, changedValue),
    holding: holdingMs === null ? null : holdingMs > 0 ? share(holdingMs - delayMs, holdingMs) : 0,
    listed: tally.listedValue === null ? null : share(tally.listedValue, changedValue),
    bursts: share(tally.ordersInRate, orders),
  };
  return { score: geometricMean(Object.values(parts).filter((part) => part !== null)), parts };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(Math.max(part / whole, 0), 1) : null;
}

function geometricMean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (values.includes(0)) return 0;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
