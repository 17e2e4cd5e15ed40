/** `copytrader fees`: what leaders have earned by the agreed performance fees. Reads the data folder, also beside an engine that writes it. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { feeLines } from "../fee-lines.ts";
import { CliError, EXIT, type Output } from "../output.ts";

interface FeesOptions extends CommonOptions, Folders {
  readonly follower?: string;
  readonly leader?: string;
}

const AFTER = `
At the end of each period a leader earns its rate of what its copies brought one follower above the mark: the highest that
they had brought at the end of any period before. Losses are made good first; stopping, starting, ending a relation and
beginning it again, payments in and out change nothing of that. The terms are performance_fee in the leader's file, or
under copy_trading. It is a ledger: no money moves. With an example: docs/performance-tracking.md.

Exit codes: 0 told; 1 nothing was started yet, or what is there cannot be read; 2 it was asked for wrongly.`;

export function feesCommand(finish: Finish): Command {
  const summary = "what leaders earned by performance fees with a high-water mark: a ledger by period";
  return withFolders(command("fees", summary, ["fees", "fees --leader anna --follower me --json"]))
    .option("--leader <nickname>", "only this leader")
    .option("--follower <nickname>", "only this follower")
    .addHelpText("after", AFTER)
    .action((options: FeesOptions) => runAction(options, finish, (output) => tellFees(options, output)));
}

async function tellFees({ data, follower, leader }: FeesOptions, output: Output): Promise<number> {
  const { fees } = await import("../../control/performance/fees.ts");
  const report = await fees(data, {
    ...(follower === undefined ? {} : { follower }),
    ...(leader === undefined ? {} : { leader }),
    nowMs: Date.now(),
  });
  if (report === null) throw new CliError("not-running", `nothing has been started yet in ${data}`);
  output.result(report, () => feeLines(report).join("\n"));
  return EXIT.ok;
}
