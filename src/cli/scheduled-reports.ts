/** `report --scheduled`: makes what is due by the configuration, notes that it was, and removes files that are too old. */
import { relative } from "node:path";
import { type AddedSections, makeReport } from "../control/report/make-report.ts";
import { periodName } from "../control/report/period.ts";
import { forgetReports } from "../control/report/report-files.ts";
import { dueReports, noteMade, readLastMade } from "../control/report/schedule.ts";
import type { PeriodReport, ReportSubject } from "../reports/period/period-report.ts";
import type { Folders } from "./command.ts";
import { loadForInspection } from "./load.ts";
import { EXIT, type Output } from "./output.ts";

const DAY_MS = 86_400_000;

export interface ReadyReport {
  readonly of: ReportSubject["of"];
  readonly name: string;
  readonly kind: string;
  readonly period: string;
  /** In the data folder. */
  readonly files: readonly string[];
}

/** `sectionsOf`: what the owner's own files add. */
export async function makeScheduled(
  folders: Folders,
  sectionsOf: (report: PeriodReport) => AddedSections,
  output: Output,
): Promise<number> {
  const { data } = folders;
  const { reports } = await loadForInspection(folders);
  const nowMs = Date.now();
  const due = dueReports(reports, readLastMade(data), nowMs);
  const subjects: readonly ReportSubject[] = [
    { of: "portfolio", name: "" },
    ...reports.accounts.value.map((name) => ({ of: "account", name }) as const),
  ];
  const ready: ReadyReport[] = [];
  for (const period of due) {
    for (const subject of subjects) {
      const made = await makeReport(data, {
        subject,
        period,
        formats: reports.formats.value,
        nowMs,
        skipsEmpty: true,
        sectionsOf,
      });
      if (made === null || made.files.length === 0) continue;
      const files = made.files.map((file) => relative(data, file));
      ready.push({ ...subject, kind: period.kind, period: periodName(period), files });
    }
    noteMade(data, [period]);
  }
  const isOff = [reports.daily, reports.weekly, reports.monthly].every(({ value }) => !value);
  const nothing = isOff
    ? "nothing is scheduled: reports.daily, weekly and monthly are off"
    : "nothing is due";
  const removed = forgetReports(data, nowMs - reports.keepDays.value * DAY_MS);
  output.result({ ready, removed }, () =>
    [
      ...(ready.length === 0 ? [nothing] : []),
      ...ready.map(({ of, name, kind, period, files }) =>
        [
          `${of === "portfolio" ? "all accounts" : name}: ${kind} ${period}`,
          ...files.map((file) => `  ${file}`),
        ].join("\n"),
      ),
      ...(removed === 0
        ? []
        : [`removed ${removed} files that were older than ${reports.keepDays.value} days`]),
    ].join("\n"),
  );
  return EXIT.ok;
}
