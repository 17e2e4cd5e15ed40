/** The parts of a report, each from what is known already: days with what was at stake on them, the record, trades, copy quality. Pure. */
import { DAY_MS, utcDay } from "../../analytics/equity/days.ts";
import { gainOf } from "../../analytics/lots/lot-book.ts";
import { dateOfDay } from "../../analytics/performance/calendar.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type {
  PeriodReport,
  ReportCopying,
  ReportDay,
  ReportSubject,
  ReportSums,
  ReportTrackRecord,
  ReportTrades,
} from "../../reports/period/period-report.ts";
import type { AttributionReport } from "../attribution-report.ts";
import type { PerformanceRow } from "../performance/performance.ts";
import type { LedgerRecord, NamedClosing } from "./ledger-reading.ts";
import type { ReportPeriod } from "./period.ts";

const NO_SUMS: ReportSums = {
  profit: "0",
  fees: "0",
  funding: "0",
  flow: "0",
  equity: "",
  return: 0,
  drawdown: 0,
};
const SYMBOLS_MAX = 20;

export function sumsOf(row: PerformanceRow | undefined): ReportSums {
  if (row === undefined) return NO_SUMS;
  const { profit, fees, funding, flow, equity, return: made } = row.total;
  return { profit, fees, funding, flow, equity, return: made, drawdown: row.drawdown.deepest?.depth ?? 0 };
}

export function dayOf(
  { period: day, isWhole, daysWithout, ...sums }: PerformanceRow["periods"][number],
  { exposure, traded }: LedgerRecord,
): ReportDay {
  const utc = utcDay(Date.parse(day));
  const held = exposure.get(utc);
  const { profit, fees, funding, flow, equity, return: made, drawdown } = sums;
  return {
    day,
    lived: daysWithout === 0,
    isWhole,
    profit,
    fees,
    funding,
    flow,
    equity,
    return: made,
    drawdown,
    gross: held?.gross.toString() ?? "",
    net: held?.net.toString() ?? "",
    grossMost: held?.grossMost.toString() ?? "",
    trades: traded.get(utc)?.fills ?? 0,
    volume: traded.get(utc)?.value.toString() ?? "0",
  };
}

const HISTORY_DAYS = 30;

export function historyOf(
  record: PerformanceRow | undefined,
  { firstDay, lastDay }: Pick<ReportPeriod, "firstDay" | "lastDay">,
): PeriodReport["history"] {
  const from = dateOfDay(Math.min(firstDay, lastDay - HISTORY_DAYS + 1));
  const days = record?.periods.filter(({ period }) => period >= from) ?? [];
  return days.map(({ period: day, equity, profit, drawdown, daysWithout }) => ({
    day,
    equity,
    profit,
    drawdown,
    lived: daysWithout === 0,
  }));
}

export function recordOf(row: PerformanceRow): ReportTrackRecord {
  const { figures, intervals, drawdown } = row;
  const deepest = drawdown.deepest;
  return {
    firstDay: row.firstDay,
    days: row.days,
    daysWithout: row.daysWithout,
    profit: row.total.profit,
    return: row.total.return,
    drawdownNow: drawdown.now,
    deepest: deepest === null ? null : { depth: deepest.depth, from: deepest.peak, trough: deepest.trough },
    figureDays: row.figureDays,
    isTooShort: row.isTooShort,
    sharpe: figures.sharpe ?? null,
    sharpeInterval: intervals?.sharpe ?? null,
    sharpeAboveZero: row.sharpeAboveZero,
    sortino: figures.sortino ?? null,
    volatility: figures.annual_volatility ?? null,
    annualReturn: figures.cagr ?? null,
    winningDays: figures.win_rate_excluding_zero ?? null,
  };
}

/** Of a report that is about more than one. */
export function partsOf({ of }: ReportSubject, rows: readonly PerformanceRow[]): PeriodReport["parts"] {
  if (of !== "portfolio") return [];
  return rows.flatMap((row) => {
    if (row.of !== "follower" && row.of !== "leader") return [];
    return [{ of: row.of === "follower" ? "account" : "leader", name: row.name, ...sumsOf(row) }];
  });
}

export function tradesOf(
  { beginsMs, closings, traded, tradedBySymbol, orders }: LedgerRecord,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  days: number,
): ReportTrades {
  const begins = beginsMs ?? toMs;
  const trips = tripsOf(closings).filter(({ closedMs }) => closedMs >= fromMs && closedMs < toMs);
  const won = trips.filter(({ gain }) => gain.sign > 0).length;
  const gains = trips.map(({ gain }) => gain).sort((one, other) => one.compare(other));
  const fills = [...traded.values()].reduce((sum, one) => sum + one.fills, 0);
  return {
    knownFrom: begins >= toMs ? null : begins > fromMs ? dateOfDay(Math.floor(begins / DAY_MS)) : "",
    fills,
    volume: [...traded.values()].reduce((sum, { value }) => sum.plus(value), Decimal.zero).toString(),
    perDay: days === 0 ? null : fills / days,
    orders,
    success: orders.sent === 0 ? null : orders.filled / orders.sent,
    closed: trips.length,
    won,
    winRate: trips.length === 0 ? null : won / trips.length,
    best: gains.at(-1)?.toString() ?? "",
    worst: gains[0]?.toString() ?? "",
    symbols: [...tradedBySymbol]
      .sort(([, one], [, other]) => other.value.compare(one.value))
      .slice(0, SYMBOLS_MAX)
      .map(([symbol, one]) => ({ symbol, fills: one.fills, volume: one.value.toString() })),
  };
}

/** From nothing to nothing: what all closings of a position brought together. */
function tripsOf(closings: readonly NamedClosing[]): readonly { closedMs: number; gain: Decimal }[] {
  const running = new Map<string, Decimal>();
  return closings.flatMap((one) => {
    const key = `${one.follower} ${one.isPaper} ${one.symbol} ${one.leg} ${one.book}`;
    const gain = (running.get(key) ?? Decimal.zero).plus(gainOf(one));
    running.set(key, gain);
    if (!one.isLast || one.quantity.isZero) return [];
    running.delete(key);
    return [{ closedMs: one.closedMs, gain }];
  });
}

export function copyingOf(total: AttributionReport["totals"][number]): ReportCopying {
  const { coin, leaderScaled, followerResult, difference, components, residual, metrics } = total;
  const { changes, copied, notCopied, copyAccuracy, executionDelayMs: delay } = metrics;
  return {
    coin,
    leaderScaled: leaderScaled.profit,
    follower: followerResult.profit,
    difference,
    components: components.map(({ component, amount }) => ({ component, amount })),
    residual,
    changes,
    copied,
    notCopied,
    copyAccuracy,
    delayMs: delay === null ? null : { p50: delay.p50, p95: delay.p95, p99: delay.p99 },
    slippageBps: metrics.slippageBps,
    timeInParity: metrics.timeInParity,
  };
}
