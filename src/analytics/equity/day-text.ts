/**
 * Moments and stretches of time as people read them, in UTC. A stretch is told as it is asked for: its last day is part of it, and what ends at
 * midnight ends with the day before.
 */
import { DAY_MS, monthOfDay, utcDay } from "./days.ts";

const MINUTE_MS = 60_000;
const DAYS_OF_A_MONTH = 31;

/** `2024-05-01` at midnight, `2024-05-01 12:05` otherwise. */
export function timeText(ms: number): string {
  const day = utcDay(ms);
  const minutes = Math.floor((ms - day * DAY_MS) / MINUTE_MS);
  if (ms === day * DAY_MS) return dateText(day);
  return `${dateText(day)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Of the first moment that is not part of it: `2024-05-31` for midnight on 1 June. */
export function endText(ms: number): string {
  return timeText(ms === utcDay(ms) * DAY_MS ? ms - DAY_MS : ms);
}

/** `2024-05-01 to 2024-05-31`, both of them whole. */
export function rangeText({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `${timeText(fromMs)} to ${endText(toMs)}`;
}

/** Months are counted from March of the year 0. */
function dateText(day: number): string {
  const month = monthOfDay(day);
  let first = day;
  while (day - first < DAYS_OF_A_MONTH && monthOfDay(first - 1) === month) first -= 1;
  const fromJanuary = month + 2;
  const year = String(Math.floor(fromJanuary / 12)).padStart(4, "0");
  return `${year}-${two((fromJanuary % 12) + 1)}-${two(day - first + 1)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
