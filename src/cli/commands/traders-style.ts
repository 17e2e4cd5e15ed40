/** `copytrader traders style`: how somebody trades, as a probability for each style, and how much of it is one coin or sector. */
import type { Command } from "commander";
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import type { SectorConcentration } from "../../analytics/style/diversity.ts";
import type { StyleOfTrader } from "../../control/trader-styles.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { table } from "../table.ts";
import { type TradersOptions, untilInterrupted, withData } from "./traders-options.ts";

interface StyleOptions extends TradersOptions {
  readonly venue?: string;
}

const AFTER = `
The style is told from finished round trips and the market round them, which comes from the market history of the
data folder (copytrader market import, fetch: bars up to four hours, funding). It describes the trips; it does
not know what anybody meant. Below 10 round trips it is unknown. See docs/style.md.`;

export function styleCommand(finish: Finish): Command {
  const examples = ["traders style", "traders style 4030565764341697025 --json"];
  const summary = "how traders trade: a probability for each style, with how far to rely on it";
  return withData(command("style", summary, examples))
    .argument("[traders...]", "ids; all where none is named")
    .option("--venue <name>", "where several venues have a trader of one id")
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: StyleOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => style(ids, options, stop, output)),
      ),
    );
}

async function style(
  ids: readonly string[],
  { data, venue }: StyleOptions,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const { stylesOfTraders } = await import("../../control/trader-styles.ts");
  const { TRIPS_MIN } = await import("../../analytics/style/classify.ts");
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  const selection = { ids, venue: venue ?? null };
  const onDone = (done: number, of: number) => progress.show(() => `trader ${done} of ${of}`);
  const styles = await stylesOfTraders(data, selection, { stop, onDone });
  progress.clear();
  stop.throwIfAborted();
  if (styles.length === 0) throw new CliError("no-fills", "none of these traders has a fill");
  output.result({ traders: styles.map(inJson) }, () => styleText(styles, TRIPS_MIN));
  return EXIT.ok;
}

function inJson({ trader, venue, verdict, concentration }: StyleOfTrader) {
  return { id: trader, venue, ...verdict, concentration };
}

function styleText(styles: readonly StyleOfTrader[], tripsMin: number): string {
  const columns = [
    { title: "TRADER" },
    { title: "STYLE" },
    { title: "SURE" },
    { title: "PROBABILITIES" },
    { title: "TRIPS", align: "right" },
    { title: "MOST IN" },
  ] as const;
  const rows = styles.map(({ trader, verdict, concentration }) => [
    trader,
    verdict.label,
    verdict.confidence,
    likely(verdict),
    String(verdict.trips),
    mostIn(concentration.coins),
  ]);
  const unsure = styles.flatMap(({ trader, verdict: { label, reasons } }) =>
    label === "unknown" || reasons.length === 0 ? [] : [[trader, reasons.join("; ")]],
  );
  const reasons = table([{ title: "TRADER" }, { title: "WHY NOT SURER" }], unsure, { overflow: "wrap" });
  const unknown = styles.filter(({ verdict }) => verdict.label === "unknown").length;
  return [
    ...table(columns, rows),
    ...(unsure.length === 0 ? [] : ["", ...reasons]),
    ...(unknown === 0
      ? []
      : ["", `unknown (${unknown}): fewer than ${tripsMin} round trips that were seen whole`]),
  ].join("\n");
}

const SHOWN = 2;
const SHARE_MIN = 0.05;

function likely({ probabilities }: StyleVerdict): string {
  return Object.entries(probabilities ?? {})
    .filter(([, probability]) => probability >= SHARE_MIN)
    .sort((one, other) => other[1] - one[1])
    .slice(0, SHOWN)
    .map(([name, probability]) => `${name} ${percent(probability)}`)
    .join(", ");
}

function mostIn({ largest }: SectorConcentration): string {
  return largest === null ? "" : `${largest.sector} ${percent(largest.share)}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
