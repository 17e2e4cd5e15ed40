/**
 * Puts a report over a period together: of the portfolio, an account or a leader. Every number comes from where it is kept or worked out
 * for everybody else (performance, attribution, fees, alerts, certificates), and what only the journal tells is read along once.
 */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import { dateOfDay } from "../../analytics/performance/calendar.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openHistory } from "../../journal/history.ts";
import type { PeriodReport, ReportSubject } from "../../reports/period/period-report.ts";
import { type AttributionReport, type AttributionRequest, attribution } from "../attribution-report.ts";
import { assertAmong } from "../performance/asked-names.ts";
import { type FollowerDay, followerDays } from "../performance/follower-days.ts";
import { type PerformanceRow, performanceOf } from "../performance/performance.ts";
import type { KnownDays } from "../performance/read-days.ts";
import { alertsIn, parityIn, performanceFeesIn } from "./beside.ts";
import { type LedgerRecord, readLedgers } from "./ledger-reading.ts";
import { periodName, type ReportPeriod, windowOf } from "./period.ts";
import { copyingOf, dayOf, historyOf, partsOf, recordOf, sumsOf, tradesOf } from "./report-parts.ts";

export interface PeriodReportRequest {
  readonly subject: ReportSubject;
  readonly period: ReportPeriod;
  readonly nowMs: number;
}

export type ReportStep = { readonly sequence: number; readonly of: number };

/** Null where nothing was started yet. Yields how far it is; throws a ControlError for names that are not known. */
export function* periodReport(
  dataDir: string,
  known: KnownDays,
  request: PeriodReportRequest,
): Generator<ReportStep, PeriodReport | null, undefined> {
  const { subject, period, nowMs } = request;
  const days = followerDays(known.accountDays, known.copyDays);
  assertSubject(days, known, subject);
  const isPaper = isOnPaper(days, request);
  const followers = followersOf(days, subject, isPaper);
  const window = windowOf(period);
  const asked = { ...askedOf(subject), nowMs };
  const rows = performanceOf(known, { ...asked, ...window, by: "day" }).rows.filter(
    (row) => row.isPaper === isPaper,
  );
  const [own] = rows;
  const [record] = performanceOf(known, { ...asked, toMs: window.toMs, by: "day" }).rows.filter(
    (row) => row.isPaper === isPaper,
  );
  const history = openHistory(dataFolderPaths(dataDir).journal);
  if (history === null) return null;
  const scope = { ...(subject.of === "leader" ? { leader: subject.name } : {}), followers };
  const read = untilNow(window, known.state.nowMs);
  const ledgers = yield* twice(readLedgers(history, { ...scope, ...read, isPaper, method: "average" }), 0);
  const copying = yield* copyingIn(dataDir, { ...scope, ...read }, known.state.nowMs);
  return {
    version: 1,
    subject,
    isPaper,
    period: {
      kind: period.kind,
      name: periodName(period),
      from: dateOfDay(period.firstDay),
      to: dateOfDay(period.lastDay),
      isOver: utcDay(nowMs) > period.lastDay,
    },
    madeAtMs: nowMs,
    asOfMs: known.state.nowMs,
    coin: coinOf(ledgers, copying),
    summary: sumsOf(own),
    days: own?.periods.map((one) => dayOf(one, ledgers)) ?? [],
    history: historyOf(record, period),
    daysUnknown: period.lastDay - period.firstDay + 1 - (own?.days ?? 0),
    record: record === undefined ? null : recordOf(record),
    parts: partsOf(subject, rows),
    trades: tradesOf(ledgers, read, own?.days ?? 0),
    copying: copying?.totals.map(copyingOf) ?? [],
    performanceFees: performanceFeesIn(dataDir, known, { subject, isPaper, period, nowMs }),
    alerts: alertsIn(dataDir, subject, followers, window),
    parity: parityIn(dataDir, followers, window),
    sections: [],
    notes: notesOf({ own, days, request, isPaper, ledgers, copying }),
  };
}

/** What is written while this is read belongs to the next report: the days, the trades and the copies are of one moment. */
function untilNow({ fromMs, toMs }: ReturnType<typeof windowOf>, nowMs: number) {
  return { fromMs, toMs: Math.max(fromMs, Math.min(toMs, nowMs + 1)) };
}

/** Its part of the work: the journal is read once for the ledgers and once for the attribution. */
function* twice<Value>(
  steps: Generator<ReportStep, Value, undefined>,
  before: number,
): Generator<ReportStep, Value, undefined> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    const { sequence, of } = step.value;
    yield { sequence: before * of + sequence, of: 2 * of };
  }
}

/** Null for a time before the record, of which an attribution can tell nothing. */
function* copyingIn(
  dataDir: string,
  request: AttributionRequest & { readonly fromMs: number },
  endsMs: number,
): Generator<ReportStep, AttributionReport | null, undefined> {
  if (request.fromMs > endsMs) return null;
  return yield* twice(attribution(dataFolderPaths(dataDir).journal, request), 1);
}

function askedOf({ of, name }: ReportSubject) {
  switch (of) {
    case "portfolio":
      return {};
    case "account":
      return { follower: name };
    case "leader":
      return { leader: name };
  }
}

function assertSubject(
  days: readonly FollowerDay[],
  { state }: KnownDays,
  { of, name }: ReportSubject,
): void {
  if (of === "portfolio") return;
  const known =
    of === "account"
      ? days.map(({ follower }) => follower)
      : days.flatMap(({ leaders }) => leaders.map(({ leader }) => leader));
  const accounts = of === "account" ? [...state.followers.keys()] : [...state.leaders.keys()];
  const names = [...known, ...accounts].filter((one) => one !== "");
  if (of === "account") assertAmong("follower", name, names, "unknown-follower");
  else assertAmong("leader", name, names, "unknown-leader");
}

/** Real money where there is some of it in the period, else at any time; paper otherwise. */
function isOnPaper(days: readonly FollowerDay[], { subject, period }: PeriodReportRequest): boolean {
  const own = days.filter((one) => isOf(one, subject));
  const within = own.filter(({ day }) => day >= period.firstDay && day <= period.lastDay);
  const looked = within.length > 0 ? within : own;
  return looked.length > 0 && looked.every(({ isPaper }) => isPaper);
}

function isOf({ follower, leaders }: FollowerDay, { of, name }: ReportSubject): boolean {
  if (of === "portfolio") return true;
  return of === "account" ? follower === name : leaders.some(({ leader }) => leader === name);
}

function followersOf(
  days: readonly FollowerDay[],
  subject: ReportSubject,
  isPaper: boolean,
): readonly string[] {
  const own = days.filter((one) => one.isPaper === isPaper && isOf(one, subject));
  return [...new Set(own.map(({ follower }) => follower))].sort();
}

function coinOf(ledgers: LedgerRecord, copying: AttributionReport | null): string {
  return ledgers.reconciliation[0]?.coin ?? copying?.totals[0]?.coin ?? "USDT";
}

interface Noted {
  readonly own: PerformanceRow | undefined;
  readonly days: readonly FollowerDay[];
  readonly request: PeriodReportRequest;
  readonly isPaper: boolean;
  readonly ledgers: LedgerRecord;
  readonly copying: AttributionReport | null;
}

/** What is not known, and what is left out. */
function notesOf({ own, days, request, isPaper, ledgers, copying }: Noted): readonly string[] {
  const { subject, period, nowMs } = request;
  const window = windowOf(period);
  const others = days.some((one) => one.isPaper !== isPaper && isOf(one, subject));
  const begins = ledgers.beginsMs ?? window.toMs;
  return [
    ...(own === undefined ? ["Nothing is known of any day of this period"] : []),
    ...(own !== undefined && own.firstDay > dateOfDay(period.firstDay)
      ? [`Days are known from ${own.firstDay} on`]
      : []),
    ...(own !== undefined && own.daysWithout > 0
      ? [`Nothing ran on ${own.daysWithout} of ${own.days} days: what changed then is in the next day`]
      : []),
    ...(utcDay(nowMs) <= period.lastDay ? ["The period is not over: this is how it stands"] : []),
    ...(others && !isPaper ? ["Paper accounts are not in it: they have reports of their own"] : []),
    ...(begins > window.fromMs && begins < window.toMs
      ? [`Trades, exposure and copy quality are known from ${dateOfDay(Math.floor(begins / DAY_MS))} on`]
      : []),
    ...(begins >= window.toMs
      ? ["Of trades, exposure and copy quality nothing is kept for this period"]
      : []),
    ...(ledgers.reconciliation.length > 1
      ? [`Amounts in ${ledgers.reconciliation.map(({ coin }) => coin).join(" and ")} are counted one to one`]
      : []),
    ...(copying !== null && copying.withoutPrice.length > 0
      ? [`Copy quality leaves out ${copying.withoutPrice.join(", ")}: nobody told a price of what is held`]
      : []),
  ];
}
