/** `copytrader traders`: whose record is studied: taking histories in, listing traders, looking at one. */
import { Command } from "commander";
import type { StudiedTrader } from "../../control/traders.ts";
import type { QualityWord } from "../../traders/quality.ts";
import { command, type Finish, runAction } from "../command.ts";
import { table, wrapped } from "../table.ts";
import { copyingCommand } from "./traders-copying.ts";
import { discoverCommand } from "./traders-discover.ts";
import { fetchCommand } from "./traders-fetch.ts";
import { filterCommand } from "./traders-filter.ts";
import { importCommand } from "./traders-import.ts";
import { learnCommand } from "./traders-learn.ts";
import { monitorCommand } from "./traders-monitor.ts";
import { type TradersOptions, withData } from "./traders-options.ts";
import { compareCommand, rankCommand } from "./traders-rank.ts";
import { returnsCommand } from "./traders-returns.ts";
import { screenedCommand } from "./traders-screened.ts";
import { showCommand } from "./traders-show.ts";
import { styleCommand } from "./traders-style.ts";
import { dayText, moneyText } from "./traders-text.ts";
import { tradesCommand } from "./traders-trades.ts";
import { watchCommand } from "./traders-watch.ts";

export function tradersCommand(finish: Finish): Command {
  const summary = "whose record is studied: discover traders, take histories in, list them, look at one";
  return new Command("traders")
    .summary(summary)
    .description(`${summary}.`)
    .addCommand(discoverCommand(finish))
    .addCommand(fetchCommand(finish))
    .addCommand(importCommand(finish))
    .addCommand(listCommand(finish))
    .addCommand(showCommand(finish))
    .addCommand(watchCommand(finish))
    .addCommand(monitorCommand(finish))
    .addCommand(rankCommand(finish))
    .addCommand(learnCommand(finish))
    .addCommand(compareCommand(finish))
    .addCommand(copyingCommand(finish))
    .addCommand(filterCommand(finish))
    .addCommand(screenedCommand(finish))
    .addCommand(returnsCommand(finish))
    .addCommand(styleCommand(finish))
    .addCommand(tradesCommand(finish));
}

function listCommand(finish: Finish): Command {
  const examples = ["traders list", "traders list --json"];
  return withData(
    command("list", "all traders that were ever seen, with what is known of their record", examples),
  ).action((options: TradersOptions) =>
    runAction(options, finish, async (output) => {
      const { listTraders } = await import("../../control/traders.ts");
      const { QUALITY } = await import("../../traders/quality.ts");
      const traders = await listTraders(options.data);
      output.result({ traders: traders.map(listed) }, () =>
        listText(traders, options.data, (word) => QUALITY[word].letter),
      );
      return undefined;
    }),
  );
}

/** One row of the list for programs: amounts are decimal strings, times UTC milliseconds. */
function listed({ record, summary }: StudiedTrader) {
  return {
    id: record.trader,
    venue: record.venue,
    fills: summary.fills,
    first: summary.firstMs,
    last: summary.lastMs,
    realizedPnl: summary.realizedPnl,
    fees: summary.fees,
    funding: summary.funding,
    lastSeen: record.lastSeenMs,
    quality: summary.quality.map(({ word }) => word),
  };
}

type LetterOf = (word: QualityWord) => string;

function listText(traders: readonly StudiedTrader[], data: string, letterOf: LetterOf): string {
  if (traders.length === 0)
    return `no traders yet in ${data}; copytrader traders import FILE takes their histories in`;
  const columns = [
    { title: "TRADER" },
    { title: "VENUE" },
    { title: "FILLS", align: "right" },
    { title: "FIRST" },
    { title: "LAST" },
    { title: "PROFIT", align: "right" },
    { title: "FEES", align: "right" },
    { title: "MIND" },
  ] as const;
  const rows = traders.map(({ record, summary }) => [
    record.trader,
    record.venue,
    String(summary.fills),
    dayText(summary.firstMs),
    dayText(summary.lastMs),
    moneyText(summary.realizedPnl),
    moneyText(summary.fees),
    summary.quality.map(({ word }) => letterOf(word)).join(""),
  ]);
  const words = [...new Set(traders.flatMap(({ summary }) => summary.quality.map(({ word }) => word)))];
  const legend = words.filter((word) => letterOf(word) !== "").map((word) => `${letterOf(word)} ${word}`);
  const mind = legend.length === 0 ? [] : wrapped(`MIND: ${legend.join(", ")}; see traders show TRADER`);
  return [...table(columns, rows), "", "PROFIT is realised, before fees.", ...mind].join("\n");
}
