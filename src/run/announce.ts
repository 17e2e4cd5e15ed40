/** What `start` says first: the mode, every limit in force, and what of the configuration does not act. */
import { describeAlerts } from "../config/alert-values.ts";
import {
  type Configuration,
  describeFees,
  describeLogging,
  describeMonitoring,
  describeProblem,
  describeReports,
  describeStart,
  describeStartLimits,
} from "../config.ts";
import { describeFollowed } from "./hyperliquid.ts";
import type { Printer } from "./printer.ts";

export function announce(
  configuration: Configuration,
  printer: Printer,
  { withApi }: { readonly withApi: boolean },
): void {
  const say = (lines: readonly string[]) => {
    for (const line of lines) printer.note("start", line);
  };
  say(describeStart(configuration));
  say(describeFollowed(configuration.accounts));
  for (const line of describeStartLimits(configuration)) printer.note("limit", line);
  say(describeMonitoring(configuration.monitoring));
  say(configuration.portfolioNotes);
  say(describeFees(configuration.fees));
  for (const line of configuration.watchdogNotes) printer.note("limit", `watchdog: ${line}`);
  say(describeAlerts(configuration.alerts));
  say([describeLogging(configuration.logging)]);
  say(configuration.backupNotes);
  if (withApi) say([...configuration.apiNotes, ...configuration.telegramNotes]);
  say(describeReports(configuration.reports));
  say(configuration.filterNotes);
  for (const warning of configuration.warnings) printer.note("warning", describeProblem(warning));
  for (const { keyPath, file } of configuration.notInForce) {
    printer.note("not-in-force", `${file}: ${keyPath} is accepted but not in force in this version`);
  }
}
