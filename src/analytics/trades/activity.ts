/**
 * How much a trader does, and how much could be copied: time in market, trips per day, the longest pause, and the capital that could
 * follow before the copies move the price.
 */
import { DAY_MS, utcDay } from "../equity/days.ts";
import { quantile } from "../numeric/quantile.ts";
import type { RoundTrip } from "../positions/round-trip.ts";

/** A window of observation, UTC milliseconds; `untilMs` above `fromMs`. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

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

export interface Activity {
  readonly trips: number;
  readonly tripsPerDay: number;
  /** Share of the window's days (UTC) on which a trip began or ended. */
  readonly activeDays: number;
  /** Longest time in the window in which no trip began or ended. */
  readonly longestPauseMs: number;
}

export function activityOf(trips: readonly RoundTrip[], { fromMs, untilMs }: Window): Activity {
  const times = trips
    .flatMap(({ openMs, closeMs }) => [openMs, closeMs])
    .filter((atMs) => atMs >= fromMs && atMs < untilMs)
    .sort((left, right) => left - right);
  const days = new Set(times.map(utcDay));
  const allDays = utcDay(untilMs - 1) - utcDay(fromMs) + 1;
  const marks = [fromMs, ...times, untilMs];
  const pauses = marks.slice(1).map((atMs, index) => atMs - (marks[index] ?? atMs));
  return {
    trips: trips.length,
    tripsPerDay: (trips.length * DAY_MS) / (untilMs - fromMs),
    activeDays: days.size / allDays,
    longestPauseMs: pauses.reduce((most, pause) => Math.max(most, pause), 0),
  };
}

/**
 * Capital that could follow a trader of `leaderEquity` while nine trips in ten stay below `participation` of their symbol's traded value
 * while they are entered, in the quote currency. `valueTraded` tells what the market trades of a symbol in the time that an entry may
 * take; trips in symbols that it does not know are left out. Null where nothing is left.
 */
export function capacityOf(
  trips: readonly RoundTrip[],
  {
    leaderEquity,
    participation,
    valueTraded,
  }: {
    readonly leaderEquity: number;
    readonly participation: number;
    readonly valueTraded: (symbol: string) => number | null;
  },
): number | null {
  const multiples = trips.flatMap(({ symbol, maxNotional }) => {
    const traded = valueTraded(symbol);
    return traded === null || maxNotional <= 0 ? [] : [(traded * participation) / maxNotional];
  });
  const multiple = quantile(multiples, 0.1);
  return multiple === null ? null : multiple * leaderEquity;
}
