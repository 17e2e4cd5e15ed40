/**
 * How long a copy took, both ends on the exchange's clock: from the leader's fill to the arrival of the follower's order.
 */
import type { SentOrder } from "./record.ts";

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds, by nearest rank; zeros while nothing was measured. */
export function latencyOf(orders: readonly SentOrder[], arrivedAtMs: ReadonlyMap<string, number>): Latency {
  const delays: number[] = [];
  for (const { clientOrderId, leaderTimeMs } of orders) {
    const arrived = arrivedAtMs.get(clientOrderId);
    if (arrived !== undefined && leaderTimeMs > 0) delays.push(arrived - leaderTimeMs);
  }
  delays.sort((left, right) => left - right);
  return { p50: rank(delays, 0.5), p99: rank(delays, 0.99) };
}

function rank(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
