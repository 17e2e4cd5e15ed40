/** A backtest for people: the strategies beside each other, how they compare, where it came from, and what it stands on. */
import { rangeText } from "../analytics/equity/day-text.ts";
import type { FigureName } from "../analytics/metrics/definitions.ts";
import { type BacktestReport, INTERVAL_DAYS_MIN } from "../control/backtest/backtest.ts";
import {
  ACCOUNT_ROWS,
  EARN_BACK_NOTE,
  EQUITY_ROW,
  figuresOf,
  liquidationText,
  unmeasuredText,
} from "../reports/backtest-figures.ts";
import { figureText, percentText } from "../reports/figure-text.ts";
import { riskTable } from "../reports/risk-table.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";
import { lastDecisionLines } from "./verdict-lines.ts";

type Strategy = BacktestReport["strategies"][number];

const LEADERS_SHOWN = 5;
const REASONS_SHOWN = 6;

export function backtestLines(report: BacktestReport, assumptions: readonly string[]): readonly string[] {
  const { range, equity, strategies } = report;
  const head = `${rangeText(range)}, ${equity} USDT at the beginning`;
  return [
    coloured("bold", head),
    "",
    ...inBlocks(strategies).flatMap((some) => [...figureRows(some), ""]),
    ...wrapped(`${EARN_BACK_NOTE}.`),
    "",
    ...comparisonLines(report),
    ...strategies.flatMap((one) => [...strategyLines(one), ""]),
    coloured("bold", "What this stands on"),
    ...assumptions.flatMap((text) => wrapped(`- ${text}.`)),
  ];
}

/** So many strategies stand beside each other. */
const BESIDE = 3;

function inBlocks(strategies: readonly Strategy[]): readonly (readonly Strategy[])[] {
  const count = Math.ceil(strategies.length / BESIDE);
  return Array.from({ length: count }, (_, at) => strategies.slice(at * BESIDE, (at + 1) * BESIDE));
}

function figureRows(strategies: readonly Strategy[]): readonly string[] {
  const columns = [
    { title: "" },
    ...strategies.map(({ strategy }) => ({
      title: strategy.replace(/_copying$/, ""),
      align: "right" as const,
    })),
    { title: "" },
  ];
  const row = (label: string, text: (one: Strategy) => string) => [label, ...strategies.map(text), ""];
  const figures = figuresOf(strategies, INTERVAL_DAYS_MIN).flatMap(([name, label]) => {
    const isRanged = strategies.some(({ intervals }) => name in intervals);
    return [
      row(label, ({ figures: values }) => figureText(name, values[name])),
      ...(isRanged ? [row("  95 % interval", (one) => rangeOf(one, name))] : []),
    ];
  });
  return table(columns, [
    row(EQUITY_ROW.label, EQUITY_ROW.text),
    ...figures,
    ...ACCOUNT_ROWS.map(({ label, text }) => row(label, text)),
  ]);
}

function rangeOf({ intervals }: Strategy, name: FigureName): string {
  const found = Object.entries(intervals).find(([one]) => one === name)?.[1] ?? null;
  if (found === null) return "-";
  return `${figureText(name, found[0])} to ${figureText(name, found[1])}`;
}

function comparisonLines({ comparisons, strategies: [first] }: BacktestReport): readonly string[] {
  if (first === undefined || comparisons.length === 0) return [];
  const columns = [
    { title: "" },
    { title: "mean return ahead", align: "right" as const },
    { title: "95 % interval", align: "right" as const },
    { title: "p", align: "right" as const },
    { title: "p of all", align: "right" as const },
    { title: "" },
  ];
  const rows = comparisons.map((one) => [
    one.strategy,
    percentText(one.returnAhead),
    one.returnInterval === null
      ? "-"
      : `${percentText(one.returnInterval[0])} to ${percentText(one.returnInterval[1])}`,
    chance(one.returnChance),
    chance(one.adjustedChance),
    (one.adjustedChance ?? 1) < 0.05 ? "differs" : "no difference shown",
  ]);
  return [
    coloured("bold", `Against ${first.strategy}`),
    ...table(columns, rows),
    ...wrapped(
      "mean return ahead: of a day, times 365; not compounded, as the return a year above is. p: how often chance alone puts two strategies at least so far apart (stationary bootstrap of the difference); p of all: for as many questions as there are (Holm).",
    ),
    "",
  ];
}

function chance(value: number | null): string {
  return value === null ? "-" : value.toFixed(3);
}

function strategyLines({
  strategy,
  leaders,
  happenings,
  decisions,
  lastVerdicts,
  risk,
}: Strategy): readonly string[] {
  const copied = leaders.length;
  const reasons = Object.entries(happenings.reasons).toSorted(([, one], [, other]) => other - one);
  const changes = reasons.slice(0, REASONS_SHOWN).map(([reason, count]) => `${reason} ${count}`);
  const chosen = decisions.map(({ allocations }) => allocations.length);
  const held = chosen.length === 0 ? 0 : chosen.reduce((sum, count) => sum + count, 0) / chosen.length;
  const last = decisions.at(-1);
  const why = Object.entries(last?.out ?? {}).map(([reason, count]) => `${reason} ${count}`);
  const liquidated = liquidationText(happenings);
  return [
    coloured("bold", strategy),
    ...(liquidated === null ? [] : wrapped(`${liquidated}.`)),
    ...wrapped(
      `${decisions.length} decisions, ${held.toFixed(1)} leaders at a time, ${copied} ever copied with an order. At the last decision ${last?.candidates ?? 0} could be chosen; out: ${why.length === 0 ? "nobody" : why.join(", ")}.`,
    ),
    ...(changes.length === 0
      ? []
      : wrapped(`Changes of leaders that led to no order: ${changes.join(", ")}.`)),
    ...(last === undefined ? [] : lastDecisionLines(last, lastVerdicts)),
    ...leaderTable(leaders),
    ...riskLines(risk),
    ...wrapped(unmeasuredText(decisions)).filter((line) => line !== ""),
  ];
}

const RISK_LEADERS_SHOWN = 10;

/** Who brought how much of what these days risked. */
function riskLines(risk: Strategy["risk"]): readonly string[] {
  if (risk === null) return [];
  const { titles, whole, intervals, parts, note } = riskTable(risk, RISK_LEADERS_SHOWN);
  const columns = titles.map((title, at) =>
    at === 0 ? { title: "risk by leader" } : { title, align: "right" as const },
  );
  const rows = [whole, ...(intervals === null ? [] : [intervals]), ...parts];
  return ["", ...table([...columns, { title: "" }], rows), ...wrapped(`${note}.`)];
}

function leaderTable(leaders: Strategy["leaders"]): readonly string[] {
  if (leaders.length === 0) return [];
  const shown =
    leaders.length <= 2 * LEADERS_SHOWN
      ? leaders
      : [...leaders.slice(0, LEADERS_SHOWN), ...leaders.slice(-LEADERS_SHOWN)];
  const money = (text: string) => (text === "" ? "-" : Number(text).toFixed(2));
  const columns = [
    { title: "leader" },
    { title: "profit", align: "right" as const },
    { title: "of trades", align: "right" as const },
    { title: "fees", align: "right" as const },
    { title: "funding", align: "right" as const },
    { title: "" },
  ];
  const rows = shown.map(({ leader, profit, trades, fees, funding }) => [
    leader,
    money(profit),
    money(trades),
    money(fees),
    money(funding),
    "",
  ]);
  const left = leaders.length - shown.length;
  return [...table(columns, rows), ...(left === 0 ? [] : [`(${left} more between these; --json has all)`])];
}
