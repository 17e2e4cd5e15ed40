/**
 * Going forward through the past: at each beginning of a period traders are chosen by what was known then, held in equal parts to its end, and
 * the days of all periods are put one after the other.
 */

/** Somebody who could be chosen at the beginning of a period. */
export interface PeriodCandidate {
  readonly name: string;
  /** Daily returns that were known when it began, the newest last. */
  readonly returns: Float64Array;
  /** Daily returns of the period's days: what nobody knew. 0 on a day without a change. */
  readonly outcome: Float64Array;
}

export interface Period<Candidate extends PeriodCandidate = PeriodCandidate> {
  /** UTC day since 1970. */
  readonly beginDay: number;
  readonly days: number;
  readonly candidates: readonly Candidate[];
}

/** So many are held: `most`, or a third where that is fewer, or there would be nothing to choose. */
export function heldCount(candidates: number, most: number): number {
  return Math.min(most, Math.ceil(candidates / 3));
}

/** Mean of the outcomes, day by day: equal parts, every day anew. Nothing where nobody is held. */
export function heldReturns(held: readonly PeriodCandidate[], days: number): Float64Array {
  return Float64Array.from({ length: days }, (_, day) =>
    held.length === 0 ? 0 : held.reduce((sum, { outcome }) => sum + (outcome[day] ?? 0), 0) / held.length,
  );
}

/** `choose` gives who is held in a period. */
export function walkForward<Candidate extends PeriodCandidate>(
  periods: readonly Period<Candidate>[],
  choose: (period: Period<Candidate>) => readonly Candidate[],
): Float64Array {
  return Float64Array.from(periods.flatMap((period) => [...heldReturns(choose(period), period.days)]));
}
