/** One page that shows records of returns: charts and every figure with its interval, in one HTML file that loads nothing. */
import { FIGURE_DEFINITIONS, type FigureName } from "../analytics/metrics/definitions.ts";
import type { SeriesFigures } from "../analytics/metrics/table-figures.ts";
import { winningDaysOf } from "../analytics/metrics/winning-days.ts";
import { type Interval, wilsonInterval } from "../analytics/selection/wilson.ts";
import {
  type ChartedSeries,
  distributionChart,
  equityChart,
  monthChart,
  rollingChart,
} from "./charts/series-charts.ts";
import { escaped } from "./charts/svg.ts";
import { figureText } from "./figure-text.ts";
import { htmlPage } from "./page.ts";

export interface SheetSeries {
  readonly charted: ChartedSeries;
  readonly figures: SeriesFigures;
  /** 95 % intervals by figure, where there are any. */
  readonly intervals: Readonly<Partial<Record<FigureName, Interval | null>>>;
}

/** `source` is the file that the returns come from. */
export function tearSheet(all: readonly SheetSeries[], source: string): string {
  const names = all.map(({ figures }) => figures.name);
  const title = names.length === 1 ? `${names[0]}: record of returns` : `${names.length} records of returns`;
  const links = names.map((name, at) => `<a href="#s${at}">${escaped(name)}</a>`).join(" ");
  return htmlPage({
    title,
    links: names.length > 1 ? `<nav>${links}</nav>` : "",
    lead: `Returns as they stand in ${escaped(source)}; what fees and slippage they carry is known there only. Past returns say little about
future ones: the intervals say how little.`,
    main: all.map((one, at) => section(one, at)),
    footer: "Intervals: 95 %, stationary bootstrap (win rate: Wilson). Definitions: docs/evidence.md.",
  });
}

function section(sheet: SheetSeries, at: number): string {
  const { charted, figures } = sheet;
  const span =
    figures.days === 0 ? "no returns" : `${figures.days} days, ${figures.firstDate} to ${figures.lastDate}`;
  const charts = figures.days < 2 ? "" : chartsOf(charted, figures);
  return `<section id="s${at}">
<h2>${escaped(figures.name)}</h2>
<p><strong>${escaped(finding(sheet))}</strong> <span class="quiet">${span}</span></p>
${charts}
<h3>Figures</h3>
${figureTable(sheet)}
</section>`;
}

/** What a reader should know first, with how sure it is. */
function finding({ figures, intervals }: SheetSeries): string {
  const { values } = figures;
  const { sharpe: interval } = intervals;
  const drawdown = `Deepest draw-down ${figureText("max_drawdown", values.max_drawdown)}.`;
  const sharpe = `Sharpe ratio ${figureText("sharpe", values.sharpe)} a year`;
  if (interval === null || interval === undefined) return `${sharpe}, how sure is not known. ${drawdown}`;
  const range = `(95 %: ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})`;
  const sure =
    interval[0] > 0
      ? "is above zero beyond chance"
      : interval[1] < 0
        ? "is below zero beyond chance"
        : "cannot be told from zero";
  return `${sharpe} ${range}: taken by itself it ${sure}. ${drawdown}`;
}

function chartsOf(charted: ChartedSeries, { values }: SeriesFigures): string {
  const distribution = distributionChart(charted, values.var95_historical ?? null);
  return [
    figure("Equity and draw-down", equityChart(charted)),
    figure("Monthly returns, %", monthChart(charted)),
    figure("Rolling Sharpe ratio", rollingChart(charted)),
    ...(distribution === null
      ? []
      : [figure("Daily returns (the outermost bars hold what lies beyond them, too)", distribution)]),
  ].join("\n");
}

function figure(title: string, svg: string): string {
  return `<h3>${escaped(title)}</h3>\n<div class="chart">${svg}</div>`;
}

function figureTable(sheet: SheetSeries): string {
  const { values } = sheet.figures;
  const rows = Object.entries(FIGURE_DEFINITIONS)
    .filter(([name]) => name in values)
    .map(([key, { label, formula }]) => {
      const name = key as FigureName;
      const range = intervalOf(sheet, name);
      const text = range === null ? "" : `${figureText(name, range[0])} to ${figureText(name, range[1])}`;
      return `<tr><th scope="row">${escaped(label)}</th><td>${figureText(name, values[name])}</td><td>${text}</td><td class="quiet">${escaped(formula)}</td></tr>`;
    });
  return `<div class="chart"><table>
<thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">95 % interval</th><th scope="col">What it is</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function intervalOf({ charted, intervals }: SheetSeries, name: FigureName): Interval | null {
  if (name !== "win_rate_excluding_zero") return intervals[name] ?? null;
  const { wins, losses } = winningDaysOf(charted.returns);
  return wilsonInterval(wins, wins + losses, 0.95);
}
