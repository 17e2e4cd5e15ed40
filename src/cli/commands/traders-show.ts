/** `copytrader traders show`: all that is known of one trader, and what may not be concluded. */
import type { Command } from "commander";
import type { recordOf } from "../../control/trader-report.ts";
import type { StudiedTrader } from "../../control/traders.ts";
import type { FollowerNet } from "../../traders/copying/follower-net.ts";
import { counted } from "../../traders/counted.ts";
import { command, type Finish, runAction } from "../command.ts";
import { coloured, type Output } from "../output.ts";
import { table, wrapped } from "../table.ts";
import {
  type CopyingOptions,
  copySettings,
  followerEquityOption,
  withCopying,
} from "./traders-copying-options.ts";
import { type TradersOptions, withData } from "./traders-options.ts";
import { moneyText, timeText } from "./traders-text.ts";

interface ShowOptions extends TradersOptions, CopyingOptions {
  readonly venue?: string;
}

export function showCommand(finish: Finish): Command {
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
  const { figuresOfTrader } = await import("../../control/trader-figures.ts");
  const { figureLines } = await import("./traders-figure-lines.ts");
  const { copiedLines, EQUITIES } = await import("./traders-copied-lines.ts");
  const { figuresJson, qualityRows, recordOf: sumsOf } = await import("../../control/trader-report.ts");
  const { data, venue } = options;
  const trader = await oneTrader(data, { id, venue: venue ?? null });
  const { record, summary, evidence, payments } = trader;
  const quality = qualityRows(summary);
  const { quality: _, ...figures } = summary;
  const returns = evidence === null ? null : sumsOf(evidence);
  const selection = { ids: [id], venue: record.venue, equity: null };
  const equities = options.equity === undefined ? EQUITIES : [options.equity];
  const settings = equities.map((equity) => copySettings(options, equity));
  const [copied] = await copiedTraders(data, selection, settings);
  const followers = copied?.nets ?? [];
  const found = evidence === null ? null : figuresOfTrader(data, evidence, payments);
  output.result(
    {
      id: record.trader,
      ...record,
      ...figures,
      returns,
      figures: found === null ? null : figuresJson(found),
      followers: followers.map(followerJson),
      quality,
    },
    () =>
      [
        ...headLines(trader),
        "",
        ...openLines(trader),
        ...(returns === null ? [] : returnLines(returns)),
        ...(found === null ? [] : figureLines(found)),
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

function returnLines({
  days,
  total,
  worstDay,
  base,
  isBaseStated,
  assumptions,
}: ReturnType<typeof recordOf>): readonly string[] {
  const on = `on a capital of ${base.toFixed(2)}, ${isBaseStated ? "as stated" : "which is assumed"}`;
  return [
    `${percentText(total)} in ${counted(days, "day")} after fees, ${on}; worst day ${percentText(worstDay)}`,
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
