/** What the commands of market history share: dates, lengths of bars, and what is asked of times. */
import { InvalidArgumentError } from "commander";
import { endText, timeText } from "../analytics/equity/day-text.ts";
import { parseInterval } from "../market/interval.ts";
import { SERIES_KINDS, type SeriesKind, type TimeRange } from "../market/market-history.ts";
import { usage } from "./output.ts";

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

/** Of two options, the beginning first; throws an error of usage where the end is not after it. One that was not given is in order. */
export function assertInOrder(asked: Readonly<Record<string, number | undefined>>): void {
  const [[fromOption = "", from] = [], [toOption = "", to] = []] = Object.entries(asked);
  if (from !== undefined && to !== undefined && to <= from)
    throw usage(`${toOption}: ${endText(to)} is not after ${fromOption} ${timeText(from)}`);
}

/** Throws an error of usage for a time of which nothing can be known yet. */
export function assertPast(option: string, ms: number | undefined): void {
  if (ms !== undefined && ms > Date.now()) throw usage(`${option}: ${timeText(ms)} is in the future`);
}

function dateText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** As JSON. */
export function rangeJson({ fromMs, toMs }: TimeRange) {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
