/** `copytrader traders discover`: whom a venue shows as traders that can be copied, with its own figures of them. */
import { type Command, Option } from "commander";
import type { Period, RankOrder } from "../../exchange/okx/lead-traders.ts";
import type { LeadStatistics, LeadTrader } from "../../exchange/okx/parse.ts";
import type { LeadProfile } from "../../run/discover-traders.ts";
import { command, type Finish, runAction, wholeNumber } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { table } from "../table.ts";
import { type TradersOptions, untilInterrupted, withData } from "./traders-options.ts";

interface DiscoverOptions extends TradersOptions {
  readonly venue: "okx";
  readonly order: RankOrder;
  readonly limit: number;
  readonly vacant?: boolean;
  readonly period?: Period;
  readonly url?: string;
}

const ORDERS = ["overview", "pnl", "aum", "win_ratio", "pnl_ratio", "current_copy_trader_pnl"];
const LIMIT_MAX = 1_000;
const AFTER = `
The figures are the venue's own, of those who are still there: a list of winners. What a record proves is
told by traders fetch and traders show. Whoever is shown here is noted in the data folder as looked at: traders rank
counts them, as the best of many is lucky. With --period each trader's statistics are asked for as well, two a second.

Exit codes: 0 done; 1 the venue failed; 2 asked for wrongly; 130 interrupted.`;

export function discoverCommand(finish: Finish): Command {
  const examples = [
    "traders discover --venue okx --limit 20",
    "traders discover --venue okx --order aum --period 90d --json",
    "traders discover 540D011FDACCB47A --venue okx",
  ];
  return withData(command("discover", "lead traders that a venue shows, with its figures of them", examples))
    .addOption(new Option("--venue <name>", "whose lead traders").choices(["okx"]).makeOptionMandatory())
    .addOption(new Option("--order <figure>", "whom it names first").choices(ORDERS).default("overview"))
    .option("--limit <count>", "how many", wholeNumber, 20)
    .option("--vacant", "only who takes on more copiers")
    .addOption(
      new Option("--period <length>", "statistics over this time, for each").choices([
        "7d",
        "30d",
        "90d",
        "365d",
      ]),
    )
    .option("--url <address>", "another address than the venue's own")
    .addHelpText("after", AFTER)
    .argument("[id]", "only this one: statistics, weeks, coins and open positions")
    .action((id: string | undefined, options: DiscoverOptions) =>
      runAction(options, finish, (output) =>
        id === undefined ? discover(options, output) : profile(id, options, output),
      ),
    );
}

async function profile(id: string, options: DiscoverOptions, output: Output): Promise<number> {
  const { profileOf } = await import("../../run/discover-traders.ts");
  const { period = "90d", url = null } = options;
  return untilInterrupted(output, async (stop) => {
    try {
      const found = await profileOf(id, { period, url, stop });
      await note(options, [found.id]);
      output.result({ venue: options.venue, ...found }, () => profileText(found, period));
      return EXIT.ok;
    } catch (error) {
      throw await venueError(options.venue, error);
    }
  });
}

async function note({ data, venue }: DiscoverOptions, ids: readonly string[]): Promise<void> {
  const { noteScreened } = await import("../../control/screened.ts");
  const keys = ids.map((trader) => ({ venue, trader }));
  await noteScreened(data, keys, Date.now());
}

/** What the venue said is no fault of the program. */
async function venueError(venue: string, error: unknown): Promise<unknown> {
  const { fetchFailure } = await import("../../run/trader-sources.ts");
  const cause = fetchFailure(error);
  return cause === null ? error : new CliError("venue", `${venue}: ${cause}`, { exitCode: EXIT.failure });
}

function profileText({ id, statistics, weeks, coins, open }: LeadProfile, period: Period): string {
  const known = statistics === null ? [] : statisticsLines(statistics, period);
  const shares = coins.map(({ coin, share }) => `${coin} ${percent(share)} %`).join(", ");
  return [
    id,
    ...known,
    `  trades       ${shares || "nothing known"}`,
    "",
    ...weekLines(weeks),
    "",
    ...openLines(open),
  ].join("\n");
}

function statisticsLines(statistics: LeadStatistics, period: Period): readonly string[] {
  const [days, invested, copiers] = statisticsCells(statistics);
  return [
    `  last ${period.padEnd(7)} ${percent(statistics.winRatio)} % won, days with profit and loss ${days}`,
    `  invested     ${invested} ${statistics.currency}; who copies now has made ${copiers}`,
  ];
}

function weekLines(weeks: LeadProfile["weeks"]): readonly string[] {
  const rows = weeks.map(({ beginMs, pnl, pnlRatio }) => [dayText(beginMs), money(pnl), percent(pnlRatio)]);
  return [...table([{ title: "WEEK OF" }, right("PNL"), right("PNL %")], rows)];
}

function openLines(open: LeadProfile["open"]): readonly string[] {
  if (open.length === 0) return ["Nothing is open."];
  const rows = open.map(({ instrument, side, contracts, openPrice, openedAtMs }) => {
    return [instrument, side === "buy" ? "long" : "short", contracts, openPrice, dayText(openedAtMs)];
  });
  const columns = [
    { title: "OPEN" },
    { title: "SIDE" },
    right("CONTRACTS"),
    right("ENTRY"),
    { title: "SINCE" },
  ];
  return [...table(columns, rows)];
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function right(title: string) {
  return { title, align: "right" } as const;
}

async function discover(options: DiscoverOptions, output: Output): Promise<number> {
  if (options.limit < 1 || options.limit > LIMIT_MAX) throw usage(`--limit must be 1 to ${LIMIT_MAX}`);
  const { discoverLeadTraders } = await import("../../run/discover-traders.ts");
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  return untilInterrupted(output, async (stop) => {
    try {
      const { traders, unreadable } = await discoverLeadTraders({
        order: options.order,
        most: options.limit,
        vacant: options.vacant === true,
        period: options.period ?? null,
        url: options.url ?? null,
        stop,
        onProgress: (done, of) => progress.show(() => `statistics of ${done} of ${of}`),
      });
      progress.clear();
      await note(
        options,
        traders.map(({ id }) => id),
      );
      output.result({ venue: options.venue, traders, unreadable }, () => listText(traders, unreadable));
      return EXIT.ok;
    } catch (error) {
      progress.clear();
      throw await venueError(options.venue, error);
    }
  });
}

type Discovered = LeadTrader & { readonly statistics: LeadStatistics | null };

function listText(traders: readonly Discovered[], unreadable: readonly string[]): string {
  if (traders.length === 0) return "the venue shows nobody";
  const hasStatistics = traders.some(({ statistics }) => statistics !== null);
  const columns = [
    { title: "ID" },
    { title: "NAME" },
    ...["PNL", "PNL %", "WON %", "DAYS", "COPIERS", "AUM"].map(right),
    ...(hasStatistics ? ["DAYS +/-", "INVESTED", "COPIERS' PNL"].map(right) : []),
  ];
  const rows = traders.map((one) => [
    one.id,
    one.name,
    money(one.pnl),
    percent(one.pnlRatio),
    percent(one.winRatio),
    one.leadDays ?? "-",
    `${one.copiers ?? "-"}/${one.copiersMax ?? "-"}`,
    money(one.aum),
    ...(hasStatistics ? statisticsCells(one.statistics) : []),
  ]);
  const left =
    unreadable.length === 0 ? [] : [`${unreadable.length} rows could not be read: ${unreadable[0]}`];
  return [...table(columns, rows), ...left].join("\n");
}

function statisticsCells(statistics: LeadStatistics | null): readonly string[] {
  if (statistics === null) return ["-", "-", "-"];
  const { profitDays, lossDays, invested, copiersPnl } = statistics;
  return [`${profitDays ?? "-"}/${lossDays ?? "-"}`, money(invested), money(copiersPnl)];
}

function money(amount: string | null): string {
  return amount === null ? "-" : Number(amount).toFixed(0);
}

function percent(share: string | null): string {
  return share === null ? "-" : (Number(share) * 100).toFixed(1);
}
