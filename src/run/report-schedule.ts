/**
 * Reports by the clock: `copytrader report --scheduled` as a child process that gives way to copying, whenever one is due. Each that is ready is told
 * with its files; that one fails is told, and it is tried again after a while.
 */
import type { AlertReport } from "../alerts/alert.ts";
import type { ReportValues } from "../config.ts";
import { dueReports, readLastMade } from "../control/report/schedule.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { Log } from "../log.ts";
import { runNiced } from "./niced-command.ts";

/** Whether one is due is looked at this often. */
const LOOK_MS = 60_000;
/** After one that failed. */
const RETRY_MS = 15 * 60_000;

export interface ReportScheduleParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly reports: ReportValues;
  readonly log: Log;
  /** A failure is told once until one is made again. */
  readonly raise: (report: AlertReport) => void;
  /** Something else for tests. */
  readonly run?: typeof runNiced;
}

export class ReportSchedule {
  readonly #parts: ReportScheduleParts;
  #timer: NodeJS.Timeout | null = null;
  #child: ReturnType<typeof runNiced> | null = null;
  #notBeforeMs = 0;
  #hasFailed = false;

  constructor(parts: ReportScheduleParts) {
    this.#parts = parts;
  }

  /** Does nothing where none are wished. */
  start(): void {
    const { daily, weekly, monthly } = this.#parts.reports;
    if (!daily.value && !weekly.value && !monthly.value) return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#look();
  }

  /** One that is being made is given up, and made at the next start. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#child?.stop();
  }

  #look(): void {
    const nowMs = Date.now();
    const { dataDir, reports } = this.#parts;
    if (this.#child !== null || nowMs < this.#notBeforeMs) return;
    if (dueReports(reports, readLastMade(dataDir), nowMs).length > 0) this.#make();
  }

  #make(): void {
    const { configDir, dataDir, env, run = runNiced } = this.#parts;
    const command = ["report", "--scheduled"];
    const asked = { command, configDir, dataDir, ...(env === undefined ? {} : { env }) };
    this.#child = run(asked, (end) => {
      this.#child = null;
      if (end.kind === "failed") this.#failed(end.cause);
      else this.#made(end.answer);
    });
  }

  #made(answer: Readonly<Record<string, unknown>>): void {
    const { log, raise } = this.#parts;
    this.#hasFailed = false;
    for (const ready of readyIn(answer)) {
      const { of, name, kind, period, files } = ready;
      log.channel("reporting").info("a report is ready", { of, name, kind, period, files: files.join(" ") });
      raise({
        kind: "report-ready",
        ...(of === "account" ? { follower: AccountId(name) } : {}),
        cause: `${kind} ${period}${of === "portfolio" ? ", all accounts" : ""}`,
        numbers: { of, period, files: files.join(" ") },
        topic: `${of} ${name} ${kind} ${period}`,
      });
    }
  }

  #failed(cause: string): void {
    if (this.#timer === null) return;
    this.#notBeforeMs = Date.now() + RETRY_MS;
    this.#parts.log.channel("reporting").error("a scheduled report could not be made", { cause });
    if (!this.#hasFailed) this.#parts.raise({ kind: "report-failed", cause });
    this.#hasFailed = true;
  }
}

interface Ready {
  readonly of: string;
  readonly name: string;
  readonly kind: string;
  readonly period: string;
  /** In the data folder. */
  readonly files: readonly string[];
}

/** What the command answered; anything else is left out. */
function readyIn({ ready }: Readonly<Record<string, unknown>>): readonly Ready[] {
  if (!Array.isArray(ready)) return [];
  return ready.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const { of, name, kind, period, files }: Record<string, unknown> = { ...one };
    const texts = [of, name, kind, period].map((text) => (typeof text === "string" ? text : null));
    const [whose = null, called = null, which = null, when = null] = texts;
    if (whose === null || called === null || which === null || when === null) return [];
    const listed = Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
    return [{ of: whose, name: called, kind: which, period: when, files: listed }];
  });
}
