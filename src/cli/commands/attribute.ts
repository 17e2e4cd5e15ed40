/**
 * `copytrader attribute`: why a follower made more or less than its leader, to the last digit. Reads the journal in the data folder, also
 * beside an engine that writes it.
 */
import type { Command } from "commander";
import { dataFolderPaths } from "../../data-folder.ts";
import { attributionLines } from "../attribution-lines.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  positiveCount,
  runAction,
  symbolName,
  withFolders,
} from "../command.ts";
import { drive, INTERRUPTED } from "../drive.ts";
import { assertInOrder, assertPast, fromTime, toTime } from "../market-options.ts";
import { EXIT, nothingStarted, type Output } from "../output.ts";

interface AttributeOptions extends CommonOptions, Folders {
  readonly leader?: string;
  readonly follower?: string;
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly trade?: number;
  readonly byTrade?: boolean;
}

const EXIT_CODES = `
The difference is your result less your leader's, scaled by the size rule without any rounding. Every part of it is
worked out by itself; that they add up to the difference to the last digit is checked each time. What each means,
with an example: docs/attribution.md.

Exit codes: 0 the parts add up; 1 they do not, nothing was copied yet, or the journal cannot be read; 2 it was asked
for wrongly; 130 interrupted.`;

export function attributeCommand(finish: Finish): Command {
  const summary = "why a follower made more or less than its leader, split to the last digit";
  const examples = [
    "attribute",
    "attribute --leader anna --follower me --from 2026-01-01 --to 2026-01-31",
    "attribute --symbol BTCUSDT --by-trade",
    "attribute --trade 4711 --json",
  ];
  return withFolders(command("attribute", summary, examples))
    .option("--leader <nickname>", "only copies of this leader")
    .option("--follower <nickname>", "only copies on this follower")
    .option("--symbol <symbol>", "only this instrument of the follower's", symbolName)
    .option("--from <date>", "from this day, or moment, on (UTC)", fromTime)
    .option("--to <date>", "to the end of this day, or to this moment", toTime)
    .option(
      "--trade <change>",
      "only the position that this change of the leader's belongs to",
      positiveCount,
    )
    .option("--by-trade", "each position of the leader's by itself, from its opening to the next")
    .addHelpText("after", EXIT_CODES)
    .action((options: AttributeOptions) =>
      runAction(options, finish, (output) => attribute(options, output)),
    );
}

async function attribute(options: AttributeOptions, output: Output): Promise<number> {
  const { data, leader, follower, symbol, from, to, trade, byTrade } = options;
  assertPast("--from", from);
  assertInOrder({ "--from": from, "--to": to });
  const { attribution } = await import("../../control/attribution-report.ts");
  const steps = attribution(dataFolderPaths(data).journal, {
    ...(leader === undefined ? {} : { leader }),
    ...(follower === undefined ? {} : { follower }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(trade === undefined ? {} : { trade }),
    ...(byTrade === undefined ? {} : { byTrade }),
  });
  const driven = await drive(steps, output, { besideResults: false });
  if (driven === null) return INTERRUPTED;
  const report = driven.value;
  if (report === null) throw nothingStarted(data);
  output.result(report, () => attributionLines(report).join("\n"));
  return report.totals.every(({ residual }) => residual === "0") ? EXIT.ok : EXIT.failure;
}
