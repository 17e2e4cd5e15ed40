/** Reports for tests: as many days as wanted, with numbers that follow from nothing but the day. */
import { dateOfDay } from "../../src/analytics/performance/calendar.ts";
import type { PeriodReport, ReportDay } from "../../src/reports/period/period-report.ts";

const FIRST_DAY = 20_393;
const DAY_MS = 86_400_000;

export interface SampleOptions {
  readonly days: number;
  /** Every amount times this. */
  readonly scale?: number;
  readonly name?: string;
  readonly accounts?: readonly string[];
}

export function sampleReport({ days, scale = 1, name = "me", accounts = [] }: SampleOptions): PeriodReport {
  const amount = (value: number) => plain(value * scale);
  const rows = Array.from({ length: days }, (_, at): ReportDay => dayOf(at, amount));
  const last = rows.at(-1);
  const none = days === 0;
  return {
    version: 1,
    subject: { of: "account", name },
    isPaper: false,
    period: {
      kind: days === 1 ? "daily" : "range",
      name: days === 1 ? dateOfDay(FIRST_DAY) : `${dateOfDay(FIRST_DAY)}_${dateOfDay(FIRST_DAY + days)}`,
      from: dateOfDay(FIRST_DAY),
      to: dateOfDay(FIRST_DAY + Math.max(0, days - 1)),
      isOver: true,
    },
    madeAtMs: (FIRST_DAY + days) * DAY_MS + 25_200_000,
    asOfMs: (FIRST_DAY + days) * DAY_MS,
    coin: "USDT",
    summary: {
      profit: amount(none ? 0 : 123.456),
      fees: amount(none ? 0 : 12.3),
      funding: amount(none ? 0 : -1.5),
      flow: "0",
      equity: last?.equity ?? "",
      return: none ? 0 : 0.0123,
      drawdown: none ? 0 : -0.034,
    },
    days: rows,
    history: rows,
    daysUnknown: none ? 7 : 0,
    record: none
      ? null
      : {
          firstDay: dateOfDay(FIRST_DAY - 30),
          days: 60,
          daysWithout: 1,
          profit: amount(456.7),
          return: 0.0456,
          drawdownNow: -0.01,
          deepest: { depth: -0.034, from: null, trough: dateOfDay(FIRST_DAY) },
          figureDays: 59,
          isTooShort: false,
          sharpe: 1.234,
          sharpeInterval: [-0.4, 2.9],
          sharpeAboveZero: 0.91,
          sortino: 2.1,
          volatility: 0.22,
          annualReturn: 0.31,
          winningDays: 0.55,
        },
    parts: accounts.map((one, at) => ({
      of: "account",
      name: one,
      profit: amount(at % 3 === 0 ? -10 * at : 7.5 * at),
      fees: amount(at),
      funding: "0",
      flow: "0",
      equity: amount(1_000 + at),
      return: at / 1_000,
      drawdown: -at / 2_000,
    })),
    trades: {
      knownFrom: none ? null : "",
      fills: 12 * days,
      volume: amount(45_678.9),
      perDay: none ? null : 12,
      orders: { sent: 13 * days, filled: 12 * days, rejected: days },
      success: none ? null : 12 / 13,
      closed: none ? 0 : 5,
      won: none ? 0 : 3,
      winRate: none ? null : 0.6,
      best: none ? "" : amount(40.25),
      worst: none ? "" : amount(-18.5),
      symbols: none ? [] : [{ symbol: "BTCUSDT", fills: 12 * days, volume: amount(45_678.9) }],
    },
    copying: none
      ? []
      : [
          {
            coin: "USDT",
            leaderScaled: amount(140),
            follower: amount(123.456),
            difference: amount(-16.544),
            components: [
              { component: "rounding", amount: amount(-2.044) },
              { component: "late", amount: amount(-11) },
              { component: "delay", amount: amount(-4.5) },
              { component: "fees", amount: amount(1) },
              { component: "funding", amount: "0" },
            ],
            residual: "0",
            changes: 14,
            copied: 12,
            notCopied: [{ reason: "below-step", changes: 2 }],
            copyAccuracy: 12 / 14,
            delayMs: { p50: 41, p95: 88, p99: 140 },
            slippageBps: "0.72",
            timeInParity: "0.9981",
          },
        ],
    performanceFees: [],
    alerts: none
      ? []
      : [
          {
            atMs: FIRST_DAY * DAY_MS + 3_600_000,
            severity: "warning",
            kind: "order-rejected",
            text: `${name} BTCUSDT: the venue rejected an order: insufficient balance`,
          },
        ],
    parity: {
      certificates: none ? 0 : 4,
      inParity: none ? 0 : 4,
      newest: none
        ? null
        : { atMs: FIRST_DAY * DAY_MS, inParity: true, rows: 3, atTarget: 3, explained: 0, unexplained: 0 },
    },
    sections: [],
    notes: none ? ["Nothing is known of any day of this period"] : [],
  };
}

function dayOf(at: number, amount: (value: number) => string): ReportDay {
  const wave = Math.round(100 * Math.sin(at / 3) + (at % 5) * 10 - 15);
  const lived = at % 11 !== 7;
  return {
    day: dateOfDay(FIRST_DAY + at),
    lived,
    isWhole: true,
    profit: lived ? amount(wave) : "0",
    fees: amount(1.25),
    funding: amount(-0.1),
    flow: at === 2 ? amount(500) : "0",
    equity: amount(10_000 + at * 12 + wave),
    return: wave / 10_000,
    drawdown: Math.min(0, wave / 5_000),
    gross: amount(4_000 + wave * 10),
    net: amount(wave * 8),
    grossMost: amount(5_000 + wave * 10),
    trades: 12,
    volume: amount(3_000),
  };
}

/** Without an exponent. */
function plain(value: number): string {
  return Math.abs(value) >= 1e21
    ? BigInt(Math.round(value)).toString()
    : value.toFixed(12).replace(/\.?0+$/, "");
}
