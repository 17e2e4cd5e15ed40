/** A strategy whose options change at set moments: what was chosen forward, held in turn, so that changing them costs what it costs. */
import type { Strategy } from "../strategies/strategy.ts";

export interface Span {
  /** Before the first one's moment it is in force as well. */
  readonly fromMs: number;
  readonly strategy: Strategy;
}

const HOUR_MS = 3_600_000;

/** `spans`: at least one, oldest first. It is asked again at each change, however seldom its strategies want to be. */
export function forwardStrategy(spans: readonly [Span, ...Span[]]): Strategy {
  const [first] = spans;
  let hours = first.strategy.rebalancingHours;
  return {
    name: first.strategy.name,
    get rebalancingHours() {
      return hours;
    },
    choose: (evidence) => {
      const { asOfMs } = evidence;
      const { strategy } = spans.findLast(({ fromMs }) => fromMs <= asOfMs) ?? first;
      const nextMs = spans.find(({ fromMs }) => fromMs > asOfMs)?.fromMs ?? Number.POSITIVE_INFINITY;
      hours = Math.min(strategy.rebalancingHours, (nextMs - asOfMs) / HOUR_MS);
      return strategy.choose(evidence);
    },
  };
}
