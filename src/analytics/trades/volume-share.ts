/**
 * How much of a market a trader is: its trips' largest size over what the market trades in an hour at their entry. One whose orders are
 * much of the market cannot be followed at its prices.
 */
import { quantile } from "../numeric/quantile.ts";
import type { TripInMarket } from "./capacity.ts";

const HOUR_MS = 3_600_000;

/** 90 % quantile over the trips; null without one in a market that trades. */
export function volumeShare(trips: readonly TripInMarket[]): number | null {
  const shares = trips.flatMap(({ trip: { maxQuantity }, entry: { volume, intervalMs } }) =>
    volume > 0 ? [maxQuantity / ((volume * HOUR_MS) / intervalMs)] : [],
  );
  return quantile(shares, 0.9);
}
