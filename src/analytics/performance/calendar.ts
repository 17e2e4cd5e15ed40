/**
 * Which period of the calendar a UTC day belongs to; weeks are those of ISO 8601, from Monday to Sunday. Days are counted from 1970.
 * Source of the arithmetic: H. Hinnant, chrono-compatible date algorithms.
 */
import type { Period } from "../../core/model/periods.ts";
import { monthOfDay } from "../equity/days.ts";

export interface DaySpan {
  /** `2026-11-21`, `2026-W47`, `2026-11`, `2026-Q4`. */
  readonly name: string;
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Day 0 was a Thursday. */
const MONDAY_BEFORE = 3;

export function periodOf(day: number, period: Period): DaySpan {
  switch (period) {
    case "day":
      return { name: dateOfDay(day), firstDay: day, lastDay: day };
    case "week":
      return weekOf(day);
    case "month": {
      const { year, month } = monthWith(day);
      return { name: `${year}-${twoDigits(month)}`, ...monthsFrom(year, month, 1) };
    }
    case "quarter": {
      const { year, month } = monthWith(day);
      const quarter = Math.ceil(month / 3);
      return { name: `${year}-Q${quarter}`, ...monthsFrom(year, 3 * quarter - 2, 3) };
    }
  }
}

/** `2026-11-21` */
export function dateOfDay(day: number): string {
  const { year, month } = monthWith(day);
  return `${year}-${twoDigits(month)}-${twoDigits(day - firstOfMonth(year, month) + 1)}`;
}

/** The week's year is that of its Thursday. */
function weekOf(day: number): DaySpan {
  const firstDay = 7 * Math.floor((day + MONDAY_BEFORE) / 7) - MONDAY_BEFORE;
  const thursday = firstDay + 3;
  const { year } = monthWith(thursday);
  const week = Math.floor((thursday - firstOfMonth(year, 1)) / 7) + 1;
  return { name: `${year}-W${twoDigits(week)}`, firstDay, lastDay: firstDay + 6 };
}

/** Months are counted from March on, so that a leap day is the last of its year. */
function monthWith(day: number): { readonly year: number; readonly month: number } {
  const months = monthOfDay(day) + 2;
  return { year: Math.floor(months / 12), month: (months % 12) + 1 };
}

function monthsFrom(year: number, month: number, count: number): Omit<DaySpan, "name"> {
  const next =
    month + count > 12 ? firstOfMonth(year + 1, month + count - 12) : firstOfMonth(year, month + count);
  return { firstDay: firstOfMonth(year, month), lastDay: next - 1 };
}

function firstOfMonth(year: number, month: number): number {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const yearFromMarch = month > 2 ? year : year - 1;
  const era = Math.floor(yearFromMarch / 400);
  const yearOfEra = yearFromMarch - era * 400;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
