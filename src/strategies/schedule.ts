/** When a strategy is asked again: the one answer for live, paper and backtest. */
import type { Strategy } from "./strategy.ts";

const HOUR_MS = 3_600_000;

/** Milliseconds from one decision to the next; null: it decides only when it is asked to. */
export function decisionEveryMs({
  rebalancingHours: hours,
}: Pick<Strategy, "rebalancingHours">): number | null {
  return hours > 0 ? Math.max(1, Math.round(hours * HOUR_MS)) : null;
}

/** One of the user's own under the hours that the configuration states in place of its own; null states none. */
export function onSchedule(strategy: Strategy, hours: number | null): Strategy {
  return hours === null ? strategy : { ...strategy, rebalancingHours: hours };
}
