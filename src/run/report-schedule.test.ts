/** Reports by the clock: what is due is made by the command, told when it is ready, and tried again when it failed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AlertReport } from "../alerts/alert.ts";
import { alertOf } from "../alerts/alert.ts";
import type { ReportValues } from "../config.ts";
import { parsePeriod } from "../control/report/period.ts";
import { noteMade } from "../control/report/schedule.ts";
import { silentLog } from "../log.ts";
import type { CommandEnd, NicedCommand } from "./niced-command.ts";
import { ReportSchedule } from "./report-schedule.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const stated = <Value>(value: Value) => ({ value, source: "test" }) as const;
const reports: ReportValues = {
  daily: stated(true),
  weekly: stated(false),
  monthly: stated(false),
  time: stated("07:00"),
  timeZone: stated("UTC"),
  accounts: stated(["me"]),
  formats: stated(["html"]),
  keepDays: stated(400),
};

let dataDir = "";
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  dataDir = mkdtempSync(join(tmpdir(), "report-schedule-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dataDir, { recursive: true });
});

/** Commands that were run, and how each ends. */
function begun(daily = true) {
  const alerts: AlertReport[] = [];
  const runs: { readonly asked: NicedCommand; readonly end: (end: CommandEnd) => void }[] = [];
  const schedule = new ReportSchedule({
    configDir: "config",
    dataDir,
    reports: { ...reports, daily: stated(daily) },
    log: silentLog,
    raise: (report) => alerts.push(report),
    run: (asked, end) => {
      runs.push({ asked, end });
      return { stop: () => {} };
    },
  });
  schedule.start();
  return { schedule, alerts, runs };
}

test("what is due is made once, and told with account, period and files", () => {
  const { alerts, runs, schedule } = begun();
  expect(runs.map(({ asked }) => asked.command)).toEqual([["report", "--scheduled"]]);
  vi.advanceTimersByTime(120_000);
  expect(runs).toHaveLength(1);
  noteMade(dataDir, [parsePeriod("daily", NOW)]);
  const files = ["reports/account-me-daily-2026-11-20.html"];
  const ready = [
    { of: "portfolio", name: "", kind: "daily", period: "2026-11-20", files: [] },
    { of: "account", name: "me", kind: "daily", period: "2026-11-20", files },
    { of: 7 },
  ];
  runs[0]?.end({ kind: "answered", answer: { ready } });
  expect(alerts.map((report) => alertOf(report, NOW))).toMatchObject([
    { kind: "report-ready", message: "a scheduled report is ready: daily 2026-11-20, all accounts" },
    {
      kind: "report-ready",
      severity: "info",
      follower: "me",
      message: "a scheduled report is ready: daily 2026-11-20",
      numbers: { of: "account", period: "2026-11-20", files: files[0] },
    },
  ]);
  vi.advanceTimersByTime(3_600_000);
  expect(runs).toHaveLength(1);
  vi.setSystemTime(Date.parse("2026-11-22T06:59:00Z"));
  vi.advanceTimersByTime(61_000);
  expect(runs).toHaveLength(2);
  schedule.stop();
});

test("one that fails is told once, and tried again after a while", () => {
  const { alerts, runs, schedule } = begun();
  runs[0]?.end({ kind: "failed", cause: "the disk is full" });
  vi.advanceTimersByTime(14 * 60_000);
  expect(runs).toHaveLength(1);
  vi.advanceTimersByTime(2 * 60_000);
  expect(runs).toHaveLength(2);
  runs[1]?.end({ kind: "failed", cause: "the disk is full" });
  expect(alerts).toEqual([{ kind: "report-failed", cause: "the disk is full" }]);
  schedule.stop();
});

test("nothing is begun where none are wished", () => {
  const { runs, schedule } = begun(false);
  vi.advanceTimersByTime(3_600_000);
  expect(runs).toEqual([]);
  schedule.stop();
});
