/**
 * What copying came to over time: of each follower, leader and strategy, and of all together, by day, week and month. Read from the data
 * folder, beside an engine that writes it or without one.
 */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import type { Period } from "../../core/model/periods.ts";
import type { State } from "../../core/state.ts";
import type { GuardUse } from "../control.ts";
import { guardUses } from "../guards-report.ts";
import { GUARD_NAMES } from "../stop-report.ts";
import { assertAmong } from "./asked-names.ts";
import { dayLines } from "./day-lines.ts";
import { type FollowerDay, followerDays, isPaperPlace } from "./follower-days.ts";
import { type KnownDays, readDays } from "./read-days.ts";
import { type Asked, BY_HAND, type Subject, type SubjectKind, subjectsOf } from "./subjects.ts";
import { type PeriodResult, periodResults, type TrackRecord, trackRecord } from "./track-record.ts";

export interface PerformanceRequest extends Asked {
  readonly by?: Period;
  /** UTC milliseconds, of whole days; from included, to excluded. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly nowMs: number;
}

export interface PerformanceRow extends TrackRecord {
  readonly of: SubjectKind;
  /** "" of the portfolio. */
  readonly name: string;
  /** Of paper accounts; real money is never among it. */
  readonly isPaper: boolean;
  readonly periods: readonly PeriodResult[];
  /** Of a follower: the limit on its account's draw-down as the guard measures it; null where there is none. */
  readonly limit: GuardUse | null;
}

export interface PerformanceReport {
  readonly asOfMs: number;
  /** The first day that is known of anybody, and whether copying had begun before it. */
  readonly firstDay: number;
  readonly isCut: boolean;
  readonly by: Period | null;
  readonly rows: readonly PerformanceRow[];
}

/** Null where nothing was started yet. Throws a ControlError for names that are not known, and what reading the folder throws. */
export async function performance(
  dataDir: string,
  request: PerformanceRequest,
): Promise<PerformanceReport | null> {
  const known = await readDays(dataDir);
  return known === null ? null : performanceOf(known, request);
}

export function performanceOf(known: KnownDays, request: PerformanceRequest): PerformanceReport {
  const all = followerDays(known.accountDays, known.copyDays);
  assertKnown(all, request);
  const days = all.filter(({ day }) => isWithin(day, request));
  const subjects = subjectsOf(days, request);
  return {
    asOfMs: known.state.nowMs,
    firstDay: all.reduce((first, { day }) => Math.min(first, day), utcDay(known.state.nowMs)),
    isCut: known.accountDays.some(({ opening }) => opening),
    by: request.by ?? null,
    rows: subjects.flatMap((subject) => {
      const [first] = subjects;
      // Resampling takes its time: of one, in real money and on paper.
      const withIntervals = subject.of === first?.of && subject.name === first.name;
      return rowOf(subject, { state: known.state, withIntervals }, request);
    }),
  };
}

function isWithin(day: number, { fromMs, toMs }: PerformanceRequest): boolean {
  return (fromMs === undefined || (day + 1) * DAY_MS > fromMs) && (toMs === undefined || day * DAY_MS < toMs);
}

function rowOf(
  { of, name, isPaper, scope, days }: Subject,
  { state, withIntervals }: { readonly state: State; readonly withIntervals: boolean },
  { by, nowMs }: PerformanceRequest,
): readonly PerformanceRow[] {
  const today = Math.max(utcDay(nowMs), utcDay(state.nowMs));
  const lines = dayLines(days, scope);
  const record = trackRecord(lines, today, { withIntervals });
  if (record === null) return [];
  const periods = by === undefined ? [] : periodResults(lines, by, today);
  const limit = of === "follower" ? limitOf(state, name, isPaper) : null;
  return [{ of, name, isPaper, ...record, periods, limit }];
}

/** Of an account that is what it was. */
function limitOf(state: State, name: string, isPaper: boolean): GuardUse | null {
  const follower = [...state.followers.values()].find(({ account }) => account === name);
  if (follower?.place == null || isPaperPlace(follower.place) !== isPaper) return null;
  return guardUses(state, follower, null).find(({ guard }) => guard === GUARD_NAMES.drawdown) ?? null;
}

function assertKnown(days: readonly FollowerDay[], { follower, leader, strategy }: PerformanceRequest): void {
  const leaders = days
    .flatMap((one) => one.leaders.map((found) => found.leader))
    .filter((name) => name !== "");
  const strategies = days.map((one) => (one.strategy === "" ? BY_HAND : one.strategy));
  assertAmong(
    "follower",
    follower,
    days.map((one) => one.follower),
    "unknown-follower",
  );
  assertAmong("leader", leader, leaders, "unknown-leader");
  assertAmong("strategy", strategy, strategies, "bad-request");
}
