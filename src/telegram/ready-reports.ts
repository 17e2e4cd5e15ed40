/** A report that the schedule made, sent after the alert that tells of it: its pictures for a phone, and the PDF. */
import { readFileSync } from "node:fs";
import { listReportFiles, type ReportFile } from "../control/report/report-files.ts";
import { html } from "./html.ts";
import type { BotParts } from "./parts.ts";
import type { ReadyReport } from "./taken-alert.ts";

/** Pictures of one report. */
const PICTURES_MAX = 3;

/** The text was told: a file that cannot be sent is only missing here. */
export async function sendReport(
  { speaker, dataDir, log }: Pick<BotParts, "speaker" | "dataDir" | "log">,
  chat: string,
  report: ReadyReport,
): Promise<void> {
  const to = { id: Number(chat), isPrivate: true };
  try {
    const files = listReportFiles(dataDir).filter((file) => isOf(file, report));
    const pictures = files.filter(({ name }) => name.endsWith("-light.png")).toReversed();
    for (const { path, period } of pictures.slice(0, PICTURES_MAX))
      await speaker.photo(
        to,
        readFileSync(path),
        html`${report.name === "" ? "All accounts" : report.name} ${period}`,
      );
    for (const { path, name, period } of files.filter(({ format }) => format === "pdf"))
      await speaker.document(
        to,
        name,
        readFileSync(path),
        html`${report.name === "" ? "All accounts" : report.name} ${period}`,
      );
  } catch (error) {
    log.warn("a report could not be sent", { telegramId: chat, cause: String(error) });
  }
}

function isOf({ subject, period }: ReportFile, report: ReadyReport): boolean {
  return subject.of === report.of && subject.name === report.name && period === report.period;
}
