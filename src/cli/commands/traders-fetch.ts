/** `copytrader traders fetch`: what a venue tells publicly of a trader, into the trader store. Needs no key. */

import { type Command, Option } from "commander";
import type { FetchReport } from "../../run/fetch-trader.ts";
import { TRADER_VENUES, type TraderVenue } from "../../run/trader-venues.ts";
import { counted } from "../../traders/counted.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { type TradersOptions, untilInterrupted, withData } from "./traders-options.ts";

interface FetchOptions extends TradersOptions {
  readonly venue: TraderVenue;
  readonly url?: string;
  readonly whole?: boolean;
}

const AFTER = `
At Hyperliquid the id is a public address, and the venue keeps its newest 10,000 fills: a second fetch goes on
where the first ended, so that fetching now and then keeps all of them, and with them funding payments and what
was paid into and out of the account. At OKX it is the id that traders discover shows; each position of the last
three months is one opening and one closing at their averages.

Exit codes: 0 done; 1 the venue failed, and nothing was taken in; 2 asked for wrongly; 130 interrupted.`;

export function fetchCommand(finish: Finish): Command {
  const examples = [
    "traders fetch 0x5e9ee1089755c3435139848e47e6635505d5a13a --venue hyperliquid",
    "traders fetch 540D011FDACCB47A --venue okx",
  ];
  return withData(
    command("fetch", "fetch a trader's public history from a venue; no key is needed", examples),
  )
    .argument("<id>", "address, or a lead trader's id")
    .addOption(
      new Option("--venue <name>", "where the trader is").choices([...TRADER_VENUES]).makeOptionMandatory(),
    )
    .option("--url <address>", "another address than the venue's own")
    .option("--whole", "ask for everything again, not only for what came since")
    .addHelpText("after", AFTER)
    .action((id: string, options: FetchOptions) =>
      runAction(options, finish, (output) => fetchOne(id, options, output)),
    );
}

async function fetchOne(id: string, options: FetchOptions, output: Output): Promise<number> {
  const { openTraderSource, fetchFailure } = await import("../../run/trader-sources.ts");
  const { fetchTrader } = await import("../../run/fetch-trader.ts");
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  return untilInterrupted(output, async (stop) => {
    const { venue, url = null, whole = false } = options;
    const source = opened(() => openTraderSource({ venue, id, url, stop }));
    try {
      const onProgress = (rows: number) => progress.show(() => `${rows} fills and payments`);
      const report = await fetchTrader(options.data, source, { whole, nowMs: Date.now(), onProgress });
      progress.clear();
      output.result(report, () => describe(report));
      return EXIT.ok;
    } catch (error) {
      progress.clear();
      const cause = fetchFailure(error);
      if (cause === null) throw error;
      throw new CliError("venue", `${venue}: ${cause}; nothing was taken in`, { exitCode: EXIT.failure });
    } finally {
      source.close();
    }
  });
}

/** What an id looks like is told before anything is asked. */
function opened<Source>(open: () => Source): Source {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usage(error.message);
  }
}

function describe(report: FetchReport): string {
  const { trader, venue, since, fills, fundingPayments, added, known, conflicts, notes } = report;
  const { transfers, transfersAdded } = report;
  const funding = fundingPayments === 0 ? "" : ` and ${counted(fundingPayments, "funding payment")}`;
  const from = since === null ? "" : ` since ${new Date(since).toISOString().slice(0, 16).replace("T", " ")}`;
  return [
    `${trader} of ${venue}: ${counted(fills, "fill")}${funding}${from}, ${added} new, ${known} known already`,
    ...(conflicts === 0 ? [] : [`  ${conflicts} stored with another price or quantity: left as they are`]),
    ...(transfers === null || transfers === 0
      ? []
      : [`  ${counted(transfers, "transfer")} into or out of the account, ${transfersAdded} new`]),
    ...notes.map((note) => `  ${note}`),
    `copytrader traders show ${trader} tells what they come to`,
  ].join("\n");
}
