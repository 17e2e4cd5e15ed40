/**
 * What a report says, in order, as headings, figures, tables and charts: laid out by a page (page.ts) and by a document for printing
 * (pdf.ts), so that both say the same.
 */
import { timeText } from "../../analytics/equity/day-text.ts";
import { Decimal } from "../../core/model/decimal.ts";
import {
  amountText,
  changeText,
  countText,
  paidInText,
  ratioText,
  returnText,
  shareText,
} from "./amount-text.ts";
import { partsTooSmall } from "./copying-parts.ts";
import type { PeriodReport, ReportCopying, ReportDay } from "./period-report.ts";
import { chartsOf, type ReportChart } from "./report-charts.ts";

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns from here on are numbers. */
  readonly numbersFrom: number;
}

export type Block =
  | { readonly kind: "figures"; readonly figures: readonly Figure[] }
  | { readonly kind: "chart"; readonly chart: ReportChart }
  | { readonly kind: "table"; readonly table: ReportTable }
  | { readonly kind: "text"; readonly text: string; readonly isQuiet: boolean };

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** Won or lost, for the colour; 0 where it is neither. */
  readonly sign: -1 | 0 | 1;
  readonly note?: string;
}

export interface ReportDocument {
  readonly title: string;
  readonly lead: string;
  readonly parts: readonly { readonly heading: string; readonly blocks: readonly Block[] }[];
}

/** Beyond so many days rows are of months; the CSV has every day. */
const DAY_ROWS_MAX = 62;
const ALERTS_MAX = 100;

export function documentOf(report: PeriodReport): ReportDocument {
  const { asOfMs, madeAtMs, isPaper } = report;
  const charts = chartsOf(report);
  const chart = (id: ReportChart["id"]): readonly Block[] =>
    charts.filter((one) => one.id === id).map((one) => ({ kind: "chart", chart: one }));
  const parts = [
    {
      heading: "In short",
      blocks: [figuresBlock(headFigures(report)), ...report.notes.map((note) => quiet(`${note}.`))],
    },
    {
      heading: "Balance and result",
      blocks: [...chart("balance"), ...chart("days"), ...chart("drawdown"), ...dayBlocks(report)],
    },
    { heading: "By account and leader", blocks: partBlocks(report) },
    { heading: "Since copying began", blocks: recordBlocks(report) },
    { heading: "Exposure", blocks: exposureBlocks(report, chart("exposure")) },
    { heading: "Trades", blocks: tradeBlocks(report) },
    { heading: "Copy quality", blocks: copyingBlocks(report, chart("copying")) },
    { heading: "Fees and funding", blocks: feeBlocks(report) },
    { heading: "Parity", blocks: parityBlocks(report) },
    { heading: "Alerts", blocks: alertBlocks(report) },
    ...report.sections.map(({ title, paragraphs, table }) => ({
      heading: title,
      blocks: [
        ...paragraphs.map((text): Block => ({ kind: "text", text, isQuiet: false })),
        ...(table === null ? [] : [tableBlock(table.head, table.rows, 1)]),
      ],
    })),
  ];
  return {
    title: titleOf(report),
    lead: `${isPaper ? "On paper: no order left. " : ""}Days in UTC, amounts in ${report.coin}. As of ${timeText(asOfMs)}, made ${timeText(madeAtMs)} UTC.`,
    parts: parts.filter(({ blocks }) => blocks.length > 0),
  };
}

const KIND_WORDS = { daily: "Day", weekly: "Week", monthly: "Month", range: "Report" } as const;

export function subjectText({ subject: { of, name } }: PeriodReport): string {
  return of === "portfolio" ? "All accounts" : of === "account" ? name : `Leader ${name}`;
}

export function periodText({ period: { kind, name, from, to } }: PeriodReport): string {
  const range = from === to ? from : `${from} to ${to}`;
  return kind === "daily" || kind === "range" ? range : `${name} (${range})`;
}

function titleOf(report: PeriodReport): string {
  return `${subjectText(report)}: ${KIND_WORDS[report.period.kind].toLowerCase()} ${periodText(report)}`;
}

/** What somebody wants to know first; pictures show the same. */
export function headFigures(report: PeriodReport): readonly Figure[] {
  const { summary, coin, subject, trades, record, days } = report;
  const isLeader = subject.of === "leader";
  const result =
    days.length === 0
      ? [plain("Profit", "-"), plain("Return", "-"), plain("Deepest draw-down", "-")]
      : [
          change("Profit", summary.profit, coin),
          { name: "Return", value: returnText(summary.return), sign: signOf(summary.return) },
          ...(isLeader ? [] : [plain("Balance at the end", amountText(summary.equity))]),
          plain("Deepest draw-down", shareText(summary.drawdown)),
        ];
  return [
    ...result,
    plain("Trades", trades.knownFrom === null ? "-" : countText(trades.fills)),
    plain("Positions won", trades.winRate === null ? "-" : `${trades.won} of ${trades.closed}`),
    ...(record === null ? [] : [plain("Since copying began", returnText(record.return))]),
  ];
}

function dayBlocks({ days, daysUnknown, subject }: PeriodReport): readonly Block[] {
  const unknown =
    daysUnknown === 0
      ? []
      : [quiet(`Of ${daysUnknown} ${daysUnknown === 1 ? "day" : "days"} of the period nothing is known.`)];
  if (days.length === 0) return unknown;
  const isLeader = subject.of === "leader";
  const rows = days.length > DAY_ROWS_MAX ? monthRows(days) : days.map(dayRow);
  const head = ["Day", "Profit", "Return", "Draw-down", "Balance", "Paid in"];
  const isPaid = rows.some((row) => row.at(-1) !== "");
  const shown = isLeader ? 4 : isPaid ? head.length : head.length - 1;
  const short = rows.map((row) => row.slice(0, shown));
  return [tableBlock(head.slice(0, shown), short, 1), ...unknown];
}

function dayRow({ day, lived, isWhole, ...one }: ReportDay): readonly string[] {
  const note = !lived ? " (nothing ran)" : isWhole ? "" : " (so far)";
  const result = lived ? [changeText(one.profit), returnText(one.return)] : ["-", "-"];
  return [
    `${day}${note}`,
    ...result,
    shareText(one.drawdown),
    amountText(one.equity),
    paidInText(one.flow, one.equity),
  ];
}

function monthRows(days: readonly ReportDay[]): readonly (readonly string[])[] {
  return [...Map.groupBy(days, ({ day }) => day.slice(0, 7))].map(([month, own]) => {
    const last = own.at(-1);
    const made = own.reduce((growth, one) => growth * (1 + one.return), 1) - 1;
    return [
      month,
      changeText(sumText(own.map(({ profit }) => profit))),
      returnText(made),
      shareText(last?.drawdown ?? null),
      amountText(last?.equity ?? ""),
      paidInText(sumText(own.map(({ flow }) => flow)), last?.equity ?? ""),
    ];
  });
}

function partBlocks({ parts }: PeriodReport): readonly Block[] {
  if (parts.length === 0) return [];
  const rows = parts.map(({ of, name, profit, return: made, drawdown, equity, fees, funding }) => [
    of === "leader" ? `leader ${name}` : name,
    changeText(profit),
    returnText(made),
    shareText(drawdown),
    of === "leader" ? "" : amountText(equity),
    amountText(fees),
    changeText(funding),
  ]);
  return [tableBlock(["", "Profit", "Return", "Draw-down", "Balance", "Fees", "Funding"], rows, 1)];
}

function recordBlocks({ record }: PeriodReport): readonly Block[] {
  if (record === null) return [];
  const { deepest, sharpeInterval: range, figureDays, isTooShort } = record;
  const sure =
    record.sharpeAboveZero === null ? "" : `above zero with probability ${shareText(record.sharpeAboveZero)}`;
  const sharpe = range === null ? sure : `95 %: ${ratioText(range[0])} to ${ratioText(range[1])}; ${sure}`;
  return [
    figuresBlock([
      {
        name: `Return since ${record.firstDay}`,
        value: returnText(record.return),
        sign: signOf(record.return),
      },
      change("Profit", record.profit, ""),
      { ...plain("Sharpe ratio a year", ratioText(record.sharpe)), note: sharpe },
      plain("Sortino ratio", ratioText(record.sortino)),
      plain("Volatility a year", shareText(record.volatility)),
      plain("Days won", shareText(record.winningDays)),
      plain("Draw-down now", shareText(record.drawdownNow)),
      {
        ...plain("Deepest draw-down", shareText(deepest?.depth ?? 0)),
        ...(deepest === null ? {} : { note: `on ${deepest.trough}` }),
      },
    ]),
    ...(isTooShort
      ? [quiet(`Of ${figureDays} whole days: too few to take ratios of a year at their word.`)]
      : []),
  ];
}

function exposureBlocks({ days }: PeriodReport, charts: readonly Block[]): readonly Block[] {
  const known = days.filter(({ gross }) => gross !== "");
  const last = known.at(-1);
  if (last === undefined) return [];
  const most = known.reduce((found, one) => (Number(one.grossMost) > Number(found.grossMost) ? one : found));
  return [
    ...charts,
    figuresBlock([
      plain(`Held on ${last.day}`, amountText(last.gross), "longs and shorts added"),
      plain("Longs less shorts", changeText(last.net)),
      plain("The most", amountText(most.grossMost), `on ${most.day}, looked at every hour`),
    ]),
  ];
}

function tradeBlocks({ trades, coin }: PeriodReport): readonly Block[] {
  if (trades.knownFrom === null) return [];
  const { orders, symbols, closed, won, perDay } = trades;
  return [
    figuresBlock([
      plain("Trades", countText(trades.fills), perDay === null ? "" : `${ratioText(perDay)} a day`),
      plain("Volume", amountText(trades.volume)),
      plain(
        "Orders filled",
        `${countText(orders.filled)} of ${countText(orders.sent)}`,
        `${shareText(trades.success)}; ${countText(orders.rejected)} rejected`,
      ),
      plain("Positions closed", countText(closed)),
      plain("Won", countText(won), trades.winRate === null ? "" : shareText(trades.winRate)),
      ...(trades.best === "" ? [] : [change("Best", trades.best, ""), change("Worst", trades.worst, "")]),
    ]),
    ...(symbols.length === 0
      ? []
      : [
          tableBlock(
            ["Instrument", "Trades", `Volume, ${coin}`],
            symbols.map(({ symbol, fills, volume }) => [symbol, countText(fills), amountText(volume)]),
            1,
          ),
        ]),
  ];
}

function copyingBlocks({ copying }: PeriodReport, charts: readonly Block[]): readonly Block[] {
  return copying.flatMap((one, at) => {
    const chart = charts[at];
    const reasons = one.notCopied.map(({ reason, changes }) => `${reason} ${changes}`).join(", ");
    return [
      ...(chart === undefined ? [] : [chart]),
      quiet(sumOfParts(one)),
      figuresBlock([
        plain(
          "Changes copied",
          `${countText(one.copied)} of ${countText(one.changes)}`,
          reasons === "" ? "" : `not: ${reasons}`,
        ),
        plain(
          "Delay, middle",
          one.delayMs === null ? "-" : `${countText(Math.round(one.delayMs.p50))} ms`,
          one.delayMs === null ? "" : `95 % below ${countText(Math.round(one.delayMs.p95))} ms`,
        ),
        plain("Slippage", one.slippageBps === null ? "-" : `${one.slippageBps} bp`),
        plain("Time in parity", shareText(one.timeInParity)),
      ]),
    ];
  });
}

function sumOfParts(copying: ReportCopying): string {
  if (copying.residual !== "0") return `The parts leave ${copying.residual} unexplained.`;
  const small = partsTooSmall(copying);
  const rest = small.length === 0 ? "" : `; less than a cent: ${small.join(", ")}`;
  return `The parts add up to the difference of ${changeText(copying.difference)} to the last digit${rest}.`;
}

function feeBlocks({ summary, performanceFees, coin }: PeriodReport): readonly Block[] {
  return [
    figuresBlock([
      plain("Trading fees paid", amountText(summary.fees), coin),
      plain("Funding received", changeText(summary.funding), coin),
    ]),
    ...(performanceFees.length === 0
      ? []
      : [
          tableBlock(
            ["Performance fee", "Period", "Rate", "Fee", ""],
            performanceFees.map((one) => [
              `${one.leader} on ${one.follower}`,
              one.period,
              `${Number(one.rate) * 100} %`,
              `${amountText(one.fee)} ${one.coin}`,
              one.settled ? "" : "running",
            ]),
            1,
          ),
        ]),
  ];
}

function parityBlocks({ parity: { certificates, inParity, newest } }: PeriodReport): readonly Block[] {
  if (newest === null) return [quiet("No certificate of parity was made in the period.")];
  const { rows, atTarget, explained, unexplained } = newest;
  return [
    figuresBlock([
      plain("Certificates in parity", `${inParity} of ${certificates}`),
      plain(
        "The newest",
        newest.inParity ? "in parity" : "not in parity",
        `${timeText(newest.atMs)}: ${atTarget} of ${rows} positions at their target, ${explained} with a reason, ${unexplained} without`,
      ),
    ]),
  ];
}

function alertBlocks({ alerts }: PeriodReport): readonly Block[] {
  if (alerts.length === 0) return [quiet("None that is kept.")];
  const shown = alerts.slice(-ALERTS_MAX);
  const rows = shown.map(({ atMs, severity, text }) => [timeText(atMs), severity, text]);
  const left = alerts.length - shown.length;
  return [
    tableBlock(["Time (UTC)", "", ""], rows, 9),
    ...(left > 0 ? [quiet(`And ${left} before them: copytrader alerts.`)] : []),
  ];
}

function sumText(amounts: readonly string[]): string {
  return amounts.reduce((sum, one) => sum.plus(Decimal.parse(one)), Decimal.zero).toString();
}

function figuresBlock(figures: readonly Figure[]): Block {
  return { kind: "figures", figures };
}

function tableBlock(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
): Block {
  return { kind: "table", table: { head, rows, numbersFrom } };
}

function quiet(text: string): Block {
  return { kind: "text", text, isQuiet: true };
}

function plain(name: string, value: string, note = ""): Figure {
  return { name, value, sign: 0, ...(note === "" ? {} : { note }) };
}

function change(name: string, amount: string, note: string): Figure {
  return {
    name,
    value: changeText(amount),
    sign: signOf(Number(amount)),
    ...(note === "" ? {} : { note }),
  };
}

function signOf(value: number): -1 | 0 | 1 {
  return value === 0 ? 0 : value < 0 ? -1 : 1;
}
