/** Windows of the week in a time zone: when it is quiet where the owner lives, over every change of the clocks. Pure. */

export interface ZonedWindow {
  /** 0 is Sunday; the days on which it begins. */
  readonly days: readonly number[];
  /** Of the day, by the clock on the wall. */
  readonly fromMinute: number;
  /** Up to 1,440; at or before `fromMinute` it ends on the next day. */
  readonly toMinute: number;
  /** IANA name: `Europe/Berlin`. */
  readonly timeZone: string;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

interface WallClock {
  readonly day: number;
  readonly minute: number;
}

/** Making one takes far longer than using it, and using it longer than a thousand alerts that wait may take. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** Of the last minute that was asked for, by time zone. */
const shown = new Map<string, WallClock & { readonly ofMinute: number }>();
const MINUTE_MS = 60_000;

/** Whether the clock on the wall shows a time within the window. */
export function isOpenAt({ days, fromMinute, toMinute, timeZone }: ZonedWindow, nowMs: number): boolean {
  const { day, minute } = wallClock(timeZone, nowMs);
  if (fromMinute < toMinute) return days.includes(day) && minute >= fromMinute && minute < toMinute;
  if (minute >= fromMinute) return days.includes(day);
  return minute < toMinute && days.includes((day + 6) % 7);
}

function wallClock(timeZone: string, nowMs: number): WallClock {
  const ofMinute = Math.floor(nowMs / MINUTE_MS);
  const known = shown.get(timeZone);
  if (known?.ofMinute === ofMinute) return known;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  );
  const number = (name: "hour" | "minute") => Number(parts.get(name) ?? 0);
  const found = {
    day: Math.max(0, DAYS.indexOf(parts.get("weekday") ?? "")),
    minute: number("hour") * 60 + number("minute"),
    ofMinute,
  };
  shown.set(timeZone, found);
  return found;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}
