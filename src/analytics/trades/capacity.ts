/**
 * How much could follow a trader before the copies' own impact on the price takes half of the profit: as a multiple of what the trader itself
 * trades. Each trip is taken as entered and left at once at its largest size, and the trader's own impact as part of its prices; both make the
 * answer careful. An order k times as large pays sqrt(k) times as much of its value (`impactOf`), so with the profit P of all trips, their
 * values N and their impacts I at both ends
 *
 *   k^1.5 x sum of N (I at entry + I at exit) = k P / 2,   k = (P / (2 x that sum))^2.
 *
 * Source: the square-root law of impact, see ../copying/slippage.ts.
 */
import { impactOf } from "../copying/slippage.ts";
import { compensatedSum } from "../numeric/sums.ts";
import { netPnl, type RoundTrip } from "../positions/round-trip.ts";

/** What a market did in one bar; volume in units of the symbol. */
export interface MarketBar {
  readonly intervalMs: number;
  /** Deviation of the return over the bar. */
  readonly sigma: number;
  readonly volume: number;
}

/** A trip with the bars in which it was entered and left. */
export interface TripInMarket {
  readonly trip: RoundTrip;
  readonly entry: MarketBar;
  readonly exit: MarketBar;
}

/** Null where the trips earned nothing, or nothing is known of what their markets would do. */
export function capacityOf(trips: readonly TripInMarket[]): number | null {
  const profit = compensatedSum(trips.map(({ trip }) => netPnl(trip)));
  const paid = compensatedSum(
    trips.map(
      ({ trip, entry, exit }) =>
        trip.maxNotional * (impactOf(trip.maxQuantity, entry) + impactOf(trip.maxQuantity, exit)),
    ),
  );
  return profit > 0 && paid > 0 ? (profit / (2 * paid)) ** 2 : null;
}
