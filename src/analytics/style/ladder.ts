/** How a position was added to: against it or with it, in how regular steps, and with how much more each time. */
import type { PositionAdd, RoundTrip } from "../positions/round-trip.ts";

export interface Ladder {
  /** Additions while losing, and while winning. */
  readonly losing: number;
  readonly winning: number;
  /** 1 for steps of equal size (in logarithms of the price), towards 0 the more they differ; 0 below three steps. */
  readonly regularity: number;
  /** Logarithm to base 2 of the mean growth of quantities from one addition to the next; 0 below two additions. */
  readonly growth: number;
}

const STEPS_MIN = 3;
/** Fills that follow each other faster are parts of one order, or of one decision. */
const DECISION_MS = 60_000;

export function ladderOf({ side, openMs, adds: fills }: RoundTrip): Ladder {
  const adds = decisions(openMs, fills);
  const losing = adds.filter(({ price, averageEntry }) =>
    side === "long" ? price < averageEntry : price > averageEntry,
  );
  return {
    losing: losing.length,
    winning: adds.length - losing.length,
    regularity: regularityOf(losing.map(({ price }) => price)),
    growth: growthOf(losing.map(({ quantity }) => quantity)),
  };
}

/** One addition for each decision, at its first price; what follows the opening at once belongs to that. */
function decisions(openMs: number, fills: readonly PositionAdd[]): readonly PositionAdd[] {
  const found: PositionAdd[] = [];
  let lastMs = openMs;
  for (const fill of fills) {
    const last = found.at(-1);
    if (fill.atMs - lastMs >= DECISION_MS) found.push(fill);
    else if (last !== undefined)
      found[found.length - 1] = { ...last, quantity: last.quantity + fill.quantity };
    lastMs = fill.atMs;
  }
  return found;
}

function regularityOf(prices: readonly number[]): number {
  const steps = prices.slice(1).map((price, at) => Math.abs(Math.log(price / (prices[at] ?? price))));
  if (steps.length < STEPS_MIN) return 0;
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  if (!(mean > 0)) return 0;
  const variance = steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / steps.length;
  return 1 / (1 + Math.sqrt(variance) / mean);
}

function growthOf(quantities: readonly number[]): number {
  const [first, last] = [quantities[0], quantities.at(-1)];
  if (first === undefined || last === undefined || quantities.length < 2) return 0;
  return Math.log2(last / first) / (quantities.length - 1);
}
