/** Reports and balance history of an account, as `copytrader report` and `copytrader performance` make them from the data folder. */
import { dateOfDay } from "../analytics/performance/calendar.ts";
import { readDays } from "../control/performance/read-days.ts";
import { type MadeReport, makeReport } from "../control/report/make-report.ts";
import { parsePeriod } from "../control/report/period.ts";
import type { ReportFormat } from "../control/report/report-files.ts";
import { reportSections } from "../run/report-sections.ts";
import { type Folders, foldersOf, LibraryError, type ResolvedFolders } from "./folders.ts";

export interface ReportOptions {
  /** Also as files, under `reports` and `charts` of the data folder; none when left out. */
  readonly formats?: readonly ReportFormat[];
  /** A folder for the files instead. */
  readonly to?: string;
  readonly signal?: AbortSignal;
}

/** How an account stood at the end of a UTC day. Amounts are exact decimal texts in the settle coin, "" where they are not known. */
export interface BalanceDay {
  /** `2026-11-20`. */
  readonly day: string;
  readonly equity: string;
  /** What it has beside what copying brought: put in, less taken out, and the owner's own trades. */
  readonly capital: string;
}

export class ReportingManager {
  readonly #folders: ResolvedFolders;

  constructor(folders: Folders = {}) {
    this.#folders = foldersOf(folders);
  }

  /** Of the last UTC day that is over, or the one that is named (`2026-11-20`). Rejects where there is no such account, or nothing was started yet. */
  async generateDailyReport(
    account: string,
    { day = "daily", ...options }: ReportOptions & { readonly day?: string } = {},
  ): Promise<MadeReport> {
    return this.generateReport(account, { ...options, period: day });
  }

  /** `period`: daily, weekly, monthly, a day, a month (`2026-11`) or a range (`2026-11-01..2026-11-20`). */
  async generateReport(
    account: string,
    { period, formats = [], to, signal }: ReportOptions & { readonly period: string },
  ): Promise<MadeReport> {
    const nowMs = Date.now();
    const made = await makeReport(this.#folders.dataDir, {
      subject: { of: "account", name: account },
      period: parsePeriod(period, nowMs),
      formats,
      nowMs,
      sectionsOf: await reportSections(this.#folders.configDir),
      ...(to === undefined ? {} : { to }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (made === null) throw nothingStarted(this.#folders);
    return made;
  }

  /** Day by day, the last as it stands now. The engine keeps it: nothing has to be written by anybody. */
  async getBalanceHistory(account: string): Promise<readonly BalanceDay[]> {
    const known = await readDays(this.#folders.dataDir);
    if (known === null) throw nothingStarted(this.#folders);
    const days = known.accountDays.filter((row) => row.account === account && !row.opening);
    return days.map(({ day, equity, capital }) => ({ day: dateOfDay(day), equity, capital }));
  }
}

function nothingStarted({ dataDir }: ResolvedFolders): LibraryError {
  return new LibraryError("not-started", `nothing has been started yet in the data folder ${dataDir}`);
}

export type { MadeReport, ReportFormat };
