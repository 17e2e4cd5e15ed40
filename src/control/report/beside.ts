/** What a report tells beside results: alerts of the period, certificates of parity made in it, performance fees that it settled. */
import { describeAlert } from "../../alerts/alert.ts";
import { DAY_MS } from "../../analytics/equity/days.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import type {
  ReportAlert,
  ReportFee,
  ReportParity,
  ReportSubject,
} from "../../reports/period/period-report.ts";
import { alertEntries } from "../alerts-report.ts";
import { readCertificates } from "../certificate-chain.ts";
import { readPayments } from "../performance/fee-payments.ts";
import { feesOf } from "../performance/fees.ts";
import type { KnownDays } from "../performance/read-days.ts";
import type { ReportPeriod } from "./period.ts";

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Oldest first; those about nobody in particular are of all accounts together alone. */
export function alertsIn(
  dataDir: string,
  { of, name }: ReportSubject,
  followers: readonly string[],
  { fromMs, toMs }: Window,
): readonly ReportAlert[] {
  return alertEntries(dataDir).flatMap(({ alert }) => {
    const { atMs, severity, kind, follower, leader } = alert;
    if (atMs < fromMs || atMs >= toMs) return [];
    if (follower !== undefined && !followers.includes(follower)) return [];
    if (of === "account" && follower !== name) return [];
    if (of === "leader" && leader !== name) return [];
    return [{ atMs, severity, kind, text: describeAlert(alert) }];
  });
}

export function parityIn(
  dataDir: string,
  followers: readonly string[],
  { fromMs, toMs }: Window,
): ReportParity {
  const found = [...readCertificates(dataFolderPaths(dataDir).parity)].flatMap(
    ({ atMs, followers: certified, bounds: _ }) => {
      const own = certified.filter(({ nickname }) => followers.includes(nickname));
      if (atMs < fromMs || atMs >= toMs || own.length === 0) return [];
      const rows = own.flatMap((one) => one.rows);
      const counted = (parity: string) => rows.filter((row) => row.parity === parity).length;
      const unexplained = counted("unexplained");
      return [
        {
          atMs,
          inParity: unexplained === 0 && own.every(({ stale }) => !stale),
          rows: rows.length,
          atTarget: counted("at-target") + counted("within-step"),
          explained: counted("explained"),
          unexplained,
        },
      ];
    },
  );
  return {
    certificates: found.length,
    inParity: found.filter((one) => one.inParity).length,
    newest: found.at(-1) ?? null,
  };
}

/** Rows of fee ledgers whose period ends in that of the report, or goes on at its end. */
export function performanceFeesIn(
  dataDir: string,
  known: KnownDays,
  {
    subject,
    isPaper,
    period,
    nowMs,
  }: {
    readonly subject: ReportSubject;
    readonly isPaper: boolean;
    readonly period: ReportPeriod;
    readonly nowMs: number;
  },
): readonly ReportFee[] {
  const { of, name } = subject;
  const payments = readPayments(dataFolderPaths(dataDir).feePayments);
  const { accounts } = feesOf(known, { nowMs }, payments);
  const own = accounts.filter(
    (one) =>
      one.isPaper === isPaper &&
      (of === "portfolio" || (of === "account" ? one.follower : one.leader) === name),
  );
  return own.flatMap(({ leader, follower, coin, rows }) =>
    rows.flatMap(({ period: named, firstDay, lastDay, rate, fee, settled }) => {
      const [first, last] = [dayNumber(firstDay), dayNumber(lastDay)];
      const endsIn = last >= period.firstDay && last <= period.lastDay;
      const goesOn = !settled && first <= period.lastDay && last > period.lastDay;
      return endsIn || goesOn ? [{ leader, follower, coin, period: named, rate, fee, settled }] : [];
    }),
  );
}

function dayNumber(text: string): number {
  return Math.floor(Date.parse(text) / DAY_MS);
}
