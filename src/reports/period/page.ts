/** A report as one HTML page that loads nothing: light or dark as the reader's device is, and fit to be printed. */
import { NARROW_PAGE_LOOK, PAGE_LOOK } from "../charts/look.ts";
import { escaped } from "../charts/svg.ts";
import { htmlPage } from "../page.ts";
import { type Block, documentOf, type ReportTable } from "./document.ts";
import type { PeriodReport } from "./period-report.ts";
import type { ReportChart } from "./report-charts.ts";

const STYLE = `
:root { --gain: #1d7a4c; --loss: #b3382f; }
@media (prefers-color-scheme: dark) { :root { --gain: #57c08a; --loss: #ef8078; } }
dl.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 0.75rem 1rem; margin: 0.75rem 0; }
dl.figures div { min-width: 0; overflow-wrap: anywhere; } dl.figures dt { color: var(--quiet); font-size: 0.875rem; }
dl.figures dd { margin: 0; font-size: 1.125rem; font-variant-numeric: tabular-nums; } dd.note { font-size: 0.8125rem !important; color: var(--quiet); }
.won { color: var(--gain); } .lost { color: var(--loss); }
td.n, th.n { text-align: right !important; white-space: nowrap !important; } td.w, th.w { text-align: left !important; white-space: nowrap !important; }
td.w:nth-child(3) { white-space: normal !important; overflow-wrap: anywhere; min-width: 14rem; }
.chart svg { min-width: 0; max-width: 44rem; } .chart + .chart { margin-top: 1rem; } .narrow { display: none; } .date { white-space: nowrap; }
@media screen and (max-width: 40rem) { .wide { display: none; } .narrow { display: block; }
  table { font-size: 0.8125rem; } th, td { padding-right: 0.5rem; } td.w, th.w { white-space: normal !important; } td.w:nth-child(3) { min-width: 0; }
  tr > :first-child { position: sticky; left: 0; background: var(--page); } }
@media print { :root { --page: #ffffff; --ink: #000000; --quiet: #444444; --line: #bbbbbb; --gain: #1d7a4c; --loss: #b3382f; }
  body { max-width: none; padding: 0; font-size: 11px; } .chart, dl.figures, tr { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; } }
`;

export function reportPage(report: PeriodReport): string {
  const { title, lead, parts } = documentOf(report);
  return htmlPage({
    title,
    style: STYLE,
    lead: escaped(lead),
    main: parts.map(
      ({ heading, blocks }) =>
        `<section><h2>${escaped(heading)}</h2>\n${blocks.map(blockHtml).join("\n")}</section>`,
    ),
    footer:
      "What each figure is: docs/performance-tracking.md, docs/attribution.md. Past results say little of future ones.",
  });
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "figures":
      return `<dl class="figures">${block.figures
        .map(({ name, value, sign, note }) => {
          const tone = sign === 0 ? "" : sign < 0 ? ' class="lost"' : ' class="won"';
          const more = note === undefined ? "" : `<dd class="note">${escaped(note)}</dd>`;
          return `<div><dt>${escaped(name)}</dt><dd${tone}>${escaped(value)}</dd>${more}</div>`;
        })
        .join("")}</dl>`;
    case "chart":
      return chartHtml(block.chart);
    case "table":
      return tableHtml(block.table);
    case "text":
      return `<p${block.isQuiet ? ' class="quiet"' : ""}>${escaped(block.text)}</p>`;
  }
}

/** Twice, as letters that are right on a desk are too small on a phone; one of them is shown. */
function chartHtml({ title, draw }: ReportChart): string {
  const drawings = `<div class="wide">${draw(PAGE_LOOK)}</div><div class="narrow">${draw(NARROW_PAGE_LOOK)}</div>`;
  return `<h3>${escaped(title)}</h3>\n<div class="chart">${drawings}</div>`;
}

/** A line does not end within one. */
function withWholeDates(html: string): string {
  return html.replace(/\d{4}-\d\d-\d\d/g, '<span class="date">$&</span>');
}

function tableHtml({ head, rows, numbersFrom }: ReportTable): string {
  const of = (at: number) => (at >= numbersFrom ? "n" : "w");
  const cells = (row: readonly string[]) =>
    row.map((text, at) => `<td class="${of(at)}">${withWholeDates(escaped(text))}</td>`).join("");
  return `<div class="chart"><table class="figures">
<thead><tr>${head.map((text, at) => `<th scope="col" class="${of(at)}">${escaped(text)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join("\n")}
</tbody></table></div>`;
}
