/**
 * Hours of the week, in UTC, in which risk may grow. What a leader adds outside them is given up, so that the opening of a
 * window buys nothing by itself; reductions know no hours.
 */
import type { Objection } from "../risk/check-risk.ts";
import type { TradingWindow } from "../settings.ts";
import type { Copy, State } from "../state.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;
const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

export function checkHours(
  { nowMs }: Pick<State, "nowMs">,
  { allocation }: Pick<Copy, "allocation">,
): Objection | null {
  const { tradingHours } = allocation;
  if (tradingHours === null || isWithin(tradingHours, nowMs)) return null;
  const detail = { utc: momentText(nowMs), hours: tradingHours.map(windowText).join("; ") };
  return { reason: "outside-hours", detail, waive: true };
}

/** Whether one of the windows is open at `timeMs` (UTC milliseconds). */
export function isWithin(windows: readonly TradingWindow[], timeMs: number): boolean {
  const { day, minute } = momentOf(timeMs);
  return windows.some(({ days, fromMinute, toMinute }) => {
    const passesMidnight = toMinute <= fromMinute;
    if (days.includes(day) && minute >= fromMinute && (passesMidnight || minute < toMinute)) return true;
    return passesMidnight && days.includes((day + 6) % 7) && minute < toMinute;
  });
}

function momentOf(timeMs: number): { readonly day: number; readonly minute: number } {
  const minutes = Math.floor(timeMs / MINUTE_MS);
  const days = Math.floor(minutes / DAY_MINUTES);
  return { day: (days + FIRST_WEEKDAY) % 7, minute: minutes - days * DAY_MINUTES };
}

function momentText(timeMs: number): string {
  const { day, minute } = momentOf(timeMs);
  return `${DAY_NAMES[day]} ${clockText(minute)}`;
}

function windowText({ days, fromMinute, toMinute }: TradingWindow): string {
  return `${days.map((day) => DAY_NAMES[day]).join(",")} ${clockText(fromMinute)}-${clockText(toMinute)}`;
}

function clockText(minute: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
