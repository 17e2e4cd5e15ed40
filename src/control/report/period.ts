/**
 * For which days a report is: a period that is over (`daily`, `weekly`, `monthly`), the one that a date names, or a range. Days are UTC, as all
 * days of performance are.
 */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import { dateOfDay, periodOf } from "../../analytics/performance/calendar.ts";
import { ControlError } from "../control.ts";

export const REPORT_KINDS = ["daily", "weekly", "monthly"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export interface ReportPeriod {
  readonly kind: ReportKind | "range";
  /** UTC days since 1970, both included. */
  readonly firstDay: number;
  readonly lastDay: number;
}

const UNIT = { daily: "day", weekly: "week", monthly: "month" } as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;
const DAYS_MAX = 3_660;
const FORM =
  "it is daily, weekly or monthly (the last that is over), a day (2026-11-20), a month (2026-11) or FROM..TO (2026-11-01..2026-11-20)";

/** Throws a ControlError that says how a period is written. */
export function parsePeriod(text: string, nowMs: number): ReportPeriod {
  const kind = REPORT_KINDS.find((name) => name === text);
  if (kind !== undefined) return lastOver(kind, nowMs);
  if (DATE.test(text)) return dayPeriod(text);
  if (MONTH.test(text)) return { kind: "monthly", ...spanOf("monthly", dayOf(`${text}-01`)) };
  const [from = "", to = "", ...more] = text.split("..");
  if (more.length > 0 || !DATE.test(from) || !DATE.test(to)) throw wrong(`"${text}" is no period`);
  const [firstDay, lastDay] = [dayOf(from), dayOf(to)];
  if (firstDay > lastDay) throw wrong(`${from} is after ${to}`);
  if (lastDay - firstDay >= DAYS_MAX) throw wrong(`it must be at most ${DAYS_MAX} days`);
  return { kind: "range", firstDay, lastDay };
}

/** The last one that ended before today (UTC). */
export function lastOver(kind: ReportKind, nowMs: number): ReportPeriod {
  const { firstDay } = periodOf(utcDay(nowMs), UNIT[kind]);
  return { kind, ...spanOf(kind, firstDay - 1) };
}

/** `2026-11-20`, `2026-W47`, `2026-11`, or `2026-11-01_2026-11-20`: the part of a file's name. */
export function periodName({ kind, firstDay, lastDay }: ReportPeriod): string {
  if (kind === "range") return `${dateOfDay(firstDay)}_${dateOfDay(lastDay)}`;
  return periodOf(firstDay, UNIT[kind]).name;
}

/** UTC milliseconds, from included, to excluded. */
export function windowOf({ firstDay, lastDay }: Pick<ReportPeriod, "firstDay" | "lastDay">) {
  return { fromMs: firstDay * DAY_MS, toMs: (lastDay + 1) * DAY_MS };
}

function spanOf(kind: ReportKind, day: number) {
  const { firstDay, lastDay } = periodOf(day, UNIT[kind]);
  return { firstDay, lastDay };
}

function dayPeriod(text: string): ReportPeriod {
  const day = dayOf(text);
  return { kind: "daily", firstDay: day, lastDay: day };
}

function dayOf(text: string): number {
  const ms = Date.parse(text);
  if (!Number.isFinite(ms) || !new Date(ms).toISOString().startsWith(text))
    throw wrong(`the calendar has no day ${text}`);
  return utcDay(ms);
}

function wrong(why: string): ControlError {
  return new ControlError("bad-request", `period: ${why}; ${FORM}`);
}
