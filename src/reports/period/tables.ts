/** The numbers of a report for a spreadsheet: a row for each day, and all other figures in a list. Amounts to the last digit. */
import { csvText } from "../csv.ts";
import type { PeriodReport, ReportDay } from "./period-report.ts";

const DAY_COLUMNS = [
  "profit",
  "fees",
  "funding",
  "flow",
  "equity",
  "return",
  "drawdown",
  "gross",
  "net",
  "grossMost",
  "trades",
  "volume",
] as const satisfies readonly (keyof ReportDay)[];

export function dayTable({ days }: PeriodReport): string {
  const head = ["day", "known", ...DAY_COLUMNS];
  const rows = days.map((one) => [
    one.day,
    one.lived ? (one.isWhole ? "whole" : "so far") : "nothing ran",
    ...DAY_COLUMNS.map((name) => String(one[name])),
  ]);
  return csvText(head, rows);
}

export function figureTable(report: PeriodReport): string {
  const { summary, record, trades, copying, parity, parts, performanceFees } = report;
  return csvText(
    ["section", "figure", "value"],
    [
      ...listed("period", { ...report.period, subject: report.subject.of, whose: report.subject.name }),
      ...listed("summary", summary),
      ...(record === null ? [] : listed("since copying began", record)),
      ...listed("trades", { ...trades, ...trades.orders }),
      ...trades.symbols.flatMap(({ symbol, ...one }) => listed(`trades ${symbol}`, one)),
      ...parts.flatMap(({ of, name, ...one }) => listed(`${of} ${name}`, one)),
      ...copying.flatMap(({ components, ...one }) => [
        ...listed(`copying ${one.coin}`, one),
        ...components.map(({ component, amount }) => [`copying ${one.coin}`, component, amount]),
      ]),
      ...performanceFees.map((one) => [
        `performance fee ${one.leader} ${one.follower}`,
        one.period,
        `${one.fee} ${one.coin}`,
      ]),
      ...listed("parity", parity),
    ],
  );
}

/** What is one value; lists and groups have rows of their own. */
function listed(section: string, values: object): readonly (readonly string[])[] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [[section, name, String(value)]]
      : [],
  );
}
