/** `copytrader metrics`: the figures of records of daily returns, as a table, as JSON, or as a page with charts. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { SeriesFigures } from "../../analytics/metrics/table-figures.ts";
import { overlapOf, type ReturnsSeries, type ReturnsTable } from "../../analytics/returns-table.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { assertPage } from "../output-file.ts";
import { positiveNumber, RETURNS_FORM } from "../returns-file.ts";

interface MetricsOptions extends CommonOptions {
  readonly benchmark?: string;
  readonly periodsPerYear: number;
  readonly series?: readonly string[];
  readonly html?: string;
}

const INTERRUPTED = 130;
/** Series on one page: a browser shows that many charts without delay. */
const PAGE_SERIES_MAX = 40;
const RESAMPLING = { resamples: 1_000, seed: 1, confidence: 0.95 } as const;
const AFTER = `${RETURNS_FORM}

Exit codes: 0 done; 2 the file or what was asked for is wrong; 130 interrupted.`;

export function metricsCommand(finish: Finish): Command {
  const examples = [
    "metrics returns.csv",
    "metrics returns.csv --benchmark BTC --json",
    "metrics returns.csv --series anna bert --html report.html",
  ];
  return command("metrics", "the figures of records of daily returns", examples)
    .argument("<returns>", "file of daily returns (CSV)")
    .option("--benchmark <name>", "measure the other series against this one, too")
    .option("--periods-per-year <number>", "rows that make a year", positiveNumber, 365)
    .option("--series <names...>", "only these series")
    .option("--html <file>", "write a page with charts and intervals into this .html file")
    .addHelpText("after", AFTER)
    .action((path: string, options: MetricsOptions) =>
      runAction(options, finish, (output) => metrics(path, options, output)),
    );
}

async function metrics(path: string, options: MetricsOptions, output: Output): Promise<number> {
  const { assertNamed, gapNote, readReturnsFile } = await import("../returns-file.ts");
  const { figuresOfTable } = await import("../../analytics/metrics/table-figures.ts");
  const { figureLines } = await import("../figure-lines.ts");
  const { periodsPerYear, benchmark = null, html } = options;
  assertPage("--html", html);
  const table = readReturnsFile(path);
  assertNamed(table, path, "--benchmark", benchmark === null ? [] : [benchmark]);
  assertNamed(table, path, "--series", options.series ?? []);
  const note = gapNote(table);
  if (note !== null) output.note(note);
  const found = figuresOfTable(table, { periodsPerYear, benchmark }).filter(
    ({ name }) => options.series?.includes(name) ?? true,
  );
  if (html !== undefined) {
    const written = await writePage({ path, html, table, found, options, output });
    if (!written) return INTERRUPTED;
  }
  output.result({ ...jsonOf(found, options), ...(html === undefined ? {} : { html }) }, () =>
    html === undefined ? figureLines(found).join("\n") : `${html}: ${found.length} series`,
  );
  return EXIT.ok;
}

function jsonOf(
  found: readonly SeriesFigures[],
  { periodsPerYear, benchmark }: Pick<MetricsOptions, "periodsPerYear" | "benchmark">,
) {
  const byName = <Value>(value: (one: SeriesFigures) => Value) =>
    Object.fromEntries(found.map((one) => [one.name, value(one)]));
  return {
    series: byName(({ values }) => values),
    drawdowns: byName(({ deepest }) => ({
      max_drawdown_episode: deepest[0] ?? null,
      five_deepest_drawdowns: deepest,
    })),
    inputs: byName(({ days, firstDate, lastDate }) => ({
      n_returns: days,
      first_return_date: firstDate,
      last_return_date: lastDate,
    })),
    periods_per_year: periodsPerYear,
    benchmark: benchmark ?? null,
  };
}

interface Page {
  readonly path: string;
  readonly html: string;
  readonly table: ReturnsTable;
  readonly found: readonly SeriesFigures[];
  readonly options: MetricsOptions;
  readonly output: Output;
}

/** False when it was interrupted. */
async function writePage({ path, html, table, found, options, output }: Page): Promise<boolean> {
  if (found.length > PAGE_SERIES_MAX)
    throw usage(
      `--html: ${found.length} series are too many for a page (${PAGE_SERIES_MAX}); choose some with --series`,
    );
  const { resampleAll } = await import("../resampling.ts");
  const { tearSheet } = await import("../../reports/tear-sheet.ts");
  const shown = table.series.filter(({ name }) => found.some((one) => one.name === name));
  const resampled = await resampleAll(shown, options.periodsPerYear, RESAMPLING, output);
  if (resampled === null) {
    output.error(new CliError("interrupted", "interrupted"));
    return false;
  }
  const benchmark = table.series.find(({ name }) => name === options.benchmark) ?? null;
  const sheets = found.flatMap((figures, at) => {
    const series = shown[at];
    const intervals = resampled[at]?.intervals ?? {};
    if (series === undefined) return [];
    return [{ charted: charted(table, series, benchmark, options.periodsPerYear), figures, intervals }];
  });
  writeFileSync(html, tearSheet(sheets, path));
  return true;
}

/** The benchmark is shown where it has every day of the series. */
function charted(
  { dates }: ReturnsTable,
  series: ReturnsSeries,
  benchmark: ReturnsSeries | null,
  periodsPerYear: number,
) {
  const { name, firstRow, returns } = series;
  const days = dates.slice(firstRow, firstRow + returns.length);
  const plain = { name, dates: days, returns, periodsPerYear, benchmark: null };
  if (benchmark === null || benchmark === series) return plain;
  const [, beside] = overlapOf(series, benchmark);
  if (beside.length !== returns.length) return plain;
  return { ...plain, benchmark: { name: benchmark.name, returns: beside } };
}
