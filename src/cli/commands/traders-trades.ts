/** `copytrader traders trades`: what the round trips of imported traders tell. */
import type { Command } from "commander";
import type { TradeFigures } from "../../analytics/trades/trade-figures.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, type Output } from "../output.ts";
import { type TradersOptions, withData } from "./traders-options.ts";

interface TradesOptions extends TradersOptions {
  readonly venue?: string;
}

const DAY_MS = 86_400_000;
const AFTER = `
Round trips are positions from flat to flat that the history has whole; docs/evidence.md says what each figure is
and when it is undefined (-).`;

export function tradesCommand(finish: Finish): Command {
  const examples = ["traders trades", "traders trades 4030565764341697025 --json"];
  return withData(command("trades", "what round trips tell: of all traders, or of some", examples))
    .argument("[traders...]", "ids; all where none is named")
    .option("--venue <name>", "where several venues have a trader of one id")
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: TradesOptions) =>
      runAction(options, finish, (output) => trades(ids, options, output)),
    );
}

async function trades(
  ids: readonly string[],
  { data, venue }: TradesOptions,
  output: Output,
): Promise<undefined> {
  const { evidenceOfTraders } = await import("../../control/traders.ts");
  const { tradeFiguresOf } = await import("../../analytics/trades/trade-figures.ts");
  const { tradeLines } = await import("../trade-lines.ts");
  const evidence = await evidenceOfTraders(data, { ids, venue: venue ?? null, equity: null });
  if (evidence.length === 0) throw new CliError("no-fills", "none of these traders has a fill");
  const found = evidence.map(({ trader, days, trips }) => {
    const fromMs = Date.parse(days[0] ?? "");
    const untilMs = Date.parse(days.at(-1) ?? "") + DAY_MS;
    const figures: TradeFigures = tradeFiguresOf(trips, { fromMs, untilMs });
    return { id: trader.trader, venue: trader.venue, fromMs, untilMs, ...figures };
  });
  output.result({ traders: found }, () => tradeLines(found).join("\n"));
  return undefined;
}
