/** Periods of the calendar, against the platform's own calendar over two centuries. */
import { describe, expect, test } from "vitest";
import { PERIODS } from "../../core/model/periods.ts";
import { DAY_MS, utcDay } from "../equity/days.ts";
import { dateOfDay, periodOf } from "./calendar.ts";

const FROM = utcDay(Date.UTC(1900, 0, 1));
const TO = utcDay(Date.UTC(2105, 0, 1));

describe("the calendar", () => {
  test("names days, months and quarters as the platform does", () => {
    for (let day = FROM; day < TO; day += 1) {
      const date = new Date(day * DAY_MS);
      const iso = date.toISOString().slice(0, 10);
      const quarter = Math.floor(date.getUTCMonth() / 3) + 1;
      if (dateOfDay(day) !== iso) expect(dateOfDay(day)).toBe(iso);
      const names = [periodOf(day, "month").name, periodOf(day, "quarter").name];
      const wanted = [iso.slice(0, 7), `${date.getUTCFullYear()}-Q${quarter}`];
      if (String(names) !== String(wanted)) expect(names).toEqual(wanted);
    }
  });

  test("has periods that follow each other without a gap, and hold each of their days", () => {
    for (const period of PERIODS) {
      for (let day = FROM; day < TO; ) {
        const span = periodOf(day, period);
        if (day !== FROM) expect(span.firstDay).toBe(day);
        expect(periodOf(span.lastDay, period)).toEqual(span);
        day = span.lastDay + 1;
      }
    }
  });

  test("numbers weeks as ISO 8601 does", () => {
    const week = (date: string) => periodOf(utcDay(Date.parse(date)), "week").name;
    expect(
      ["2026-11-21", "2027-01-03", "2027-01-04", "2021-01-03", "2020-12-28", "2024-12-30"].map(week),
    ).toEqual(["2026-W47", "2026-W53", "2027-W01", "2020-W53", "2020-W53", "2025-W01"]);
  });
});
