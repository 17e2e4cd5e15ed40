/** Cuts the days of the past into periods that follow each other. Days are UTC days since 1970. */
import { DAY_MS } from "../../analytics/equity/days.ts";

export interface DaySpan {
  readonly beginDay: number;
  readonly days: number;
}

/** Calendar months; the first begins with the first whole month, the last ends with `lastDay`. */
export function monthSpans(firstDay: number, lastDay: number): readonly DaySpan[] {
  const first = new Date(firstDay * DAY_MS);
  const begins: number[] = [];
  for (let month = 0; ; month += 1) {
    const begin = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1) / DAY_MS;
    if (begin > lastDay) break;
    if (begin >= firstDay) begins.push(begin);
  }
  return begins.map((beginDay, at) => ({ beginDay, days: (begins[at + 1] ?? lastDay + 1) - beginDay }));
}

/** Spans of so many days, whole ones only, the last of which ends with `lastDay`. `days` is a whole number above zero. */
export function evenSpans(firstDay: number, lastDay: number, days: number): readonly DaySpan[] {
  const count = Math.max(0, Math.floor((lastDay + 1 - firstDay) / days));
  return Array.from({ length: count }, (_, at) => ({ beginDay: lastDay + 1 - (count - at) * days, days }));
}
