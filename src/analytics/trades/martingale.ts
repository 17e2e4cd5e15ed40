/**
 * Whether a trader adds to what is losing: a record that looks smooth until the position that does not come back. All shares are
 * between 0 and 1; null without a trip, or without anything added.
 */
import { quotient } from "../numeric/sums.ts";
import type { PositionAdd, RoundTrip } from "../positions/round-trip.ts";

export interface Martingale {
  /** Share of trips that were added to while losing. */
  readonly tripsAveragedDown: number | null;
  /** Of the value that was added, the share that was added while losing. */
  readonly valueAddedLosing: number | null;
  /** Most additions while losing in one trip. */
  readonly deepestLadder: number;
  /** The root of the product of both shares: 1 is a trader who always adds, and only to losers. */
  readonly score: number | null;
}

export function martingaleOf(trips: readonly RoundTrip[]): Martingale {
  const ladders = trips.map((trip) => trip.adds.filter((add) => losingAt(trip, add)));
  const added = value(trips.flatMap(({ adds }) => adds));
  const tripsAveragedDown = quotient(ladders.filter((ladder) => ladder.length > 0).length, trips.length);
  const valueAddedLosing = quotient(value(ladders.flat()), added);
  return {
    tripsAveragedDown,
    valueAddedLosing,
    deepestLadder: ladders.reduce((most, ladder) => Math.max(most, ladder.length), 0),
    score: tripsAveragedDown === null ? null : Math.sqrt(tripsAveragedDown * (valueAddedLosing ?? 0)),
  };
}

function losingAt({ side }: RoundTrip, { price, averageEntry }: PositionAdd): boolean {
  return side === "long" ? price < averageEntry : price > averageEntry;
}

function value(adds: readonly PositionAdd[]): number {
  return adds.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
}
