/**
 * What leaders have earned by the agreed performance fees: a ledger for each leader's copies on each follower. Real money goes on in one
 * ledger wherever the account was, so that nothing is earned twice by moving it; paper has ledgers of its own.
 */
import { utcDay } from "../../analytics/equity/days.ts";
import { dateOfDay } from "../../analytics/performance/calendar.ts";
import {
  type FeeDay,
  type FeeLedger,
  type FeeTerms,
  feeLedger,
} from "../../analytics/performance/fee-ledger.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { PERIODS } from "../../core/model/periods.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import type { CopyDayRecord } from "../../store/day-records.ts";
import { ControlError } from "../control.ts";
import { assertAmong } from "./asked-names.ts";
import { type FeePayment, notePayment, readPayments } from "./fee-payments.ts";
import { isPaperPlace } from "./follower-days.ts";
import { type KnownDays, readDays } from "./read-days.ts";

export interface FeesRequest {
  readonly follower?: string;
  readonly leader?: string;
  readonly nowMs: number;
}

/** Amounts are exact decimal texts in the settle coin. */
export interface FeeRow {
  /** `2026-11`, `2026-W47`, ... */
  readonly period: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** 0.1 is 10 %. */
  readonly rate: string;
  /** What copying brought since it began, at the period's end. */
  readonly profit: string;
  /** The highest that it was at the end of an earlier period. */
  readonly mark: string;
  readonly fee: string;
  /** False: the period goes on, and this is how it would end now. */
  readonly settled: boolean;
}

export interface FeeAccount {
  readonly leader: string;
  readonly follower: string;
  readonly coin: string;
  /** On paper nothing is owed. */
  readonly isPaper: boolean;
  /** What copying has brought since it began. */
  readonly profit: string;
  /** Which the running period is held against. */
  readonly mark: string;
  readonly settled: string;
  /** What the running period would add if it ended now. */
  readonly accrued: string;
  /** By the owner's word, and what is left of what is settled: below zero where more was paid. */
  readonly paid: string;
  readonly owed: string;
  /** Copying had begun before this day, and nothing is known of that; null: all is known. */
  readonly knownFrom: string | null;
  readonly rows: readonly FeeRow[];
}

export interface FeesReport {
  readonly asOfMs: number;
  /** Those for which a fee was agreed at any time. */
  readonly accounts: readonly FeeAccount[];
  readonly totals: readonly {
    readonly leader: string;
    readonly coin: string;
    readonly isPaper: boolean;
    readonly settled: string;
    readonly accrued: string;
    readonly paid: string;
    readonly owed: string;
  }[];
}

/** Null where nothing was started yet. Throws a ControlError for names that are not known, and what reading the folder throws. */
export async function fees(dataDir: string, request: FeesRequest): Promise<FeesReport | null> {
  const known = await readDays(dataDir);
  return known === null ? null : feesOf(known, request, readPayments(dataFolderPaths(dataDir).feePayments));
}

/** Notes what was paid, and tells how it stands then. Null where nothing was started yet; throws a ControlError where there is no such ledger. */
export async function payFee(
  dataDir: string,
  {
    leader,
    follower,
    amount,
    coin,
    nowMs,
  }: Omit<FeePayment, "coin" | "atMs"> & {
    readonly coin?: string;
    readonly nowMs: number;
  },
): Promise<FeesReport | null> {
  const report = await fees(dataDir, { leader, follower, nowMs });
  if (report === null) return null;
  const ledgers = report.accounts.filter((one) => !one.isPaper && (coin ?? one.coin) === one.coin);
  const [only, ...others] = ledgers;
  if (only === undefined) {
    const what = coin === undefined ? "" : ` in ${coin}`;
    throw new ControlError(
      "bad-request",
      `${leader} has no ledger of fees on ${follower}${what}, in real money`,
    );
  }
  if (others.length > 0) {
    const coins = ledgers.map((one) => one.coin).join(", ");
    throw new ControlError(
      "bad-request",
      `${leader} has ledgers on ${follower} in ${coins}: say which with --coin`,
    );
  }
  notePayment(dataFolderPaths(dataDir).feePayments, {
    leader,
    follower,
    coin: only.coin,
    amount,
    atMs: nowMs,
  });
  return fees(dataDir, { leader, follower, nowMs });
}

export function feesOf(
  { copyDays, state }: KnownDays,
  request: FeesRequest,
  payments: readonly FeePayment[] = [],
): FeesReport {
  const ofLeaders = copyDays.filter(({ leader }) => leader !== "");
  assertAmong(
    "follower",
    request.follower,
    ofLeaders.map(({ account }) => account),
    "unknown-follower",
  );
  assertAmong(
    "leader",
    request.leader,
    ofLeaders.map(({ leader }) => leader),
    "unknown-leader",
  );
  const asked = ofLeaders.filter(
    ({ account, leader }) =>
      (request.follower ?? account) === account && (request.leader ?? leader) === leader,
  );
  const today = Math.max(utcDay(request.nowMs), utcDay(state.nowMs));
  const accounts = [...Map.groupBy(asked, ledgerOf).values()]
    .map((rows) => accountOf(rows, today, payments))
    .filter(({ rows }) => rows.length > 0)
    .sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
  return { asOfMs: state.nowMs, accounts, totals: totalsOf(accounts) };
}

function ledgerOf({ account, leader, coin, place }: CopyDayRecord): string {
  return JSON.stringify([leader, account, coin, isPaperPlace(place)]);
}

function orderOf({ isPaper: paper, leader, follower, coin }: FeeAccount): string {
  return JSON.stringify([paper, leader, follower, coin]);
}

/** Of one ledger, in order of time. */
function accountOf(
  rows: readonly CopyDayRecord[],
  today: number,
  payments: readonly FeePayment[],
): FeeAccount {
  const [first] = rows;
  if (first === undefined) throw new RangeError("a ledger without a row");
  const ledger = feeLedger(feeDays(rows), today);
  const opening = rows.find((row) => row.opening);
  const paid = isPaperPlace(first.place) ? Decimal.zero : paidOf(first, payments);
  return {
    leader: first.leader,
    follower: first.account,
    coin: first.coin,
    isPaper: isPaperPlace(first.place),
    profit: ledger.profit.toString(),
    mark: ledger.mark.toString(),
    settled: ledger.settled.toString(),
    accrued: ledger.accrued.toString(),
    paid: paid.toString(),
    owed: ledger.settled.minus(paid).toString(),
    knownFrom: opening === undefined ? null : dateOfDay(opening.day + 1),
    rows: ledger.settlements.map(rowOf),
  };
}

function paidOf({ leader, account, coin }: CopyDayRecord, payments: readonly FeePayment[]): Decimal {
  return payments
    .filter((one) => one.leader === leader && one.follower === account && one.coin === coin)
    .reduce((sum, { amount }) => sum.plus(Decimal.parse(amount)), Decimal.zero);
}

/** The books of every place that the account was in, added up. */
export function feeDays(rows: readonly CopyDayRecord[]): readonly FeeDay[] {
  const profits = new Map<number, Decimal>();
  const days = new Map<number, FeeDay>();
  for (const row of rows) {
    profits.set(row.books, profitOf(row));
    const profit = [...profits.values()].reduce((sum, one) => sum.plus(one), Decimal.zero);
    days.set(row.day, { day: row.day, profit, terms: termsOf(row), opening: row.opening });
  }
  return [...days.values()];
}

function profitOf({ trades, fees: paid, funding }: CopyDayRecord): Decimal {
  return Decimal.parse(trades).minus(Decimal.parse(paid)).plus(Decimal.parse(funding));
}

function termsOf({ feeRate, feePeriod }: CopyDayRecord): FeeTerms | null {
  const rate = Decimal.tryParse(feeRate);
  const period = PERIODS.find((name) => name === feePeriod);
  return rate === undefined || period === undefined ? null : { rate, period };
}

function rowOf(settlement: FeeLedger["settlements"][number]): FeeRow {
  const { period, rate, profit, markBefore, fee, settled } = settlement;
  return {
    period: period.name,
    firstDay: dateOfDay(period.firstDay),
    lastDay: dateOfDay(period.lastDay),
    rate: rate.toString(),
    profit: profit.toString(),
    mark: markBefore.toString(),
    fee: fee.toString(),
    settled,
  };
}

function totalsOf(accounts: readonly FeeAccount[]): FeesReport["totals"] {
  const groups = Map.groupBy(accounts, (one) => JSON.stringify([one.leader, one.coin, one.isPaper]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (what: "settled" | "accrued" | "paid" | "owed") =>
      group.reduce((all, one) => all.plus(Decimal.parse(one[what])), Decimal.zero).toString();
    const { leader, coin, isPaper: paper } = first;
    const sums = { settled: sum("settled"), accrued: sum("accrued"), paid: sum("paid"), owed: sum("owed") };
    return [{ leader, coin, isPaper: paper, ...sums }];
  });
}
