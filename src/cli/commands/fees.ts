/** `copytrader fees`: what leaders have earned by the agreed performance fees. Reads the data folder, also beside an engine that writes it. */
import { type Command, InvalidArgumentError } from "commander";
import { Decimal } from "../../core/model/decimal.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  symbolName,
  withFolders,
} from "../command.ts";
import { feeLines } from "../fee-lines.ts";
import { EXIT, nothingStarted, type Output, usage } from "../output.ts";

interface FeesOptions extends CommonOptions, Folders {
  readonly follower?: string;
  readonly leader?: string;
  readonly paid?: string;
  readonly coin?: string;
}

const AFTER = `
At the end of each period a leader earns its rate of what its copies brought one follower above the mark: the highest that
they had brought at the end of any period before. Losses are made good first; stopping, starting, ending a relation and
beginning it again, payments in and out change nothing of that. The terms are performance_fee in the leader's file, or
under copy_trading. It is a ledger: no money moves. With an example: docs/performance-tracking.md.

Exit codes: 0 told; 1 nothing was started yet, or what is there cannot be read; 2 it was asked for wrongly.`;

export function feesCommand(finish: Finish): Command {
  const summary = "what leaders earned by performance fees with a high-water mark: a ledger by period";
  return withFolders(
    command("fees", summary, [
      "fees",
      "fees --leader anna --follower me --json",
      "fees --leader anna --follower me --paid 80",
    ]),
  )
    .option("--leader <nickname>", "only this leader")
    .option("--follower <nickname>", "only this follower")
    .addHelpText("after", AFTER)
    .option("--paid <amount>", "note that this was paid; --leader and --follower say whose", paidAmount)
    .option("--coin <coin>", "with --paid, where there are ledgers in several", symbolName)
    .action((options: FeesOptions) => runAction(options, finish, (output) => tellFees(options, output)));
}

function paidAmount(text: string): string {
  const amount = Decimal.tryParse(text);
  if (amount === undefined || amount.sign <= 0)
    throw new InvalidArgumentError("It must be an amount above zero, such as 80 or 12.5.");
  return amount.toString();
}

async function tellFees(options: FeesOptions, output: Output): Promise<number> {
  const { data } = options;
  const report = await askFees(options);
  if (report === null) throw nothingStarted(data);
  output.result(report, () => feeLines(report).join("\n"));
  return EXIT.ok;
}

async function askFees({ data, follower, leader, paid, coin }: FeesOptions) {
  const { fees, payFee } = await import("../../control/performance/fees.ts");
  const nowMs = Date.now();
  if (paid === undefined) {
    if (coin !== undefined) throw usage("--coin goes with --paid");
    return fees(data, {
      ...(follower === undefined ? {} : { follower }),
      ...(leader === undefined ? {} : { leader }),
      nowMs,
    });
  }
  if (leader === undefined || follower === undefined)
    throw usage("--paid needs --leader and --follower: whose fee was paid");
  return payFee(data, { leader, follower, amount: paid, nowMs, ...(coin === undefined ? {} : { coin }) });
}
