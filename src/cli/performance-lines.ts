/** What copying came to over time, for people: everybody in one table, draw-downs with their limits, ratios with how uncertain they are, and periods. */
import { timeText } from "../analytics/equity/day-text.ts";
import { FIGURE_DEFINITIONS, type FigureName } from "../analytics/metrics/definitions.ts";
import type { PerformanceReport, PerformanceRow } from "../control/performance/performance.ts";
import { DAYS_NEEDED, type PeriodResult } from "../control/performance/track-record.ts";
import { Decimal } from "../core/model/decimal.ts";
import { figureText, percentText } from "../reports/figure-text.ts";
import { moneyText } from "./commands/traders-text.ts";
import { coloured } from "./output.ts";
import { table } from "./table.ts";

const right = (title: string) => ({ title, align: "right" as const });

/** In this order. */
const SHOWN: readonly FigureName[] = [
  ...([
    "cagr",
    "annual_volatility",
    "sharpe",
    "sortino",
    "calmar",
    "omega",
    "max_drawdown",
    "ulcer_index_n",
  ] as const),
  ...([
    "var95_historical",
    "cvar95_exact_tail",
    "win_rate_all_days",
    "profit_factor",
    "best_day",
    "worst_day",
  ] as const),
];

const HEADINGS: Readonly<Record<PerformanceRow["of"], string>> = {
  portfolio: "PORTFOLIO",
  follower: "FOLLOWERS",
  leader: "LEADERS",
  strategy: "STRATEGIES",
  selection: "SELECTION",
};

export function performanceLines(report: PerformanceReport): readonly string[] {
  const { rows, asOfMs, isCut, firstDay } = report;
  const [first] = rows;
  if (first === undefined) return ["nothing is known of these days"];
  const missing = Math.max(...rows.map(({ daysWithout }) => daysWithout));
  const begins = new Date(firstDay * 86_400_000).toISOString().slice(0, 10);
  return [
    `as of ${timeText(asOfMs - (asOfMs % 60_000))} UTC, in the settle coin`,
    ...(isCut ? [`days are known from ${begins} on; copying began before`] : []),
    ...(missing === 0 ? [] : [`on ${missing} days nothing ran: what changed meanwhile is in the day after`]),
    "",
    ...overviewLines(rows),
    ...drawdownLines(rows),
    ...rows.filter(isLookedAt(first)).flatMap((row) => [...figureLines(row), ...periodLines(row, report)]),
  ];
}

/** Ratios and periods are shown of the one that was asked about, or of all together: in real money and on paper. */
function isLookedAt({ of, name }: PerformanceRow) {
  return (row: PerformanceRow) => row.of === of && row.name === name;
}

function nameOf({ of, name, isPaper }: PerformanceRow): string {
  const plain = of === "portfolio" ? "all" : name;
  return isPaper ? `${plain} (paper)` : plain;
}

function overviewLines(rows: readonly PerformanceRow[]): readonly string[] {
  const columns = [
    { title: "" },
    right("DAYS"),
    right("EQUITY"),
    right("PAID IN"),
    right("PROFIT"),
    right("FEES"),
    right("FUNDING"),
    right("RETURN"),
    right("DRAW-DOWN"),
    { title: "DEEPEST" },
  ];
  let heading = "";
  const cells: string[][] = [];
  for (const row of rows) {
    if (HEADINGS[row.of] !== heading) cells.push([HEADINGS[row.of]]);
    heading = HEADINGS[row.of];
    const { equity, flow, profit, fees, funding, return: gained } = row.total;
    const isShare = equity === "" && row.of !== "portfolio" && row.of !== "follower";
    cells.push([
      `  ${nameOf(row)}`,
      String(row.days),
      equity === "" ? "-" : moneyText(equity),
      isShare ? "-" : signed(flow),
      signed(profit),
      moneyText(fees),
      signed(funding),
      percentText(gained),
      percentText(row.drawdown.now),
      percentText(row.drawdown.deepest?.depth ?? 0),
    ]);
  }
  return table(columns, cells);
}

function drawdownLines(rows: readonly PerformanceRow[]): readonly string[] {
  const fallen = rows.filter(({ drawdown, limit }) => drawdown.deepest !== null || limit !== null);
  if (fallen.length === 0) return [];
  const cells = fallen
    .filter(({ of }) => of === "follower" || rows.length <= 2)
    .map((row) => {
      const { now, since, deepest } = row.drawdown;
      const path =
        deepest === null
          ? "none"
          : `${percentText(deepest.depth)} on ${deepest.trough}, from ${deepest.peak ?? "the beginning"}${deepest.recovery === null ? "" : `, made good ${deepest.recovery}`}`;
      const nowText = now === 0 ? "at its highest" : `${percentText(now)} since ${since ?? "the beginning"}`;
      return [nameOf(row), nowText, path, limitText(row)];
    });
  if (cells.length === 0) return [];
  const columns = [
    { title: "DRAW-DOWN" },
    { title: "NOW" },
    { title: "DEEPEST" },
    { title: "MAX_ACCOUNT_DRAWDOWN" },
  ];
  return ["", ...table(columns, cells, { overflow: "wrap" })];
}

function limitText({ limit }: PerformanceRow): string {
  if (limit === null) return "off";
  if (limit.stands !== null) return coloured("red", `reached: ${limit.action}`);
  if (limit.use === "" || limit.at === "") return `${limit.action}; ${limit.note}`;
  return `${moneyText(limit.use)} of ${moneyText(limit.at)} lost, then ${limit.action}`;
}

function figureLines(row: PerformanceRow): readonly string[] {
  const { figures, intervals, figureDays, isTooShort, sharpeAboveZero } = row;
  if (isTooShort)
    return [
      "",
      `${nameOf(row)}: ${figureDays} whole days are too few for ratios of a year (${DAYS_NEEDED} are needed); --json has what they come to`,
    ];
  const cells = SHOWN.map((name) => {
    const interval =
      intervals !== null && name in intervals ? intervals[name as keyof typeof intervals] : null;
    const range =
      interval === null ? "" : `${figureText(name, interval[0])} to ${figureText(name, interval[1])}`;
    const note =
      name === "sharpe" && sharpeAboveZero !== null ? `above zero with ${percentText(sharpeAboveZero)}` : "";
    return [FIGURE_DEFINITIONS[name].label, figureText(name, figures[name]), range, note];
  });
  const columns = [
    { title: `${nameOf(row)}, ${figureDays} whole days` },
    right(""),
    { title: "95 %" },
    { title: "" },
  ];
  return ["", ...table(columns, cells)];
}

function periodLines(row: PerformanceRow, { by }: PerformanceReport): readonly string[] {
  if (by === null) return [];
  const columns = [
    { title: by.toUpperCase() },
    right("EQUITY"),
    right("PAID IN"),
    right("PROFIT"),
    right("FEES"),
    right("FUNDING"),
    right("RETURN"),
    right("DRAW-DOWN"),
    { title: "" },
  ];
  return ["", `${nameOf(row)}`, ...table(columns, row.periods.map(periodCells))];
}

function periodCells({ period, isWhole, equity, flow, profit, ...rest }: PeriodResult): readonly string[] {
  return [
    period,
    equity === "" ? "-" : moneyText(equity),
    signed(flow),
    signed(profit),
    moneyText(rest.fees),
    signed(rest.funding),
    percentText(rest.return),
    percentText(rest.drawdown),
    isWhole ? "" : "not whole",
  ];
}

/** To the cent, with its sign; nothing for nothing. */
function signed(text: string): string {
  const cents = Decimal.parse(text).dividedBy(Decimal.one, 2, "half-even");
  if (cents.isZero) return "0.00";
  return `${cents.sign > 0 ? "+" : ""}${cents.toFixed(2)}`;
}
