/**
 * `copytrader report`: what copying came to in a day, a week, a month or a range, as text, page, document, pictures and tables; with `--tax-lots`
 * what each closing of a year brought. Reads the data folder, also beside an engine that writes it.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { LOT_METHODS, type LotMethod } from "../../analytics/lots/lot-book.ts";
import { REPORT_FORMATS, type ReportFormat } from "../../control/report/report-files.ts";
import type { ReportSubject } from "../../reports/period/period-report.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import type { Output } from "../output.ts";

export interface ReportOptions extends CommonOptions, Folders {
  readonly account: readonly string[];
  readonly leader: readonly string[];
  readonly portfolio?: boolean;
  readonly period: string;
  readonly format: readonly ReportFormat[];
  readonly to?: string;
  readonly taxLots?: LotMethod;
  readonly year?: number;
  readonly scheduled?: boolean;
}

const AFTER = `
Without --account and --leader it is about all accounts together. --period is daily, weekly or monthly (the last that is
over), a day (2026-11-20), a month (2026-11) or a range (2026-11-01..2026-11-20); days are UTC. Files are written to
data/reports, pictures to data/charts, or all of them to --to.
--tax-lots writes a CSV with a row for each lot that was closed in --year; with what is open they are the ledgers to the
last digit, which is checked each time. What everything means: docs/reports.md.

Exit codes: 0 made; 1 nothing was started yet, it cannot be read or written, or lots do not add up; 2 it was asked for
wrongly; 130 interrupted.`;

export function reportCommand(finish: Finish): Command {
  const summary = "a report over a day, a week, a month: results, risk, trades, copy quality; tax lots";
  const examples = [
    "report --period daily --format pdf",
    "report --account me --period weekly --format html,png",
    "report --leader anna --period 2026-11 --json",
    "report --period 2026-11-01..2026-11-20 --format csv,json --to /tmp",
    "report --tax-lots fifo --year 2026",
  ];
  return withFolders(command("report", summary, examples))
    .option("--account <nickname>", "of this account; several times for several", collected, [])
    .option("--leader <nickname>", "of this leader's copies; several times for several", collected, [])
    .option("--portfolio", "of all accounts together, beside those named")
    .option("--period <period>", "which one; see below", "daily")
    .option("--format <list>", `files to write: ${REPORT_FORMATS.join(", ")}`, formats, [])
    .option("--to <dir>", "folder for the files")
    .addOption(
      new Option("--tax-lots <method>", "what each closing of --year brought, as CSV").choices(LOT_METHODS),
    )
    .option("--year <year>", "of the tax lots", yearNumber)
    .option("--scheduled", "what is due by reports: of the configuration, as start makes it")
    .addHelpText("after", AFTER)
    .action((options: ReportOptions) => runAction(options, finish, (output) => report(options, output)));
}

function collected(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function formats(text: string): readonly ReportFormat[] {
  return text.split(",").map((name) => {
    const found = REPORT_FORMATS.find((one) => one === name.trim());
    if (found === undefined)
      throw new InvalidArgumentError(`"${name.trim()}" is none; there are ${REPORT_FORMATS.join(", ")}.`);
    return found;
  });
}

function yearNumber(text: string): number {
  if (/^20\d{2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a year such as 2026.");
}

async function report(options: ReportOptions, output: Output): Promise<number> {
  if (options.taxLots !== undefined) {
    const { writeTaxLots } = await import("../tax-lots.ts");
    return writeTaxLots({ ...options, method: options.taxLots }, output);
  }
  const { reportSections } = await import("../../run/report-sections.ts");
  const sectionsOf = await reportSections(options.config);
  if (options.scheduled === true) {
    const { makeScheduled } = await import("../scheduled-reports.ts");
    return makeScheduled(options, sectionsOf, output);
  }
  const { makeReports } = await import("../period-reports.ts");
  return makeReports({ ...options, subjects: subjectsOf(options), sectionsOf }, output);
}

function subjectsOf({ account, leader, portfolio }: ReportOptions): readonly ReportSubject[] {
  const named: readonly ReportSubject[] = [
    ...account.map((name) => ({ of: "account", name }) as const),
    ...leader.map((name) => ({ of: "leader", name }) as const),
  ];
  if (named.length > 0 && portfolio !== true) return named;
  return [{ of: "portfolio", name: "" }, ...named];
}
