/** `copytrader traders copying`: what is left of traders' profits after copying, by the follower's capital, of each and of all together. */
import { type Command, InvalidArgumentError } from "commander";
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import type { EdgesLeft } from "../../analytics/copying/edges-left.ts";
import type { CopiedEdges } from "../../control/copied-traders.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { table, wrapped } from "../table.ts";
import { EQUITIES, settingsText } from "./traders-copied-lines.ts";
import { type CopyingOptions, copySettings, withCopying } from "./traders-copying-options.ts";
import { equityAmount, type TradersOptions, untilInterrupted, withData } from "./traders-options.ts";

interface CopyingCommandOptions extends TradersOptions, Omit<CopyingOptions, "equity"> {
  readonly venue?: string;
  readonly equities: readonly string[];
}

const EQUITIES_MAX = 5;
const AFTER = `
Everybody counts here who has a fill, also where the record is too short to be judged: it tells what copying costs,
not who is good. traders show has one trader's figures in full, docs/ranking.md the method.

Exit codes: 0 done; 1 nobody has a fill; 2 asked wrongly; 130 interrupted.`;

export function copyingCommand(finish: Finish): Command {
  const examples = [
    "traders copying",
    "traders copying --equities 500,5000 --delay 5",
    "traders copying 3941019213896463617 --json",
  ];
  const summary = "what copying leaves of traders' profits, by the follower's capital";
  return withCopying(withData(command("copying", summary, examples)))
    .argument("[traders...]", "ids; all where none is named")
    .option("--equities <amounts>", "capitals of followers, with commas between", amounts, EQUITIES)
    .option("--venue <name>", "where several venues have a trader of one id")
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: CopyingCommandOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => copying(ids, options, { stop, output })),
      ),
    );
}

function amounts(text: string): readonly string[] {
  const all = text.split(",").map((one) => equityAmount(one.trim()));
  if (all.length > EQUITIES_MAX) throw new InvalidArgumentError(`At most ${EQUITIES_MAX} amounts.`);
  return all;
}

async function copying(
  ids: readonly string[],
  { venue, data, equities, ...options }: CopyingCommandOptions,
  { stop, output }: { readonly stop: AbortSignal; readonly output: Output },
): Promise<number> {
  const { copiedEdges } = await import("../../control/copied-traders.ts");
  const { edgesLeft } = await import("../../analytics/copying/edges-left.ts");
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const onDone = (done: number, of: number) => line.show(() => `trader ${done} of ${of}`);
  const settings = equities.map((equity) => copySettings(options, equity));
  const selection = { ids, venue: venue ?? null, equity: null };
  let traders: readonly CopiedEdges[];
  try {
    traders = await copiedEdges(data, selection, { settings, progress: { stop, onDone } });
  } finally {
    line.clear();
  }
  if (traders.length === 0) throw new CliError("no-fills", `nobody in ${data} has a fill`);
  const together = settings.map((of, at) => ({
    settings: of,
    ...edgesLeft(
      traders.flatMap(({ nets }) => {
        const net = nets[at];
        return net === undefined ? [] : [{ ...net.edge, score: net.copyability.score }];
      }),
    ),
  }));
  output.result({ together, traders: traders.map(inJson) }, () => text(together, traders));
  return EXIT.ok;
}

function inJson({ trader, venue, days, nets }: CopiedEdges) {
  return { id: trader, venue, days, followers: nets };
}

type Together = EdgesLeft & { readonly settings: CopySettings };

function text(together: readonly Together[], traders: readonly CopiedEdges[]): string {
  const [first] = together;
  if (first === undefined) return "";
  const numbers = (titles: readonly string[]) => titles.map((title) => ({ title, align: "right" as const }));
  const head = `Of ${first.traders} traders ${first.earned} earned before costs.`;
  return [
    ...wrapped(`${head} What copying leaves of that (${settingsText(first.settings)}):`),
    "",
    ...table(
      [
        { title: "A FOLLOWER WITH" },
        ...numbers([
          "STILL EARNS",
          "KEEPS",
          "HALF OF THEM",
          "DELAY",
          "SLIPPAGE",
          "FEES",
          "SIZES",
          "COPYABLE",
        ]),
      ],
      together.map(togetherRow),
    ),
    "",
    ...table(
      [
        { title: "TRADER" },
        ...numbers(["DAYS", "EARNED", ...together.map(({ settings }) => capital(settings)), "COPYABLE"]),
      ],
      [...traders].sort((one, other) => netOf(other) - netOf(one)).map(traderRow),
    ),
    "",
    ...wrapped(
      "STILL EARNS: of those who earned. KEEPS: of each one's profit, in the median; HALF OF THEM: between the quartiles. DELAY to SIZES: taken of all that they earned together. EARNED: of the trader's trades before fees, as a share of the follower's capital; below each capital what is left of it. COPYABLE: 0 nothing, 1 all; of a trader for each capital.",
    ),
  ].join("\n");
}

function capital({ equity }: CopySettings): string {
  return Number(equity).toLocaleString("en-US");
}

function togetherRow({ settings, earned, stillEarn, kept, taken, copyability }: Together): readonly string[] {
  const share = (value: number | undefined) => (value === undefined ? "-" : `${(100 * value).toFixed(1)} %`);
  const whole = (value: number) => (100 * value).toFixed(0);
  return [
    capital(settings),
    `${stillEarn} of ${earned}`,
    kept === null ? "-" : `${whole(kept.median)} %`,
    kept === null ? "-" : `${whole(kept.low)}..${whole(kept.high)} %`,
    share(taken?.delay),
    share(taken?.slippage),
    share(taken?.fees),
    share(taken?.sizes),
    copyability?.toFixed(2) ?? "-",
  ];
}

/** With the smallest capital. */
function netOf({ nets: [first] }: CopiedEdges): number {
  return first === undefined ? 0 : first.edge.net / Number(first.settings.equity);
}

function traderRow({ trader, days, nets }: CopiedEdges): readonly string[] {
  const percent = (share: number) => `${share < 0 ? "" : "+"}${(100 * share).toFixed(2)} %`;
  const [first] = nets;
  return [
    trader,
    String(days),
    first === undefined ? "-" : percent(first.edge.gross / Number(first.settings.equity)),
    ...nets.map(({ edge, settings }) => percent(edge.net / Number(settings.equity))),
    nets.map(({ copyability }) => copyability.score?.toFixed(2) ?? "-").join(" "),
  ];
}
