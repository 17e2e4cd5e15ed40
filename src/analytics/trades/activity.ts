/** How much a trader does: trips per day, the days on which something is done, and the longest pause. */
import { DAY_MS, utcDay } from "../equity/days.ts";
import type { RoundTrip } from "../positions/round-trip.ts";

/** A window of observation, UTC milliseconds; `untilMs` above `fromMs`. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
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
