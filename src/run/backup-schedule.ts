/**
 * Backups by the clock: `copytrader backup --scheduled` as a child process that gives way to copying, whenever the newest one in the
 * folder is older than was wished. That one fails is told, and it is tried again after a while.
 */
import type { AlertReport } from "../alerts/alert.ts";
import { backupsIn } from "../backup/kept-backups.ts";
import type { BackupValues } from "../config.ts";
import type { Log } from "../log.ts";
import { runNiced } from "./niced-command.ts";

const HOUR_MS = 3_600_000;
/** By how much one may seem to be from the future, where clocks were set. */
const AHEAD_MAX_MS = 60_000;

export interface BackupScheduleParts {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly backup: BackupValues;
  readonly log: Log;
  /** A failure is told once until one is made again. */
  readonly raise: (report: AlertReport) => void;
}

interface BackupTimes {
  /** Whether one is due is looked at this often. */
  readonly lookMs: number;
  /** After one that failed. */
  readonly retryMs: number;
}

const TIMES: BackupTimes = { lookMs: 60_000, retryMs: 15 * 60_000 };

export class BackupSchedule {
  readonly #times: BackupTimes;
  readonly #parts: BackupScheduleParts;
  #timer: NodeJS.Timeout | null = null;
  #child: ReturnType<typeof runNiced> | null = null;
  #notBeforeMs = 0;
  #hasFailed = false;

  constructor(parts: BackupScheduleParts, times = TIMES) {
    this.#parts = parts;
    this.#times = times;
  }

  /** Does nothing where none are wished. */
  start(): void {
    const { everyHours } = this.#parts.backup;
    if (everyHours.value === null) return;
    this.#timer = setInterval(() => this.#look(), this.#times.lookMs);
    this.#timer.unref();
    this.#look();
  }

  /** One that is being made is given up; it leaves nothing. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#child?.stop();
  }

  #look(): void {
    if (this.#child !== null || Date.now() < this.#notBeforeMs) return;
    try {
      if (this.#isDue()) this.#make();
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : String(error));
    }
  }

  /** By the files that are there, so that a restart changes nothing; one from the future counts as none. */
  #isDue(): boolean {
    const { everyHours, folder } = this.#parts.backup;
    const nowMs = Date.now();
    const newest = backupsIn(folder.value).find(({ madeAtMs }) => madeAtMs <= nowMs + AHEAD_MAX_MS);
    return newest === undefined || nowMs - newest.madeAtMs >= (everyHours.value ?? 0) * HOUR_MS;
  }

  #make(): void {
    const { configDir, dataDir, env } = this.#parts;
    const command = ["backup", "--scheduled"];
    const asked = { command, configDir, dataDir, ...(env === undefined ? {} : { env }) };
    this.#child = runNiced(asked, (end) => {
      if (end.kind === "failed") this.#ended(end.cause);
      else this.#made(typeof end.answer.file === "string" ? end.answer.file : "");
    });
  }

  #made(file: string): void {
    this.#child = null;
    this.#parts.log.info("a backup was made", { file });
    if (this.#hasFailed) this.#parts.raise({ kind: "backup-made", cause: file });
    this.#hasFailed = false;
  }

  #ended(cause: string): void {
    this.#child = null;
    if (this.#timer === null) return;
    this.#notBeforeMs = Date.now() + this.#times.retryMs;
    this.#parts.log.error("no backup could be made", { cause });
    if (!this.#hasFailed) this.#parts.raise({ kind: "backup-failed", cause });
    this.#hasFailed = true;
  }
}
