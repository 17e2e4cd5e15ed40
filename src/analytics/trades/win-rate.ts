/**
 * Share of round trips that won, after fees, with Wilson's interval. Trips that ended at zero count as neither. Null without a trip that
 * won or lost.
 */
import { netPnl, type RoundTrip } from "../positions/round-trip.ts";
import { type Interval, wilsonInterval } from "../selection/wilson.ts";

export interface TradeWinRate {
  readonly wins: number;
  readonly losses: number;
  readonly rate: number | null;
  readonly interval: Interval | null;
}

export function tradeWinRate(trips: readonly RoundTrip[], confidence = 0.95): TradeWinRate {
  const wins = trips.filter((trip) => netPnl(trip) > 0).length;
  const losses = trips.filter((trip) => netPnl(trip) < 0).length;
  const decided = wins + losses;
  return {
    wins,
    losses,
    rate: decided === 0 ? null : wins / decided,
    interval: wilsonInterval(wins, decided, confidence),
  };
}
