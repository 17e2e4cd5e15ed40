/**
 * The command line. One file per command in commands/; each parses its arguments, asks control or main, and prints. What is
 * heavy is loaded by the command that needs it.
 */
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { masked } from "../security/secrets.ts";
import type { Finish } from "./command.ts";
import { accountsCommand } from "./commands/accounts.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { allocationsCommand } from "./commands/allocations.ts";
import { apiCommand } from "./commands/api.ts";
import { attributeCommand } from "./commands/attribute.ts";
import { auditCommand } from "./commands/audit.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { backupCommand } from "./commands/backup.ts";
import { capitalCommand } from "./commands/capital.ts";
import { closeCommand } from "./commands/close.ts";
import { copyCommand, uncopyCommand } from "./commands/copy.ts";
import { correlationsCommand } from "./commands/correlations.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evidenceCommand } from "./commands/evidence.ts";
import { exchangeCommand } from "./commands/exchange.ts";
import { extensionCommand } from "./commands/extension.ts";
import { feesCommand } from "./commands/fees.ts";
import { healthCommand } from "./commands/health.ts";
import { initCommand } from "./commands/init.ts";
import { journalCommand } from "./commands/journal.ts";
import { keysCommand } from "./commands/keys.ts";
import { limitsCommand } from "./commands/limits.ts";
import { logsCommand } from "./commands/logs.ts";
import { marketCommand } from "./commands/market.ts";
import { metricsCommand } from "./commands/metrics.ts";
import { optimiseCommand } from "./commands/optimise.ts";
import { panicCommand } from "./commands/panic.ts";
import { parityCommand } from "./commands/parity.ts";
import { pauseCommand, resumeCommand } from "./commands/pause.ts";
import { performanceCommand } from "./commands/performance.ts";
import { approveCommand, declineCommand, proposalsCommand } from "./commands/proposals.ts";
import { protectionsCommand } from "./commands/protections.ts";
import { rebalanceCommand } from "./commands/rebalance.ts";
import { rebuildCommand } from "./commands/rebuild.ts";
import { releaseCommand } from "./commands/release.ts";
import { replayCommand } from "./commands/replay.ts";
import { reportCommand } from "./commands/report.ts";
import { restoreCommand } from "./commands/restore.ts";
import { riskCommand } from "./commands/risk.ts";
import { settingsCommand } from "./commands/settings.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopTiersCommand } from "./commands/stop-tiers.ts";
import { strategiesCommand } from "./commands/strategies.ts";
import { telegramCommand } from "./commands/telegram.ts";
import { tokensCommand } from "./commands/tokens.ts";
import { tracesCommand } from "./commands/traces.ts";
import { tradersCommand } from "./commands/traders.ts";
import { usersCommand } from "./commands/users.ts";
import { whatIfCommand } from "./commands/what-if.ts";
import { EXIT, Output, usage } from "./output.ts";
import { programVersion } from "./program-version.ts";
import { watchReaders } from "./readers.ts";

const AFTER = `
Exit codes: 0 done, 1 it did not work, 2 it was asked for wrongly (usage or configuration, or nobody
can be asked and there is no --yes; nothing was done), 3 you answered no (nothing was done).
With --json everything is on stdout, an error as one line {"error":{"kind","message","problems"}}.
NO_COLOR turns colours off; they are off anyway where the output is not a terminal.

In a clone, copytrader is bin/copytrader. First steps:
  $ copytrader demo                      see it work, nothing is needed
  $ copytrader init                      write example configuration
  $ copytrader accounts check            look at the keys before anything is sent
  $ copytrader start                     copy (paper mode until the configuration says live)`;

/** Runs one command line; resolves to the exit code and never rejects. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return usageError(error, argv.includes("--json"));
  }
}

function buildProgram(finish: Finish): Command {
  const program = new Command("copytrader")
    .description(
      "Copies the positions of chosen leaders onto follower accounts, and says why whenever it does not.",
    )
    .version(programVersion(), "-v, --version")
    .addHelpText("after", AFTER)
    .showSuggestionAfterError(true)
    // What stands behind a command is its own, also where a command around it has an option of the same name.
    .enablePositionalOptions();
  const makers = [
    initCommand,
    demoCommand,
    startCommand,
    apiCommand,
    telegramCommand,
    statusCommand,
    parityCommand,
    accountsCommand,
    keysCommand,
    usersCommand,
    tokensCommand,
    auditCommand,
    copyCommand,
    uncopyCommand,
    allocationsCommand,
    strategiesCommand,
    rebalanceCommand,
    proposalsCommand,
    approveCommand,
    declineCommand,
    pauseCommand,
    resumeCommand,
    closeCommand,
    panicCommand,
    releaseCommand,
    capitalCommand,
    limitsCommand,
    settingsCommand,
    stopTiersCommand,
    journalCommand,
    replayCommand,
    attributeCommand,
    performanceCommand,
    reportCommand,
    feesCommand,
    metricsCommand,
    evidenceCommand,
    correlationsCommand,
    riskCommand,
    optimiseCommand,
    backtestCommand,
    whatIfCommand,
    protectionsCommand,
    alertsCommand,
    logsCommand,
    tracesCommand,
    marketCommand,
    doctorCommand,
    healthCommand,
    backupCommand,
    restoreCommand,
    rebuildCommand,
    exchangeCommand,
    extensionCommand,
    tradersCommand,
  ];
  for (const make of makers) program.addCommand(make(finish));
  quieten(program);
  return program;
}

/** Usage errors are thrown and printed here, in the form that was asked for. */
function quieten(program: Command): void {
  program.exitOverride();
  program.configureOutput({ outputError: () => {} });
  for (const inner of program.commands) quieten(inner);
}

function usageError(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return EXIT.ok;
  // Help that was shown because nothing was asked for.
  if (error.code === "commander.help") return EXIT.usage;
  // What was probably meant follows on a line of its own.
  const message = error.message
    .replace(/^error: /, "")
    .replace(/^command-argument value/, "value")
    .replaceAll("\n", " ");
  new Output(json).error(usage(message));
  if (!json) process.stderr.write("Try copytrader --help, or --help after a command.\n");
  return EXIT.usage;
}

/** What is written into a pipe goes out in pieces of 64 KiB; ending before it is read would cut it off. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/** What nobody caught ends the process as ever, but its text passes by here: it may quote anything. */
export function endOnUncaught(): void {
  process.on("uncaughtException", (error) => {
    process.stderr.write(masked(`${inspect(error)}\n`));
    process.exit(EXIT.failure);
  });
}

/** The whole of a process: runs what its arguments say, and ends it. */
export async function main(): Promise<never> {
  endOnUncaught();
  watchReaders();
  const code = await runCli(process.argv.slice(2));
  await Promise.all([process.stdout, process.stderr].map(drained));
  process.exit(code);
}
