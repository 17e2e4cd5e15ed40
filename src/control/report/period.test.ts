/** Which days a period has. */
import { describe, expect, test } from "vitest";
import { dateOfDay } from "../../analytics/performance/calendar.ts";
import { parsePeriod, periodName } from "./period.ts";

const NOW = Date.parse("2026-11-21T09:00:00Z");

describe("a period", () => {
  test.each([
    ["daily", "daily", "2026-11-20", "2026-11-20", "2026-11-20"],
    ["weekly", "weekly", "2026-W46", "2026-11-09", "2026-11-15"],
    ["monthly", "monthly", "2026-10", "2026-10-01", "2026-10-31"],
    ["2024-02-29", "daily", "2024-02-29", "2024-02-29", "2024-02-29"],
    ["2026-11", "monthly", "2026-11", "2026-11-01", "2026-11-30"],
    ["2026-11-01..2026-11-20", "range", "2026-11-01_2026-11-20", "2026-11-01", "2026-11-20"],
  ])("%s", (text, kind, name, from, to) => {
    const period = parsePeriod(text, NOW);
    expect(period.kind).toBe(kind);
    expect(periodName(period)).toBe(name);
    expect([period.firstDay, period.lastDay].map(dateOfDay)).toEqual([from, to]);
  });

  test.each([
    ["yesterday", '"yesterday" is no period'],
    ["2026-02-30", "the calendar has no day 2026-02-30"],
    ["2026-13", "the calendar has no day 2026-13-01"],
    ["2026-11-20..2026-11-01", "2026-11-20 is after 2026-11-01"],
    ["2026-11-01..", "is no period"],
    ["2000-01-01..2026-01-01", "it must be at most 3660 days"],
  ])("%s is refused, and it is said how one is written", (text, why) => {
    expect(() => parsePeriod(text, NOW)).toThrow(why);
    expect(() => parsePeriod(text, NOW)).toThrow("FROM..TO");
  });
});
