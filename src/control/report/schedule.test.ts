/** When scheduled reports are due: by the owner's clock, once, and after downtime the last of each kind alone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { utcDay } from "../../analytics/equity/days.ts";
import type { ReportValues } from "../../config.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { periodName } from "./period.ts";
import { dueMs, dueReports, noteMade, readLastMade } from "./schedule.ts";

const stated = <Value>(value: Value) => ({ value, source: "test" }) as const;

function values(more: Partial<ReportValues> = {}): ReportValues {
  return {
    daily: stated(true),
    weekly: stated(true),
    monthly: stated(true),
    time: stated("07:00"),
    timeZone: stated("Europe/Berlin"),
    accounts: stated([]),
    formats: stated(["html"]),
    keepDays: stated(400),
    ...more,
  };
}

const due = (now: string, made = {}, more = {}) =>
  dueReports(values(more), made, Date.parse(now)).map((period) => `${period.kind} ${periodName(period)}`);

describe("a report is due", () => {
  test("from its time on, by the owner's clock in winter and in summer", () => {
    const at = (date: string, timeZone: string, time = "07:00") =>
      new Date(dueMs(utcDay(Date.parse(date)), { time, timeZone })).toISOString();
    expect(at("2026-01-10", "Europe/Berlin")).toBe("2026-01-11T06:00:00.000Z");
    expect(at("2026-07-10", "Europe/Berlin")).toBe("2026-07-11T05:00:00.000Z");
    expect(at("2026-07-10", "America/New_York", "20:30")).toBe("2026-07-11T00:30:00.000Z");
    expect(at("2026-07-10", "Asia/Tokyo", "08:00")).toBe("2026-07-11T23:00:00.000Z");
    // An hour that spring leaves out.
    expect(at("2026-03-28", "Europe/Berlin", "02:30")).toBe("2026-03-29T23:59:00.000Z");
  });

  test("not before it, and not twice", () => {
    const made = { daily: "2026-11-19", weekly: "2026-W46", monthly: "2026-10" };
    expect(due("2026-11-21T05:59:00Z", made)).toEqual([]);
    expect(due("2026-11-21T06:00:00Z", made)).toEqual(["daily 2026-11-20"]);
    expect(due("2026-11-21T06:00:00Z", { ...made, daily: "2026-11-20" })).toEqual([]);
    // The time of day was moved on after the report of the day had been made.
    expect(due("2026-11-21T03:00:00Z", { ...made, daily: "2026-11-20" })).toEqual([]);
  });

  test("after downtime the last of each kind, and no other", () => {
    const made = { daily: "2026-09-01", weekly: "2026-W35", monthly: "2026-08" };
    expect(due("2026-11-21T12:00:00Z", made)).toEqual([
      "daily 2026-11-20",
      "weekly 2026-W46",
      "monthly 2026-10",
    ]);
    expect(due("2026-11-21T03:00:00Z", made)).toEqual([
      "daily 2026-11-19",
      "weekly 2026-W46",
      "monthly 2026-10",
    ]);
  });

  test("of the kinds that are wished", () => {
    const off = { weekly: stated(false), monthly: stated(false), daily: stated(false) };
    expect(due("2026-11-21T12:00:00Z", {}, off)).toEqual([]);
  });
});

test("what was made is kept, and a torn record makes the last ones once more", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "schedule-"));
  const [daily] = dueReports(values(), {}, Date.parse("2026-11-21T12:00:00Z"));
  noteMade(dataDir, daily === undefined ? [] : [daily]);
  expect(readLastMade(dataDir)).toEqual({ daily: "2026-11-20" });
  writeFileSync(join(dataFolderPaths(dataDir).reports, "scheduled.json"), '{"daily": "2026');
  expect(readLastMade(dataDir)).toEqual({});
  rmSync(dataDir, { recursive: true });
});
