/** How much of the time a trader holds anything. */
import type { RoundTrip } from "../positions/round-trip.ts";
import type { Window } from "./activity.ts";

/** Share of the window in which at least one position was open, 0 to 1. */
export function timeInMarket(trips: readonly RoundTrip[], { fromMs, untilMs }: Window): number {
  const spans = trips
    .map(({ openMs, closeMs }) => [Math.max(openMs, fromMs), Math.min(closeMs, untilMs)] as const)
    .filter(([open, close]) => close > open)
    .sort(([left], [right]) => left - right);
  let covered = 0;
  let reached = fromMs;
  for (const [open, close] of spans) {
    covered += Math.max(0, close - Math.max(open, reached));
    reached = Math.max(reached, close);
  }
  return covered / (untilMs - fromMs);
}
