/** UTC days, counted from 1970. */

export const DAY_MS = 86_400_000;

export function utcDay(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** The first moment that is not part of the day. */
export function endOfDayMs(day: number): number {
  return (day + 1) * DAY_MS;
}
