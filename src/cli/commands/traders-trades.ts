/** `copytrader traders trades`: what the round trips of imported traders tell. */
import type { Command } from "commander";
import type { TradeFigures } from "../../analytics/trades/trade-figures.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, type Output } from "../output.ts";
import { type TradersOptions, withData } from "./traders-options.ts";

interface TradesOptions extends TradersOptions {
  readonly venue?: string;
}

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
  const { observedWindow } = await import("../../traders/evidence.ts");
  const { tradeFiguresOf } = await import("../../analytics/trades/trade-figures.ts");
  const { tradeLines } = await import("../trade-lines.ts");
  const evidence = await evidenceOfTraders(data, { ids, venue: venue ?? null, equity: null });
  if (evidence.length === 0) throw new CliError("no-fills", "none of these traders has a fill");
  const found = evidence.map((one) => {
    const window = observedWindow(one);
    const figures: TradeFigures = tradeFiguresOf(one.trips, window);
    return { id: one.trader.trader, venue: one.trader.venue, ...window, ...figures };
  });
  output.result({ traders: found }, () => tradeLines(found).join("\n"));
  return undefined;
}
