/**
 * What a trader's record says of the risk of holding what it holds: results per unit of value held of the last days that are over, and how far
 * those move with the benchmark. The engine is told it for its limits, and `copytrader risk` shows it: both by this one reading.
 */

import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import { betaOn } from "../../analytics/risk/benchmark-beta.ts";
import {
  RISK_DAYS_MIN,
  type RiskWindow,
  type UnitReturns,
  unitReturns,
} from "../../analytics/risk/unit-returns.ts";
import { type LeaderRisk, RETURN_UNITS, RISK_DAYS } from "../../core/evidence.ts";
import { benchmarkReturns } from "../benchmark.ts";
import type { TraderEvidence } from "../evidence.ts";
import type { TraderMarks } from "../marks.ts";

export interface RiskReading {
  readonly unit: UnitReturns;
  /** Per unit of value held; null where too few days of the benchmark are known. */
  readonly beta: { readonly beta: number; readonly days: number } | null;
}

/** Why a record tells nothing of risk. */
export type RiskLack = "no-record" | "too-short" | "venue-profit-only";

export type FoundRisk =
  | { readonly ok: true; readonly reading: RiskReading }
  | { readonly ok: false; readonly lack: RiskLack };

export interface RiskSources {
  readonly marks: Pick<TraderMarks, "markAt">;
  /** Symbol. */
  readonly benchmark: string;
  readonly window: RiskWindow;
}

export type RiskRecord = Pick<TraderEvidence, "days" | "pnl" | "dailyPeaks" | "assumptions">;

/** The days before the one of `nowMs`. */
export function riskWindow(nowMs: number, days: number = RISK_DAYS): RiskWindow {
  return { untilDay: utcDay(nowMs), days };
}

export function riskReading(record: RiskRecord | null, { marks, benchmark, window }: RiskSources): FoundRisk {
  if (record === null) return { ok: false, lack: "no-record" };
  const { days, pnl, dailyPeaks, assumptions } = record;
  if (assumptions.some(({ word }) => word === "venue-profit-only"))
    return { ok: false, lack: "venue-profit-only" };
  const unit = unitReturns({ firstDay: utcDay(Date.parse(days[0] ?? "")), pnl, dailyPeaks }, window);
  if (unit === null) return { ok: false, lack: "too-short" };
  const market = benchmarkReturns(marks, benchmark, windowDays(window)).returns;
  const counts = (day: number) => unit.isOwn[day] === 1;
  const beta = betaOn(unit.returns, market, { counts, daysMin: RISK_DAYS_MIN });
  return { ok: true, reading: { unit, beta } };
}

function windowDays({ untilDay, days }: RiskWindow): readonly string[] {
  return Array.from({ length: days }, (_, day) =>
    new Date((untilDay - days + day) * DAY_MS).toISOString().slice(0, 10),
  );
}

const BETA_DIGITS = 6;

/** As the engine is told it; `untilDay` is that of the reading, over RISK_DAYS days. */
export function toldRisk({ unit, beta }: RiskReading, untilDay: number): LeaderRisk {
  const dayReturns = new Array<number>(RISK_DAYS).fill(0);
  for (const [place, value] of unit.returns.entries())
    dayReturns[(untilDay - RISK_DAYS + place) % RISK_DAYS] = Math.round(value * RETURN_UNITS);
  return { dayReturns, ...(beta === null ? {} : { beta: beta.beta.toFixed(BETA_DIGITS) }) };
}
