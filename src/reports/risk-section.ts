/** What a backtest's days risked, and which leader brought how much of it: the whole, then those with most of the worst days. */
import type { Parted, PortfolioRisk, RiskIntervals } from "../analytics/risk/portfolio-risk.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { escaped } from "./charts/svg.ts";
import { htmlTable } from "./html-table.ts";

export interface PageRisk {
  readonly leaders: readonly string[];
  /** Parts are in the order of `leaders`. */
  readonly figures: PortfolioRisk;
  readonly intervals: RiskIntervals | null;
  readonly beta: Parted | null;
  readonly benchmark: string;
}

const LEADERS_SHOWN = 20;

export function riskSection({ leaders, figures, intervals, beta, benchmark }: PageRisk): string {
  const { valueAtRisk, shortfall, annualVolatility, deepestFall } = figures;
  const shown: readonly (readonly [Parted, Interval | null | undefined])[] = [
    [valueAtRisk, intervals?.valueAtRisk],
    [shortfall, intervals?.shortfall],
    [annualVolatility, intervals?.annualVolatility],
    [deepestFall, null],
  ];
  const order = leaders
    .map((_, at) => at)
    .sort((one, other) => (shortfall.parts[other] ?? 0) - (shortfall.parts[one] ?? 0));
  const row = (title: string, cells: readonly string[], own: number | undefined) => [
    title,
    ...cells,
    own === undefined ? "-" : own.toFixed(2),
  ];
  const whole = shown.map(([{ whole: value }, interval]) =>
    interval == null
      ? percent(value)
      : `${percent(value)}\n${percent(interval[0])} to ${percent(interval[1])}`,
  );
  const rows = order.slice(0, LEADERS_SHOWN).map((at) =>
    row(
      leaders[at] ?? "",
      shown.map(([{ parts }]) => percent(parts[at] ?? 0)),
      beta?.parts[at],
    ),
  );
  const left = order.length - rows.length;
  const head = ["", "VaR 95 %", "CVaR 95 %", "Volatility", "Deepest fall", "Beta"];
  return `<h3>Risk by leader</h3>
${htmlTable(head, [row("together", whole, beta?.whole), ...rows])}
<p class="quiet">Of equity, by the ${figures.days} days lived through; what leaders have in a figure sums to it${left > 0 ? ` (${left} with less are left out)` : ""}, and below zero is a hedge.
Nothing compounded; beta against ${escaped(benchmark)}. docs/risk.md says how each is made.</p>`;
}

/** Without a sign where nothing is left of it. */
function percent(share: number): string {
  return `${(100 * share).toFixed(2).replace(/^-(?=0\.00$)/, "")} %`;
}
