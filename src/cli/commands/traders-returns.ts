/**
 * `copytrader traders returns`: daily returns of traders as the table that `metrics` and `evidence` read, with what had to be assumed for
 * them.
 */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { TraderEvidence } from "../../traders/evidence.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, type Output } from "../output.ts";
import { assertWritable } from "../output-file.ts";
import { wrapped } from "../table.ts";
import { type CopyingOptions, copySettings, withCopying } from "./traders-copying-options.ts";
import { equityAmount, type TradersOptions, withData } from "./traders-options.ts";

interface ReturnsOptions extends TradersOptions, Omit<CopyingOptions, "equity"> {
  readonly venue?: string;
  readonly equity?: string;
  readonly follower?: string;
  readonly out?: string;
}

const AFTER = `
The table goes to stdout or into the file, the assumptions to stderr: read them. Where no capital was stated, the
least is taken with which everything could have been held. Marks come from the market history of the data folder
(copytrader market import, fetch); without them the last known price stands in.`;

export function returnsCommand(finish: Finish): Command {
  const examples = [
    "traders returns --out returns.csv",
    "traders returns 4030565764341697025 --equity 10000 --out returns.csv",
    "traders returns --follower 5000 --out followers.csv",
    "metrics returns.csv",
  ];
  return withCopying(
    withData(command("returns", "daily returns of all traders, or of some, and what they assume", examples)),
  )
    .argument("[traders...]", "ids; all where none is named")
    .option("--venue <name>", "where several venues have a trader of one id")
    .option(
      "--equity <amount>",
      "their capital at the beginning, before what the import stated",
      equityAmount,
    )
    .option(
      "--follower <amount>",
      "the returns of a follower of each with so much capital, not the traders' own",
      equityAmount,
    )
    .option("--out <file>", "write the table into this file")
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: ReturnsOptions) =>
      runAction(options, finish, (output) => returns(ids, options, output)),
    );
}

async function returns(ids: readonly string[], options: ReturnsOptions, output: Output): Promise<undefined> {
  const { out } = options;
  assertWritable("--out", out);
  const evidence = await meant(ids, options);
  if (evidence.length === 0) throw new CliError("no-fills", "none of these traders has a fill");
  const csv = table(evidence);
  if (out !== undefined) writeFileSync(out, `${csv}\n`);
  for (const one of evidence) for (const line of assumptionLines(one)) output.note(line);
  output.result({ traders: evidence.map(inJson) }, () =>
    out === undefined ? csv : `written ${out}: ${evidence.length} traders`,
  );
  return undefined;
}

type Returns = Pick<TraderEvidence, "trader" | "days" | "returns" | "pnl" | "base" | "isBaseStated"> & {
  readonly assumptions: readonly { readonly word: string; readonly text: string }[];
  readonly quality: TraderEvidence["quality"];
  readonly trips: TraderEvidence["trips"];
};

/** The traders' own results, or those of their followers on the same days. */
async function meant(
  ids: readonly string[],
  { data, venue, equity, follower, ...options }: ReturnsOptions,
): Promise<readonly Returns[]> {
  const selection = { ids, venue: venue ?? null, equity: equity ?? null };
  if (follower === undefined) {
    const { evidenceOfTraders } = await import("../../control/traders.ts");
    return evidenceOfTraders(data, selection);
  }
  const { copiedTraders } = await import("../../control/copied-traders.ts");
  const copied = await copiedTraders(data, selection, [copySettings(options, follower)]);
  return copied.flatMap(({ evidence, nets: [net] }) =>
    net === undefined
      ? []
      : [
          {
            ...evidence,
            ...{ returns: net.returns, pnl: net.pnl, base: Number(follower), isBaseStated: true },
            assumptions: [...evidence.assumptions, ...net.assumptions],
          },
        ],
  );
}

/** A row for each day that any of them has; empty cells before and after the others. */
function table(evidence: readonly Returns[]): string {
  const days = [...new Set(evidence.flatMap((one) => one.days))].sort();
  const names = evidence.map(({ trader }) => nameIn(evidence, trader));
  const cells = evidence.map((one) => new Map(one.days.map((day, at) => [day, one.returns[at]])));
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const rows = everyDay(first, last).map((day) => [day, ...cells.map((own) => own.get(day) ?? "")].join(","));
  return [["date", ...names].join(","), ...rows].join("\n");
}

/** With the venue where one id is at two of them. */
function nameIn(evidence: readonly Returns[], { venue, trader }: Returns["trader"]): string {
  const isAlone = evidence.filter((one) => one.trader.trader === trader).length === 1;
  return isAlone ? trader : `${venue}:${trader}`;
}

function everyDay(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

export function assumptionLines({
  trader,
  assumptions,
}: Pick<Returns, "trader" | "assumptions">): readonly string[] {
  return [
    `${trader.trader}:`,
    ...assumptions.flatMap(({ text }) =>
      wrapped(text, 96).map((line, at) => `${at === 0 ? "- " : "  "}${line}`),
    ),
  ];
}

function inJson({ trips, returns: ofDays, pnl, quality, trader, ...rest }: Returns) {
  return {
    id: trader.trader,
    venue: trader.venue,
    ...rest,
    returns: [...ofDays],
    pnl: [...pnl],
    roundTrips: trips.length,
    quality: quality.map(({ word }) => word),
  };
}
