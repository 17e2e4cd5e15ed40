/** `copytrader traders watch`: follows one trader as copying would, and tells and keeps what it does. */
import { type Command, Option } from "commander";
import { TRADER_VENUES, type TraderVenue } from "../../run/trader-venues.ts";
import type { Watched } from "../../run/watch.ts";
import type { WatchedItem, WatchedPosition } from "../../run/watch-trader.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { loadForInspection } from "../load.ts";
import { CliError, coloured, EXIT, type Output, usage } from "../output.ts";

interface WatchOptions extends Folders, CommonOptions {
  readonly venue?: TraderVenue;
  readonly url?: string;
  /** False with --no-store. */
  readonly store: boolean;
}

const AFTER = `
The id is a public address at Hyperliquid, a lead trader's id at OKX (which can only be polled, every five
seconds), or the nickname of a configured account. Fills are told at once, positions when they changed, equity
once a minute at most. What a public trader does is kept in the trader store, as by traders fetch.
With --json each line is one item: its kind is connection, fill, positions, equity, stored or notice.

Exit codes: 0 ended by Ctrl-C; 1 the venue failed for good; 2 asked for wrongly.`;

export function watchCommand(finish: Finish): Command {
  const examples = [
    "traders watch 0x5e9ee1089755c3435139848e47e6635505d5a13a",
    "traders watch 540D011FDACCB47A --venue okx --json",
    "traders watch master",
  ];
  return withFolders(
    command("watch", "follow one trader live: fills, positions, equity; Ctrl-C ends it", examples),
  )
    .argument("<id>", "address, a lead trader's id, or the nickname of a configured account")
    .addOption(
      new Option("--venue <name>", "where the trader is, when the id does not tell").choices([
        ...TRADER_VENUES,
      ]),
    )
    .option("--url <address>", "another address than the venue's own")
    .option("--no-store", "keep nothing")
    .addHelpText("after", AFTER)
    .action((id: string, options: WatchOptions) =>
      runAction(options, finish, (output) => watchOne(id, options, output)),
    );
}

async function watchOne(id: string, options: WatchOptions, output: Output): Promise<number> {
  const watched = await whom(id, options);
  const { watch } = await import("../../run/watch.ts");
  const { fetchFailure } = await import("../../run/trader-sources.ts");
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const tell = (item: WatchedItem): void => output.result(item, () => describe(item));
    output.note(`watching ${id}; Ctrl-C ends it`);
    await watch(watched, { dataFolder: options.data, keeps: options.store, stop: stop.signal, tell });
    return EXIT.ok;
  } catch (error) {
    const cause = fetchFailure(error);
    if (cause !== null) throw new CliError("venue", cause, { exitCode: EXIT.failure });
    if (error instanceof TypeError) throw usage(error.message);
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** A nickname comes last: an id that looks like a venue's is that venue's. */
async function whom(id: string, options: WatchOptions): Promise<Watched> {
  const { url = null } = options;
  const venue = options.venue ?? venueOf(id);
  if (venue !== null) return { kind: "public", venue, id, url };
  const { accounts } = await loadForInspection(options);
  const account = accounts.find(({ account: nickname }) => nickname === id);
  if (account !== undefined) return { kind: "account", account };
  const names = accounts.map(({ account: nickname }) => nickname).join(", ") || "none";
  throw usage(
    `${id} is no address, no lead trader's id, and no configured account (there are: ${names}); --venue says where a trader is`,
  );
}

function venueOf(id: string): TraderVenue | null {
  if (/^0x[0-9a-fA-F]{40}$/.test(id)) return "hyperliquid";
  return /^([0-9A-F]{16}|\d{18})$/.test(id) ? "okx" : null;
}

function describe(item: WatchedItem): string {
  return `${timeText(item.atMs)}  ${textOf(item)}`;
}

function textOf(item: WatchedItem): string {
  switch (item.kind) {
    case "connection":
      return item.state === "up" ? "connected" : coloured("yellow", `connection lost: ${item.cause}`);
    case "fill": {
      const colour = item.side === "buy" ? "green" : "red";
      return `${coloured(colour, item.side.padEnd(4))} ${item.quantity} ${item.symbol}${legText(item.leg)} at ${item.price}`;
    }
    case "positions":
      return `holds ${item.positions.map(positionText).join(", ") || "nothing"}`;
    case "equity":
      return `equity ${item.equity}`;
    case "stored":
      return coloured("dim", `${item.added} fill(s) kept`);
    case "notice":
      return coloured("yellow", item.text);
  }
}

function positionText({ symbol, leg, quantity, entryPrice, leverage }: WatchedPosition): string {
  const entry = entryPrice === "" ? "" : ` from ${entryPrice}`;
  const times = leverage === "" ? "" : ` ${leverage}x`;
  return `${quantity} ${symbol}${legText(leg)}${entry}${times}`;
}

function legText(leg: string): string {
  return leg === "net" ? "" : ` ${leg}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
