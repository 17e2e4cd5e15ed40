/** The charts of a report, by what they show; the same for a page, a document and a picture. */
import { dayChart } from "../charts/day-charts.ts";
import { COLOURS, type Look } from "../charts/look.ts";
import { type WaterfallStep, waterfall } from "../charts/waterfall.ts";
import { changeText } from "./amount-text.ts";
import { shownParts } from "./copying-parts.ts";
import type { PeriodReport, ReportCopying } from "./period-report.ts";

export interface ReportChart {
  readonly id: "balance" | "days" | "drawdown" | "exposure" | "copying";
  readonly title: string;
  readonly draw: (look: Look) => string;
  /** What it shows, in words, where no picture can be. */
  readonly rows?: readonly (readonly [string, string])[];
}

/** Those for which there is something to draw. */
export function chartsOf(report: PeriodReport): readonly ReportChart[] {
  return [
    balance(report),
    perDay(report),
    drawdown(report),
    exposure(report),
    ...copyingCharts(report),
  ].filter((chart) => chart !== null);
}

/** What it is worth; of a leader what its copies brought in sum, which has no equity of its own. */
function balance({ history, coin, subject }: PeriodReport): ReportChart | null {
  if (history.length === 0) return null;
  const isLeader = subject.of === "leader";
  let sum = 0;
  const values = history.map(({ equity, profit }) => {
    sum += Number(profit);
    return isLeader ? sum : numberOf(equity);
  });
  const title = isLeader ? `Profit since ${history[0]?.day ?? ""}, ${coin}` : `Balance, ${coin}`;
  const lines = [{ name: title, colour: COLOURS.series, values }];
  const days = history.map(({ day }) => day);
  const draw = (look: Look) =>
    dayChart({ days, lines, label: title, kind: "line", height: 0.4, format: axisText, look });
  return { id: "balance", title, draw };
}

function perDay({ history, coin }: PeriodReport): ReportChart | null {
  if (history.length === 0) return null;
  const title = `Profit and loss by day, ${coin}`;
  const lines = [
    {
      name: title,
      colour: COLOURS.series,
      values: history.map(({ profit, lived }) => (lived ? Number(profit) : null)),
    },
  ];
  const days = history.map(({ day }) => day);
  const draw = (look: Look) =>
    dayChart({ days, lines, label: title, kind: "bars", height: 0.34, format: axisText, look });
  return { id: "days", title, draw };
}

function drawdown({ history }: PeriodReport): ReportChart | null {
  if (history.every((one) => one.drawdown === 0)) return null;
  const title = "Draw-down since copying began";
  const values = history.map((one) => one.drawdown);
  const lines = [{ name: title, colour: COLOURS.loss, values }];
  const days = history.map(({ day }) => day);
  const format = (value: number) => `${Number((value * 100).toPrecision(3))} %`;
  const draw = (look: Look) =>
    dayChart({ days, lines, label: title, kind: "area", height: 0.26, format, look });
  return { id: "drawdown", title, draw };
}

function exposure({ days, coin }: PeriodReport): ReportChart | null {
  const known = days.filter(({ gross }) => gross !== "");
  if (known.length < 2) return null;
  const title = `Held at the end of the day, ${coin}`;
  const lines = [
    {
      name: "long and short added",
      colour: COLOURS.series,
      values: days.map(({ gross }) => numberOf(gross)),
    },
    { name: "long less short", colour: COLOURS.benchmark, values: days.map(({ net }) => numberOf(net)) },
  ];
  const draw = (look: Look) =>
    dayChart({
      days: days.map(({ day }) => day),
      lines,
      label: title,
      kind: "line",
      height: 0.36,
      format: axisText,
      look,
    });
  return { id: "exposure", title, draw };
}

function copyingCharts({ copying }: PeriodReport): readonly ReportChart[] {
  return copying.map((one) => {
    const title = `From the leader's result to yours, ${one.coin}`;
    const steps = stepsOf(one);
    const rows = steps.map(({ name, text }): readonly [string, string] => [name, text]);
    return { id: "copying", title, rows, draw: (look: Look) => waterfall(title, steps, look) };
  });
}

function stepsOf(copying: ReportCopying): readonly WaterfallStep[] {
  const { leaderScaled, follower } = copying;
  return [
    { name: "leader, scaled", value: Number(leaderScaled), text: changeText(leaderScaled), isSum: true },
    ...shownParts(copying).map(({ component, amount }) => ({
      name: component,
      value: Number(amount),
      text: changeText(amount),
      isSum: false,
    })),
    { name: "you", value: Number(follower), text: changeText(follower), isSum: true },
  ];
}

function numberOf(text: string): number | null {
  return text === "" ? null : Number(text);
}

const UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e4, "k"],
] as const;
const DIGITS = 4;

/** Short, for an axis: 12.5k, 0.004, 1.002e19. */
function axisText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e12) return value.toExponential(DIGITS - 1).replace(/\.?0*e\+/, "e");
  const [unit, sign] = UNITS.find(([least]) => size >= least) ?? [1, ""];
  const divisor = unit === 1e4 ? 1e3 : unit;
  if (sign !== "" || size === 0 || size >= 0.01) return `${Number((value / divisor).toPrecision(5))}${sign}`;
  const places = Math.min(20, DIGITS - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(places).replace(/\.?0+$/, "");
}
