/** Windows of the week as users write them: `Mon-Fri 08:00-17:00`, `Sat 22:00-02:00`, `00:00-24:00`, in UTC. */
import type { TradingWindow } from "../core/settings.ts";

const DAYS: readonly string[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const WINDOW = /^(?:(\w{3})(?:-(\w{3}))? )?(\d{2}):(\d{2})-(\d{2}):(\d{2})$/;
const DAY_MINUTES = 1_440;

/** Undefined when the text is no window, or none that is ever open. */
export function parseWindow(text: string): TradingWindow | undefined {
  const found = WINDOW.exec(text);
  if (found === null) return undefined;
  const [, first, last, ...clock] = found;
  const [fromHour = 0, fromMinutes = 0, toHour = 0, toMinutes = 0] = clock.map(Number);
  const days = daysOf(first, last ?? first);
  if (days === undefined || fromMinutes > 59 || toMinutes > 59) return undefined;
  const fromMinute = fromHour * 60 + fromMinutes;
  const toMinute = toHour * 60 + toMinutes;
  if (fromMinute >= DAY_MINUTES || toMinute > DAY_MINUTES || fromMinute === toMinute) return undefined;
  return { days, fromMinute, toMinute };
}

/** From the first to the last day, over the weekend where that is the way; all of them where none is named. */
function daysOf(first: string | undefined, last: string | undefined): readonly number[] | undefined {
  if (first === undefined || last === undefined) return DAYS.map((_, day) => day);
  const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
  if (from < 0 || to < 0) return undefined;
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (from + index) % 7);
}
