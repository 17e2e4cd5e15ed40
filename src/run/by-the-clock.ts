/** What is made by the clock while everything runs, each as a child process that gives way to copying: backups and reports. */
import type { Configuration } from "../config.ts";
import { BackupSchedule, type BackupScheduleParts } from "./backup-schedule.ts";
import { ReportSchedule } from "./report-schedule.ts";

export class ByTheClock {
  readonly #schedules: readonly (BackupSchedule | ReportSchedule)[];

  constructor({ backup, reports }: Configuration, parts: Omit<BackupScheduleParts, "backup">) {
    this.#schedules = [new BackupSchedule({ ...parts, backup }), new ReportSchedule({ ...parts, reports })];
  }

  start(): void {
    for (const schedule of this.#schedules) schedule.start();
  }

  stop(): void {
    for (const schedule of this.#schedules) schedule.stop();
  }
}
