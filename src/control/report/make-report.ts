/** Makes a report and its files: for the command line, the API and whoever else asks. */
import { setImmediate } from "node:timers/promises";
import type { PeriodReport, ReportSection, ReportSubject } from "../../reports/period/period-report.ts";
import { readDays } from "../performance/read-days.ts";
import type { ReportPeriod } from "./period.ts";
import { periodReport } from "./period-report.ts";
import { type ReportFormat, reportFolders, writeReport } from "./report-files.ts";

export interface MakeReportRequest {
  readonly subject: ReportSubject;
  readonly period: ReportPeriod;
  readonly formats: readonly ReportFormat[];
  readonly nowMs: number;
  /** A folder instead of those in the data folder. */
  readonly to?: string;
  /** What the owner's own files add. */
  readonly sectionsOf?: (report: PeriodReport) => AddedSections;
  /** No files where nothing is known of any day. */
  readonly skipsEmpty?: boolean;
  readonly signal?: AbortSignal;
  /** How far it is, now and then. */
  readonly onProgress?: (step: { readonly sequence: number; readonly of: number }) => void;
}

export interface AddedSections {
  readonly sections: readonly ReportSection[];
  /** What went wrong with some. */
  readonly notes: readonly string[];
}

export interface MadeReport {
  readonly report: PeriodReport;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** So long nobody else has a turn. */
const TURN_MS = 20;

/**
 * Null where nothing was started yet. Throws a ControlError for names that are not known and folders that cannot be written, what reading the
 * data folder throws, and the signal's reason where that is given.
 */
export async function makeReport(dataDir: string, request: MakeReportRequest): Promise<MadeReport | null> {
  request.signal?.throwIfAborted();
  const known = await readDays(dataDir);
  if (known === null) return null;
  const steps = periodReport(dataDir, known, request);
  for (let turnEndsMs = performance.now() + TURN_MS; ; ) {
    const step = steps.next();
    if (step.done === true) return step.value === null ? null : finished(dataDir, step.value, request);
    if (performance.now() < turnEndsMs) continue;
    request.onProgress?.(step.value);
    await setImmediate();
    request.signal?.throwIfAborted();
    turnEndsMs = performance.now() + TURN_MS;
  }
}

async function finished(
  dataDir: string,
  made: PeriodReport,
  { sectionsOf, formats, to, skipsEmpty = false }: MakeReportRequest,
): Promise<MadeReport> {
  const added = sectionsOf?.(made) ?? { sections: [], notes: [] };
  const report = { ...made, sections: added.sections, notes: [...made.notes, ...added.notes] };
  const wanted = skipsEmpty && report.days.length === 0 ? [] : formats;
  return { report, files: await writeReport(report, wanted, reportFolders(dataDir, to)) };
}
