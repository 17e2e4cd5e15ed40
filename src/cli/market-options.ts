/** What the commands of market history share: dates, lengths of bars, and how times and ranges are written. */
import { InvalidArgumentError } from "commander";
import { parseInterval } from "../market/interval.ts";
import { SERIES_KINDS, type SeriesKind, type TimeRange } from "../market/market-history.ts";

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;
const WHEN = "It must be a date (2024-05-01) or a moment (2024-05-01T12:00Z), in UTC.";

/** The beginning of a date, or the moment. */
export function fromTime(text: string): number {
  return momentOf(text);
}

/** The end of a date, or the moment. */
export function toTime(text: string): number {
  return momentOf(text) + (DATE.test(text) ? DAY_MS : 0);
}

function momentOf(text: string): number {
  const ms = DATE.test(text) || MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  // JavaScript takes 30 February for a day in March.
  if (Number.isNaN(ms) || (DATE.test(text) && dateText(ms) !== text)) throw new InvalidArgumentError(WHEN);
  return ms;
}

export function intervalMs(text: string): number {
  const value = parseInterval(text);
  if (value === null) throw new InvalidArgumentError("It must be a length such as 1m, 5m, 1h, 4h or 1d.");
  return value;
}

export function kindList(text: string): readonly SeriesKind[] {
  const names = text.split(",").map((name) => name.trim());
  const kinds = SERIES_KINDS.filter((kind) => names.includes(kind));
  if (kinds.length !== new Set(names).size)
    throw new InvalidArgumentError(
      `It must be some of ${SERIES_KINDS.join(", ")}, with commas between them.`,
    );
  return kinds;
}

/** `2024-05-01` at midnight, `2024-05-01 12:05` otherwise. */
export function timeText(ms: number): string {
  const text = new Date(ms).toISOString();
  return ms % DAY_MS === 0 ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function rangeText({ fromMs, toMs }: TimeRange): string {
  return `${timeText(fromMs)} to ${timeText(toMs)}`;
}

/** As JSON. */
export function rangeJson({ fromMs, toMs }: TimeRange) {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
