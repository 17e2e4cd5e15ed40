/** `copytrader traders rank` and `traders compare`: whose record proves something, and who cannot be judged. */
import { type Command, Option } from "commander";
import { COPY_DEFAULTS } from "../../analytics/copying/copy-settings.ts";
import type { OrderedBy, TraderRanking } from "../../control/trader-ranking.ts";
import type { RankedTrader } from "../../traders/ranked-traders.ts";
import { command, configOption, type Finish, positiveCount, runAction, wholeNumber } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { withResampling } from "../resampling.ts";
import {
  type CopyingOptions,
  copySettings,
  followerEquityOption,
  withCopying,
} from "./traders-copying-options.ts";
import {
  type NeedsOptions,
  needsOf,
  type TradersOptions,
  untilInterrupted,
  withData,
  withNeeds,
} from "./traders-options.ts";

interface RankOptions extends TradersOptions, CopyingOptions, NeedsOptions {
  readonly by: OrderedBy;
  readonly venue?: string;
  readonly passing?: boolean;
  readonly config: string;
  readonly screened: number;
  /** `compare` shows both that are named. */
  readonly top?: number;
  readonly resamples: number;
  readonly seed: number;
}

const TOP = 50;
const AFTER = `
Ranked by a cautious bound of the Sharpe ratio, not by the ratio, of what a follower would have got after its delay,
slippage, fees and smallest sizes (--by gross: of the traders' own results; --by model: by what traders learn made,
where that was better in the past). Everybody who was ever taken into the store counts as looked at; note with traders
screened add those that you left out elsewhere. docs/ranking.md says what each figure is.

Exit codes: 0 somebody can be judged; 1 nobody can; 2 asked wrongly; 130 interrupted.`;

export function rankCommand(finish: Finish): Command {
  const examples = [
    "traders rank",
    "traders rank --screened 5000 --json",
    "traders rank --equity 1000 --delay 2.5 --slippage-bps 2",
    "traders rank 3941019213896463617",
    "traders rank --passing",
  ];
  return withRanking(
    command("rank", "whose record proves something, who cannot be judged, and why", examples),
  )
    .argument("[traders...]", "ids to show; all where none is named. All are ranked in any case")
    .option("--top <count>", "how many to show in tables, with intervals", positiveCount, TOP)
    .option("--passing", "show only those who pass the filters of the configuration; all count all the same")
    .addOption(configOption("folder of the YAML files with the filters"))
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: RankOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => rank(ids, options, { stop, output })),
      ),
    );
}

export function compareCommand(finish: Finish): Command {
  const examples = ["traders compare 3941019213896463617 3880920727367689984"];
  return withRanking(command("compare", "two traders beside each other, as the ranking sees them", examples))
    .argument("<one>", "id")
    .argument("<other>", "id")
    .action((one: string, other: string, options: RankOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => compare([one, other], options, { stop, output })),
      ),
    );
}

function withRanking(made: Command): Command {
  return withResampling(withNeeds(withCopying(withData(made))), "bootstrap resamples")
    .addOption(
      new Option(
        "--by <results>",
        "order by what a follower gets, by the traders' own results, or by the model of traders learn",
      )
        .choices(["net", "gross", "model"])
        .default("net"),
    )
    .addOption(followerEquityOption("the follower's capital (default: 10000)"))
    .option("--venue <name>", "where several venues have a trader of one id")
    .addOption(
      new Option("--screened <count>", "more who were looked at elsewhere, in this call alone")
        .argParser(wholeNumber)
        .default(0),
    );
}

interface Running {
  readonly stop: AbortSignal;
  readonly output: Output;
}

async function ranking(
  ids: readonly string[],
  options: RankOptions,
  { stop, output, filtered = null }: Running & { readonly filtered?: ReadonlySet<string> | null },
): Promise<TraderRanking> {
  const { rankedTraders } = await import("../../control/trader-ranking.ts");
  const { data, venue, screened, resamples, seed, by, top = ids.length } = options;
  const settings = copySettings(options, COPY_DEFAULTS.equity);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const onDone = (done: number, of: number) => line.show(() => `trader ${done} of ${of}`);
  try {
    return await rankedTraders(
      data,
      { ids, venue: venue ?? null },
      {
        request: {
          needs: needsOf(options),
          elsewhere: screened,
          intervals: { count: top, of: (trader) => filtered?.has(nameOf(trader)) ?? true },
          resamples,
          seed,
          settings,
          by,
        },
        progress: { stop, onDone },
      },
    );
  } finally {
    line.clear();
  }
}

async function rank(ids: readonly string[], options: RankOptions, running: Running): Promise<number> {
  // First, because it may turn out that no filter is set.
  const filtered = options.passing === true ? await passingOnes(ids, options, running) : null;
  const found = await ranking(ids, options, { ...running, filtered });
  if (found.traders.length === 0)
    throw new CliError(
      "no-traders",
      `no traders yet in ${options.data}; copytrader traders import FILE takes their histories in`,
    );
  const traders = found.traders.filter(({ trader }) => filtered?.has(nameOf(trader)) ?? true);
  if (filtered !== null) running.output.note(passingText(traders.length, found.traders.length, options));
  const shown = { ...found, traders };
  const { rankLines } = await import("./traders-rank-lines.ts");
  running.output.result(rankJson(shown), () => rankLines(shown, options.top ?? TOP).join("\n"));
  return shown.traders.some(({ verdict }) => verdict.word === "judgeable") ? EXIT.ok : EXIT.failure;
}

/** What a record proves depends on all who were looked at: who does not pass is left out of what is shown, and of nothing else. */
async function passingOnes(
  ids: readonly string[],
  options: RankOptions,
  running: Running,
): Promise<ReadonlySet<string>> {
  const { filteredFor } = await import("./traders-filter.ts");
  const { traders } = await filteredFor(ids, options, running);
  return new Set(traders.flatMap(({ trader, passes }) => (passes ? [nameOf(trader)] : [])));
}

function passingText(passing: number, of: number, { config }: RankOptions): string {
  return `${passing} of ${of} traders pass the filters of ${config}; the others count, but are not shown`;
}

function nameOf({ venue, trader }: RankedTrader["trader"]): string {
  return `${venue}\n${trader}`;
}

async function compare(
  ids: readonly [string, string],
  options: RankOptions,
  running: Running,
): Promise<number> {
  if (ids[0] === ids[1]) throw new CliError("bad-request", `${ids[0]} is named twice: name two traders`);
  const found = await ranking(ids, options, running);
  const { compareLines } = await import("./traders-rank-lines.ts");
  running.output.result(rankJson(found), () => compareLines(found).join("\n"));
  return EXIT.ok;
}

function rankJson({ traders, screened, luckiestSharpe, by, settings }: TraderRanking) {
  return { screened, luckiestSharpe, by, settings, traders: traders.map(traderJson) };
}

function traderJson(ranked: TraderRanking["traders"][number]) {
  const { trader, days, trips, verdict, figures, follower, lockStep, predictedSharpe } = ranked;
  return {
    id: trader.trader,
    venue: trader.venue,
    days,
    roundTrips: trips,
    verdict: verdict.word,
    reasons: verdict.reasons,
    reservations: verdict.reservations,
    figures,
    follower,
    predictedSharpe,
    lockStep: lockStep.map((other) => ({ id: other.trader, venue: other.venue })),
  };
}
