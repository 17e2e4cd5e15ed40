/**
 * Reports as files: `data/reports` and, for pictures, `data/charts`, or a folder that was named. A file says in its name whose report it is and of
 * which period; one that is made again takes the place of the earlier one, whole or not at all.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type DataFolderPaths, dataFolderPaths } from "../../data-folder.ts";
import type { PeriodReport, ReportSubject } from "../../reports/period/period-report.ts";
import { ControlError } from "../control.ts";
import { REPORT_KINDS } from "./period.ts";

export const REPORT_FORMATS = ["html", "pdf", "png", "csv", "json"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportFile {
  readonly subject: ReportSubject;
  readonly kind: PeriodReport["period"]["kind"];
  readonly period: string;
  readonly format: ReportFormat;
  /** In the folder. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly madeAtMs: number;
}

interface Folders {
  readonly reports: string;
  readonly charts: string;
}

/** Absolute paths of what was written. Throws a ControlError where it cannot be. */
export async function writeReport(
  report: PeriodReport,
  formats: readonly ReportFormat[],
  { reports, charts }: Folders,
): Promise<readonly string[]> {
  const base = baseName(report);
  const written: string[] = [];
  const write = (folder: string, name: string, content: string | Buffer) => {
    written.push(writeReportFile(folder, name, content));
  };
  for (const format of REPORT_FORMATS) {
    if (!formats.includes(format)) continue;
    switch (format) {
      case "html": {
        const { reportPage } = await import("../../reports/period/page.ts");
        write(reports, `${base}.html`, reportPage(report));
        break;
      }
      case "pdf": {
        const { documentOf } = await import("../../reports/period/document.ts");
        const { pdfOf } = await import("../../reports/print/pdf.ts");
        write(reports, `${base}.pdf`, await pdfOf(documentOf(report), report.madeAtMs));
        break;
      }
      case "png": {
        const { reportPictures } = await import("../../reports/period/pictures.ts");
        for (const { of, theme, png } of reportPictures(report))
          write(charts, `${base}-${of}-${theme}.png`, png);
        break;
      }
      case "csv": {
        const { dayTable, figureTable } = await import("../../reports/period/tables.ts");
        write(reports, `${base}-days.csv`, dayTable(report));
        write(reports, `${base}-figures.csv`, figureTable(report));
        break;
      }
      case "json":
        write(reports, `${base}.json`, `${JSON.stringify(report)}\n`);
        break;
    }
  }
  return written;
}

/** `account-me-daily-2026-11-20`: whose, which period, which date. */
export function baseName({ subject: { of, name }, period: { kind, name: period } }: PeriodReport): string {
  return `${of === "portfolio" ? "portfolio" : `${of}-${name}`}-${kind}-${period}`;
}

const KINDS = [...REPORT_KINDS, "range"].join("|");
const NAMED = new RegExp(
  `^(?:(portfolio)|(account|leader)-(.+))-(${KINDS})-(\\d{4}-\\d{2}-\\d{2}(?:_\\d{4}-\\d{2}-\\d{2})?|\\d{4}-W\\d{2}|\\d{4}-\\d{2})(?:-[a-z-]+)?\\.(${REPORT_FORMATS.join("|")})$`,
);

/** Those that lie in the data folder, newest first; other files are none of ours. */
export function listReportFiles(dataDir: string): readonly ReportFile[] {
  const { reports, charts } = dataFolderPaths(dataDir);
  const found = [reports, charts].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).flatMap((name) => fileOf(folder, name)) : [],
  );
  return found.sort((one, other) => other.madeAtMs - one.madeAtMs || (one.name < other.name ? -1 : 1));
}

/** Those made so long ago; answers how many went. */
export function forgetReports(dataDir: string, beforeMs: number): number {
  const old = listReportFiles(dataDir).filter(({ madeAtMs }) => madeAtMs < beforeMs);
  for (const { path } of old) rmSync(path, { force: true });
  return old.length;
}

/** In the data folder, or all in one that was named. */
export function reportFolders(dataDir: string, to?: string): Folders {
  if (to !== undefined) return { reports: to, charts: to };
  const { reports, charts }: DataFolderPaths = dataFolderPaths(dataDir);
  return { reports, charts };
}

function fileOf(folder: string, name: string): readonly ReportFile[] {
  const [, portfolio, of, own = "", kind, period, format] = NAMED.exec(name) ?? [];
  const path = join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  const known = [...REPORT_KINDS, "range" as const].find((one) => one === kind);
  const written = REPORT_FORMATS.find((one) => one === format);
  if (known === undefined || written === undefined || period === undefined || found?.isFile() !== true)
    return [];
  const subject: ReportSubject =
    portfolio !== undefined
      ? { of: "portfolio", name: "" }
      : { of: of === "leader" ? "leader" : "account", name: own };
  return [
    { subject, kind: known, period, format: written, name, path, bytes: found.size, madeAtMs: found.mtimeMs },
  ];
}

/** Its path. Throws a ControlError where it cannot be written. */
export function writeReportFile(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  const beside = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(beside, content, { mode: 0o600 });
    chmodSync(beside, 0o600);
    renameSync(beside, path);
    return path;
  } catch (error) {
    rmSync(beside, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new ControlError("failure", `the report cannot be written to ${folder}: ${why}`, { cause: error });
  }
}
