/** Makes reports on the command line: progress, Ctrl-C, files, and what they say in short. */
import { type AddedSections, makeReport } from "../control/report/make-report.ts";
import { parsePeriod } from "../control/report/period.ts";
import type { ReportFormat } from "../control/report/report-files.ts";
import { type Block, documentOf } from "../reports/period/document.ts";
import type { PeriodReport, ReportSubject } from "../reports/period/period-report.ts";
import type { Folders } from "./command.ts";
import { INTERRUPTED } from "./drive.ts";
import { CliError, coloured, EXIT, nothingStarted, type Output, usage } from "./output.ts";
import { ProgressLine } from "./progress-line.ts";
import { table } from "./table.ts";

export interface ReportsAsked extends Folders {
  readonly subjects: readonly ReportSubject[];
  readonly period: string;
  readonly format: readonly ReportFormat[];
  readonly to?: string;
  /** What the owner's own files add. */
  readonly sectionsOf: (report: PeriodReport) => AddedSections;
}

interface Made {
  readonly report: PeriodReport;
  readonly files: readonly string[];
}

export async function makeReports(asked: ReportsAsked, output: Output): Promise<number> {
  const { data, subjects, format, to } = asked;
  if (to !== undefined && format.length === 0)
    throw usage("--to goes with --format: which files are wanted?");
  const nowMs = Date.now();
  const period = parsePeriod(asked.period, nowMs);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  const made: Made[] = [];
  try {
    for (const subject of subjects) {
      const one = await makeReport(data, {
        subject,
        period,
        formats: format,
        nowMs,
        sectionsOf: asked.sectionsOf,
        ...(to === undefined ? {} : { to }),
        signal: stop.signal,
        onProgress: ({ sequence, of }) =>
          progress.show(
            () => `${nameOf(subject)}: ${Math.floor((100 * sequence) / Math.max(1, of))} %`,
            performance.now(),
          ),
      });
      if (one === null) throw nothingStarted(data);
      made.push(one);
    }
  } catch (error) {
    progress.clear();
    if (!stop.signal.aborted) throw error;
    output.error(new CliError("interrupted", "interrupted; reports that were whole stay"));
    return INTERRUPTED;
  } finally {
    progress.clear();
    for (const signal of signals) process.off(signal, interrupt);
  }
  output.result({ reports: made }, () => made.flatMap((one) => linesOf(one)).join("\n"));
  return EXIT.ok;
}

function nameOf({ of, name }: ReportSubject): string {
  return of === "portfolio" ? "all accounts" : name;
}

function linesOf({ report, files }: Made): readonly string[] {
  const { title, lead, parts } = documentOf(report);
  return [
    coloured("bold", title),
    lead,
    ...parts.flatMap(({ heading, blocks }) => {
      const lines = blocks.flatMap(blockLines);
      return lines.length === 0 ? [] : ["", coloured("bold", heading), ...lines];
    }),
    ...(files.length === 0 ? [] : ["", "written:", ...files.map((file) => `  ${file}`)]),
    ...(files.length === 0 ? ["", "--format html,pdf,png,csv,json writes it to files"] : []),
  ];
}

/** Charts are for files; of some there are rows. */
function blockLines(block: Block): readonly string[] {
  switch (block.kind) {
    case "figures":
      return table(
        [{ title: "" }, { title: "", align: "right" }, { title: "" }],
        block.figures.map(({ name, value, sign, note = "" }) => [
          `  ${name}`,
          sign === 0 ? value : coloured(sign < 0 ? "red" : "green", value),
          note,
        ]),
        { overflow: "wrap" },
      ).slice(1);
    case "table": {
      const { head, rows, numbersFrom } = block.table;
      const columns = head.map((title, at) => ({
        title: title.toUpperCase(),
        ...(at >= numbersFrom ? { align: "right" as const } : {}),
      }));
      return table(columns, rows, { overflow: "wrap" });
    }
    case "text":
      return [block.isQuiet ? coloured("dim", block.text) : block.text];
    case "chart": {
      const { title, rows = [] } = block.chart;
      if (rows.length === 0) return [];
      return table([{ title: title.toUpperCase() }, { title: "", align: "right" }], rows);
    }
  }
}
