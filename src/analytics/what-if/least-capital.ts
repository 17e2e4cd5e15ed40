/**
 * The least capital from which on something holds. Whole quantity steps make it hold here and fail a little above (1.9 steps are
 * copied as one, 1.0 as one), so that the search comes from above, in small rungs, and ends at the first that fails.
 */

export interface CapitalSearch {
  readonly from: number;
  /** Nothing above it is tried. */
  readonly to: number;
}

/** Each rung is so much of the one above it; what lies between the last two is halved until it is known to a hundredth. */
const RUNG = 0.93;
const PRECISION = 1.01;

/** Null where it does not hold at the most that is tried. */
export function leastCapital(
  holdsAt: (capital: number) => boolean,
  { from, to }: CapitalSearch,
): number | null {
  if (!holdsAt(to)) return null;
  let holds = to;
  let fails = to * RUNG;
  while (holdsAt(fails)) {
    if (fails <= from) return from;
    holds = fails;
    fails = Math.max(from, fails * RUNG);
  }
  while (holds / fails > PRECISION) {
    const middle = Math.sqrt(holds * fails);
    if (holdsAt(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}
