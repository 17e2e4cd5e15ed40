/** `copytrader traders`: whose record is studied: taking histories in, listing traders, looking at one. */
import { Command } from "commander";
import type { StudiedTrader } from "../../control/traders.ts";
import type { FollowerNet } from "../../traders/copying/follower-net.ts";
import type { TraderEvidence } from "../../traders/evidence.ts";
import type { QualityWord } from "../../traders/quality.ts";
import { command, type Finish, runAction } from "../command.ts";
import { coloured, type Output } from "../output.ts";
import { table, wrapped } from "../table.ts";
import {
  type CopyingOptions,
  copySettings,
  followerEquityOption,
  withCopying,
} from "./traders-copying-options.ts";
import { discoverCommand } from "./traders-discover.ts";
import { fetchCommand } from "./traders-fetch.ts";
import { filterCommand } from "./traders-filter.ts";
import { importCommand } from "./traders-import.ts";
import { type TradersOptions, withData } from "./traders-options.ts";
import { compareCommand, rankCommand } from "./traders-rank.ts";
import { returnsCommand } from "./traders-returns.ts";
import { styleCommand } from "./traders-style.ts";
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
    .addCommand(rankCommand(finish))
    .addCommand(compareCommand(finish))
    .addCommand(filterCommand(finish))
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

interface ShowOptions extends TradersOptions, CopyingOptions {
  readonly venue?: string;
}

function showCommand(finish: Finish): Command {
  const examples = [
    "traders show 4030565764341697025",
    "traders show 0x31ca8395cf837de08b24da3f660e77761dfb974b --json",
  ];
  const summary = "one trader: sums, positions, what copying leaves, and what may not be concluded";
  return withCopying(withData(command("show", summary, examples)))
    .argument("<trader>", "id")
    .addOption(followerEquityOption("a follower's capital (default: 1000, 10000 and 100000)"))
    .option("--venue <name>", "where several venues have a trader of this id")
    .action((id: string, options: ShowOptions) =>
      runAction(options, finish, (output) => show(id, options, output)),
    );
}

async function show(id: string, options: ShowOptions, output: Output): Promise<undefined> {
  const { oneTrader } = await import("../../control/traders.ts");
  const { copiedTraders } = await import("../../control/copied-traders.ts");
  const { copiedLines, EQUITIES } = await import("./traders-copied-lines.ts");
  const { QUALITY, qualityText } = await import("../../traders/quality.ts");
  const { data, venue } = options;
  const trader = await oneTrader(data, { id, venue: venue ?? null });
  const { record, summary, evidence } = trader;
  const quality = summary.quality.map((flag) => ({
    ...flag,
    meaning: qualityText(flag),
    doubtful: QUALITY[flag.word].doubtful,
  }));
  const { quality: _, ...figures } = summary;
  const returns = evidence === null ? null : recordOf(evidence);
  const selection = { ids: [id], venue: record.venue, equity: null };
  const equities = options.equity === undefined ? EQUITIES : [options.equity];
  const settings = equities.map((equity) => copySettings(options, equity));
  const [copied] = await copiedTraders(data, selection, settings);
  const followers = copied?.nets ?? [];
  output.result(
    {
      id: record.trader,
      ...record,
      ...figures,
      returns,
      followers: followers.map(followerJson),
      quality,
    },
    () =>
      [
        ...headLines(trader),
        "",
        ...openLines(trader),
        ...(evidence === null ? [] : returnLines(evidence)),
        ...copiedLines(followers),
        ...qualityLines(quality),
      ].join("\n"),
  );
  return undefined;
}

function headLines({ record, summary }: StudiedTrader): readonly string[] {
  const { fills, symbols, firstMs, lastMs, realizedPnl, fees, funding, otherFees, tradedNotional, trips } =
    summary;
  const others = Object.entries(otherFees).map(([asset, amount]) => `, ${moneyText(amount)} ${asset}`);
  return [
    `${coloured("bold", record.trader)} of ${record.venue}, last seen ${timeText(record.lastSeenMs)}`,
    `  fills        ${fills} in ${symbols.length} instruments, ${timeText(firstMs)} to ${timeText(lastMs)}`,
    `  profit       ${moneyText(realizedPnl)} realised, before fees`,
    `  fees         ${moneyText(fees)}${others.join("")}`,
    `  funding      ${moneyText(funding)}`,
    `  traded       ${moneyText(tradedNotional)}`,
    `  round trips  ${trips.finished} finished: ${trips.won} won, ${trips.lost} lost, ${trips.unseen} seen in part only`,
    `  capital      ${record.statedEquity === null ? "not stated" : moneyText(record.statedEquity)}`,
  ];
}

/** A follower's results for programs; its days are those of `traders returns`. */
function followerJson({
  settings,
  edge,
  copyability,
  orders,
  tradedValue,
  assumptions,
  returns,
}: FollowerNet) {
  const total = returns.reduce((value, one) => value * (1 + one), 1) - 1;
  return { settings, total, edge, copyability, orders, tradedValue, assumptions };
}

/** What the daily returns come to; `traders returns` has them all. */
function recordOf({ days, returns, base, isBaseStated, assumptions }: TraderEvidence) {
  const total = returns.reduce((value, one) => value * (1 + one), 1) - 1;
  return { days: days.length, total, worstDay: Math.min(...returns), base, isBaseStated, assumptions };
}

function returnLines(evidence: TraderEvidence): readonly string[] {
  const { days, total, worstDay, base, isBaseStated, assumptions } = recordOf(evidence);
  const on = `on a capital of ${base.toFixed(2)}, ${isBaseStated ? "as stated" : "which is assumed"}`;
  return [
    `${percentText(total)} in ${days} days after fees, ${on}; worst day ${percentText(worstDay)}`,
    ...assumptions.flatMap(({ text }) =>
      wrapped(text, 96).map((line, at) => `${at === 0 ? "- " : "  "}${line}`),
    ),
    "",
  ];
}

function percentText(fraction: number): string {
  return `${fraction < 0 ? "" : "+"}${(100 * fraction).toFixed(2)} %`;
}

function openLines({ summary }: StudiedTrader): readonly string[] {
  if (summary.open.length === 0) return ["Nothing is open at the end.", ""];
  const columns = [
    { title: "OPEN" },
    { title: "QUANTITY", align: "right" },
    { title: "ENTRY", align: "right" },
    { title: "SINCE (UTC)" },
  ] as const;
  const rows = summary.open.map(({ symbol, leg, quantity, averageEntry, sinceMs }) => [
    `${symbol}${leg === "net" ? "" : ` ${leg}`}`,
    quantity,
    String(Number(averageEntry.toPrecision(8))),
    timeText(sinceMs),
  ]);
  return [...table(columns, rows), ""];
}

function qualityLines(
  quality: readonly { readonly word: string; readonly meaning: string; readonly doubtful: string }[],
): readonly string[] {
  const columns = [{ title: "QUALITY" }, { title: "WHAT IT MEANS, AND WHAT MAY NOT BE CONCLUDED" }] as const;
  const rows = quality.map(({ word, meaning, doubtful }) => [
    word,
    doubtful === "" ? meaning : `${meaning}; do not conclude ${doubtful}`,
  ]);
  return quality.length === 0
    ? wrapped("Nothing is known to be wrong.")
    : table(columns, rows, { overflow: "wrap" });
}

function dayText(ms: number | null): string {
  return ms === null ? "-" : new Date(ms).toISOString().slice(0, 10);
}

function timeText(ms: number | null): string {
  return ms === null ? "-" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** For people, to the cent. */
function moneyText(amount: string): string {
  return Number(amount).toFixed(2);
}
