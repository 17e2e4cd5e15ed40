/** `copytrader traders monitor`: what the last look of a running engine found of leaders and watched traders, and what stands. */
import type { Command } from "commander";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { type TradersOptions, withData } from "./traders-options.ts";

const AFTER = `
copytrader start looks every traders.monitoring.interval_hours; this shows what it found, also while it is stopped.
docs/monitoring.md says by which rules.

Exit codes: 0 nothing speaks against anybody; 1 something does, or nobody has looked yet; 2 asked wrongly.`;

export function monitorCommand(finish: Finish): Command {
  const examples = ["traders monitor", "traders monitor --json"];
  return withData(
    command("monitor", "what monitoring found of leaders and watched traders, and what it did", examples),
  )
    .addHelpText("after", AFTER)
    .action((options: TradersOptions) => runAction(options, finish, (output) => monitor(options, output)));
}

async function monitor({ data }: TradersOptions, output: Output): Promise<number> {
  const { monitoringReport } = await import("../../control/monitoring-report.ts");
  const { monitoringLines } = await import("../monitoring-lines.ts");
  const report = monitoringReport(data);
  if (report === null)
    throw new CliError(
      "no-monitoring",
      `nobody has looked at the leaders in ${data} yet: copytrader start does, a minute after it is ready`,
    );
  output.result(report, () => monitoringLines(report).join("\n"));
  return report.findings.length === 0 ? EXIT.ok : EXIT.failure;
}
