/**
 * `copytrader performance`: what copying came to over time, of followers, leaders, strategies and all together. Reads the data folder, also
 * beside an engine that writes it.
 */
import { type Command, InvalidArgumentError } from "commander";
import { PERIODS, type Period } from "../../core/model/periods.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { assertInOrder, assertPast, fromTime, toTime } from "../market-options.ts";
import { EXIT, nothingStarted, type Output } from "../output.ts";
import { performanceLines } from "../performance-lines.ts";

interface PerformanceOptions extends CommonOptions, Folders {
  readonly follower?: string;
  readonly leader?: string;
  readonly strategy?: string;
  readonly by?: Period;
  readonly from?: number;
  readonly to?: number;
}

const AFTER = `
Profit is what copying brought: trades, fees, funding, and what is held at its price. A day's return is its profit over the
equity at its beginning and what was paid in during it, so money that comes or goes is no gain and no loss; days are
compounded. Paper accounts are told apart from real money. What each figure is: docs/performance-tracking.md.

Exit codes: 0 told; 1 nothing was started yet, or what is there cannot be read; 2 it was asked for wrongly.`;

export function performanceCommand(finish: Finish): Command {
  const summary = "what copying came to by follower, leader and strategy: day by day, draw-downs, ratios";
  const examples = [
    "performance",
    "performance --by month",
    "performance --follower me --leader anna --by week --from 2026-01-01",
    "performance --strategy by-hand --json",
  ];
  return withFolders(command("performance", summary, examples))
    .option("--follower <nickname>", "only this follower")
    .option("--leader <nickname>", "only what this leader's copies brought")
    .option("--strategy <name>", "only days on which this strategy chose the leaders; by-hand: you did")
    .option("--by <period>", `a row for each ${PERIODS.join(", ")}`, periodName)
    .option("--from <date>", "from this day on (UTC)", fromTime)
    .option("--to <date>", "to the end of this day", toTime)
    .addHelpText("after", AFTER)
    .action((options: PerformanceOptions) =>
      runAction(options, finish, (output) => performance(options, output)),
    );
}

export function periodName(text: string): Period {
  const found = PERIODS.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${PERIODS.join(", ")}.`);
  return found;
}

async function performance(options: PerformanceOptions, output: Output): Promise<number> {
  const { data, follower, leader, strategy, by, from, to } = options;
  assertPast("--from", from);
  assertInOrder({ "--from": from, "--to": to });
  const { performance: read } = await import("../../control/performance/performance.ts");
  const report = await read(data, {
    ...(follower === undefined ? {} : { follower }),
    ...(leader === undefined ? {} : { leader }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(by === undefined ? {} : { by }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    nowMs: Date.now(),
  });
  if (report === null) throw nothingStarted(data);
  output.result(report, () => performanceLines(report).join("\n"));
  return EXIT.ok;
}
