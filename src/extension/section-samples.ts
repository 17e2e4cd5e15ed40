/** Reports that `extension check` asks a section about: nothing known, one day, a month. */
import type { ReportedDay, ReportedPeriod } from "./report-contract.ts";

export function sampleReports(): readonly { readonly told: string; readonly report: ReportedPeriod }[] {
  return [
    { told: "a report without a day", report: reportOf(0) },
    { told: "a report of one day", report: reportOf(1) },
    { told: "a report of a month", report: reportOf(30) },
  ];
}

function reportOf(count: number): ReportedPeriod {
  const days = Array.from({ length: count }, (_, at) => dayOf(at + 1));
  return {
    subject: { of: "account", name: "me" },
    isPaper: false,
    period: {
      kind: count === 1 ? "daily" : "monthly",
      name: count === 1 ? "2026-01-01" : "2026-01",
      from: "2026-01-01",
      to: count === 1 ? "2026-01-01" : "2026-01-30",
      isOver: true,
    },
    coin: "USDT",
    summary: { ...NOTHING, profit: String(count), equity: count === 0 ? "" : "10000" },
    days,
    parts: [],
    trades: {
      fills: 2 * count,
      volume: String(1_000 * count),
      orders: { sent: 2 * count, filled: 2 * count, rejected: 0 },
      closed: count,
      won: count,
      symbols: count === 0 ? [] : [{ symbol: "BTCUSDT", fills: 2 * count, volume: String(1_000 * count) }],
    },
    copying: [],
    alerts: [],
  };
}

const NOTHING = { profit: "0", fees: "0", funding: "0", flow: "0", equity: "", return: 0, drawdown: 0 };

function dayOf(day: number): ReportedDay {
  return {
    ...NOTHING,
    day: `2026-01-${String(day).padStart(2, "0")}`,
    lived: day !== 7,
    profit: String(day % 5 === 0 ? -day : day),
    equity: "10000",
    gross: "",
    trades: 2,
    volume: "1000",
  };
}
