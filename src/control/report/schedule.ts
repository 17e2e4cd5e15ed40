/**
 * Which scheduled reports are due: of each kind the newest period whose moment has passed, unless it was made already. So what was missed while
 * nothing ran is made up for once, by the last of it. A report is due at the first stroke of its time, by the owner's clock, after its period ended.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, endOfDayMs } from "../../analytics/equity/days.ts";
import type { ReportValues } from "../../config.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { lastOver, periodName, REPORT_KINDS, type ReportKind, type ReportPeriod } from "./period.ts";
import { writeReportFile } from "./report-files.ts";

/** Names of the periods that were made last. */
export type LastMade = Readonly<Partial<Record<ReportKind, string>>>;

export interface ScheduleTimes {
  /** `07:00` */
  readonly time: string;
  /** An IANA name. */
  readonly timeZone: string;
}

/** Names of one kind sort by time: an older period than the last made is never made again, also where the time of day was changed. */
export function dueReports(values: ReportValues, made: LastMade, nowMs: number): readonly ReportPeriod[] {
  const times = { time: values.time.value, timeZone: values.timeZone.value };
  return REPORT_KINDS.filter((kind) => values[kind].value)
    .map((kind) => newestPassed(kind, times, nowMs))
    .filter((period) => period.kind === "range" || (made[period.kind] ?? "") < periodName(period));
}

/** When the report of a period that ends with this day is due. */
export function dueMs(lastDay: number, { time, timeZone }: ScheduleTimes): number {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const fromMs = endOfDayMs(lastDay);
  for (let minute = 0; minute < DAY_MINUTES; minute += 1) {
    const atMs = fromMs + minute * MINUTE_MS;
    if (clock.format(atMs) === time) return atMs;
  }
  // The hour that is left out in spring: a day later in the year it is there, and nothing is missed.
  return fromMs + DAY_MS - MINUTE_MS;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

function newestPassed(kind: ReportKind, times: ScheduleTimes, nowMs: number): ReportPeriod {
  const last = lastOver(kind, nowMs);
  if (dueMs(last.lastDay, times) <= nowMs) return last;
  return lastOver(kind, last.firstDay * DAY_MS);
}

export function readLastMade(dataDir: string): LastMade {
  const path = join(dataFolderPaths(dataDir).reports, RECORD);
  if (!existsSync(path)) return {};
  try {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof found !== "object" || found === null) return {};
    const entries = Object.entries(found).filter((entry): entry is [ReportKind, string] => isEntry(entry));
    return Object.fromEntries(entries);
  } catch {
    // Torn or foreign: the last periods are made once more.
    return {};
  }
}

const RECORD = "scheduled.json";

export function noteMade(dataDir: string, periods: readonly ReportPeriod[]): void {
  const made = Object.fromEntries(periods.map((period) => [period.kind, periodName(period)]));
  const all = { ...readLastMade(dataDir), ...made };
  writeReportFile(dataFolderPaths(dataDir).reports, RECORD, `${JSON.stringify(all)}\n`);
}

function isEntry([kind, name]: readonly [string, unknown]): boolean {
  return REPORT_KINDS.some((one) => one === kind) && typeof name === "string";
}
