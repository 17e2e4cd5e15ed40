/** What a backtest's days risked, by leader: the same small table on the terminal and on the page. Each column sums to its whole. */
import type { Parted, PortfolioRisk, RiskIntervals } from "../analytics/risk/portfolio-risk.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { percentText } from "./figure-text.ts";

export interface RiskToTell {
  readonly leaders: readonly string[];
  /** Parts are in the order of `leaders`. */
  readonly figures: PortfolioRisk;
  readonly intervals: RiskIntervals | null;
  readonly beta: Parted | null;
  readonly benchmark: string;
}

export interface RiskTable {
  readonly titles: readonly string[];
  readonly whole: readonly string[];
  /** Under the whole; null without intervals. */
  readonly intervals: readonly string[] | null;
  /** Those with most of the worst days, either way, whoever lost most first; those beyond `leadersMax` in one row. */
  readonly parts: readonly (readonly string[])[];
  readonly note: string;
}

export function riskTable(
  { leaders, figures, intervals, beta, benchmark }: RiskToTell,
  leadersMax: number,
): RiskTable {
  const { valueAtRisk, shortfall, annualVolatility, deepestFall, days } = figures;
  const columns: readonly Column[] = [
    { title: "VaR 95 %", of: valueAtRisk, interval: intervals?.valueAtRisk, text: percentText },
    { title: "CVaR 95 %", of: shortfall, interval: intervals?.shortfall, text: percentText },
    {
      title: "Volatility a year",
      of: annualVolatility,
      interval: intervals?.annualVolatility,
      text: percentText,
    },
    // Draw-downs lie below zero wherever a backtest shows them.
    { title: "Draw-down", of: deepestFall, interval: null, text: (value) => percentText(-value) },
    ...(beta === null ? [] : [{ title: "Beta", of: beta, interval: null, text: betaText }]),
  ];
  const ofTail = (at: number) => shortfall.parts[at] ?? 0;
  const order = leaders
    .map((_, at) => at)
    .sort((one, other) => Math.abs(ofTail(other)) - Math.abs(ofTail(one)));
  const shown = order.slice(0, leadersMax).sort((one, other) => ofTail(other) - ofTail(one));
  const left = order.slice(leadersMax);
  const row = (label: string, some: readonly number[]) => [
    label,
    ...columns.map(({ of, text }) => text(some.reduce((sum, at) => sum + (of.parts[at] ?? 0), 0))),
  ];
  return {
    titles: ["", ...columns.map(({ title }) => title)],
    whole: ["together", ...columns.map(({ of, text }) => text(of.whole))],
    intervals: intervals === null ? null : ["95 % interval", ...columns.map(intervalText)],
    parts: [
      ...shown.map((at) => row(leaders[at] ?? "", [at])),
      ...(left.length === 0 ? [] : [row(left.length === 1 ? "one more" : `${left.length} more`, left)]),
    ],
    note: `Of equity, a day's by the ${days} days lived through, volatility a year's; each column sums to its first line, and a part of the other sign is a hedge. The draw-down is of daily results added up, nothing compounded${beta === null ? "" : `; beta against ${benchmark}`}. docs/risk.md says how each is made`,
  };
}

interface Column {
  readonly title: string;
  readonly of: Parted;
  readonly interval: Interval | null | undefined;
  text(value: number): string;
}

function betaText(value: number): string {
  return value.toFixed(2).replace(/^-(0\.00)$/, "$1");
}

function intervalText({ interval, text }: Column): string {
  return interval == null ? "" : `${text(interval[0])} to ${text(interval[1])}`;
}
