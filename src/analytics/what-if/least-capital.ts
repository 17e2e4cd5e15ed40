/**
 * The least capital from which on something holds. Whole quantity steps make it hold here and fail a little above (1.9 steps are
 * copied as one, 1.0 as one), so that the search comes from above, in small rungs, and ends at the first that fails. Far above it may
 * fail as well, where positions are more than a venue takes.
 */

export interface CapitalSearch {
  readonly from: number;
  /** Nothing above it is tried. */
  readonly to: number;
}

/** Each rung is so much of the one above it; what lies between the last two is halved until it is known to a hundredth. */
const RUNG = 0.93;
/** On the way down to where it holds at all. */
const STEP = 0.5;
const PRECISION = 1.01;

/** Null where it holds nowhere. */
export function leastCapital(
  holdsAt: (capital: number) => boolean,
  { from, to }: CapitalSearch,
): number | null {
  let holds = to;
  while (!holdsAt(holds)) {
    holds *= STEP;
    if (holds < from) return null;
  }
  let fails = holds * RUNG;
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
