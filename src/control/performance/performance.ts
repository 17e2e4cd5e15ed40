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
import { dayLines, type Scope } from "./day-lines.ts";
import { type FollowerDay, followerDays } from "./follower-days.ts";
import { type KnownDays, readDays } from "./read-days.ts";
import { type PeriodResult, periodResults, type TrackRecord, trackRecord } from "./track-record.ts";

/** How strategies are told apart from what the owner chose. */
export const BY_HAND = "by-hand";

export interface PerformanceRequest {
  readonly follower?: string;
  readonly leader?: string;
  /** `by-hand`: whom the owner chose. */
  readonly strategy?: string;
  readonly by?: Period;
  /** UTC milliseconds, of whole days; from included, to excluded. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly nowMs: number;
}

export type SubjectKind = "portfolio" | "follower" | "leader" | "strategy" | "selection";

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
    rows: subjects.flatMap((subject) => rowOf(subject, days, known.state, request)),
  };
}

interface Subject {
  readonly of: SubjectKind;
  readonly name: string;
  readonly isPaper: boolean;
  readonly scope: Scope;
}

function isWithin(day: number, { fromMs, toMs }: PerformanceRequest): boolean {
  return (fromMs === undefined || (day + 1) * DAY_MS > fromMs) && (toMs === undefined || day * DAY_MS < toMs);
}

/** With a filter the one that is asked about; without, everybody. */
function subjectsOf(days: readonly FollowerDay[], request: PerformanceRequest): readonly Subject[] {
  return [false, true].flatMap((isPaper) => {
    const some = days.filter((one) => one.isPaper === isPaper);
    if (some.length === 0) return [];
    return subjectsIn(some, request).map((subject) => ({ ...subject, isPaper }));
  });
}

function subjectsIn(
  days: readonly FollowerDay[],
  { follower, leader, strategy }: PerformanceRequest,
): readonly Omit<Subject, "isPaper">[] {
  const asked = {
    ...(follower === undefined ? {} : { follower }),
    ...(leader === undefined ? {} : { leader }),
    ...(strategy === undefined ? {} : { strategy: strategy === BY_HAND ? "" : strategy }),
  };
  const names = [follower, leader, strategy].filter((name) => name !== undefined);
  if (names.length > 1) return [{ of: "selection", name: names.join(" "), scope: asked }];
  if (follower !== undefined) return [{ of: "follower", name: follower, scope: asked }];
  if (leader !== undefined) return [{ of: "leader", name: leader, scope: asked }];
  if (strategy !== undefined) return [{ of: "strategy", name: strategy, scope: asked }];
  const each = (of: SubjectKind, all: readonly string[], scopeOf: (name: string) => Scope) =>
    [...new Set(all)].sort().map((name) => ({ of, name, scope: scopeOf(name) }));
  const leaders = days.flatMap((one) => one.leaders.map((found) => found.leader));
  const strategies = days.map((one) => one.strategy);
  return [
    { of: "portfolio", name: "", scope: {} },
    ...each(
      "follower",
      days.map((one) => one.follower),
      (name) => ({ follower: name }),
    ),
    ...each(
      "leader",
      leaders.filter((name) => name !== ""),
      (name) => ({ leader: name }),
    ),
    ...each("strategy", strategies, (name) => ({ strategy: name })).map((one) => ({
      ...one,
      name: one.name === "" ? BY_HAND : one.name,
    })),
  ];
}

function rowOf(
  { of, name, isPaper, scope }: Subject,
  days: readonly FollowerDay[],
  state: State,
  { by, nowMs }: PerformanceRequest,
): readonly PerformanceRow[] {
  const today = Math.max(utcDay(nowMs), utcDay(state.nowMs));
  const lines = dayLines(
    days.filter((one) => one.isPaper === isPaper),
    scope,
  );
  const record = trackRecord(lines, today);
  if (record === null) return [];
  const periods = by === undefined ? [] : periodResults(lines, by, today);
  return [{ of, name, isPaper, ...record, periods, limit: of === "follower" ? limitOf(state, name) : null }];
}

function limitOf(state: State, name: string): GuardUse | null {
  const follower = [...state.followers.values()].find(({ account }) => account === name);
  if (follower === undefined) return null;
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
