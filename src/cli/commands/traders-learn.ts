/** `copytrader traders learn`: a model of whom to choose, judged beside the simple ranking, and used only where it is better. */
import { type Command, Option } from "commander";
import { COPY_DEFAULTS } from "../../analytics/copying/copy-settings.ts";
import type { SelectionModel } from "../../control/selection-model.ts";
import { USUAL_NEEDS } from "../../traders/verdict.ts";
import { command, type Finish, runAction, wholeNumber } from "../command.ts";
import { coloured, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { wrapped } from "../table.ts";
import {
  type CopyingOptions,
  copySettings,
  followerEquityOption,
  withCopying,
} from "./traders-copying-options.ts";
import { type TradersOptions, untilInterrupted, withData } from "./traders-options.ts";

interface LearnOptions extends TradersOptions, CopyingOptions {
  readonly periodDays: number;
  readonly minDays: number;
  readonly minTrips: number;
  readonly top: number;
  readonly resamples: number;
  readonly seed: number;
}

const PERIOD_DAYS = 30;
const TOP = 10;
const RESAMPLES = 2_000;
const WEIGHTS_SHOWN = 8;
const AFTER = `
Learns from the past of the traders in the store how a follower's Sharpe ratio of the next period follows from what
was known before it (ridge regression), and goes through that past once more: at each period's beginning the model of
that time and the simple ranking each choose, and both are held to its end. What is learned is kept in the data
folder; traders rank --by model goes by it only where it was better, by an interval that lies above zero. See
docs/studies.md.

Exit codes: 0 the model is better; 1 it is not, or there is too little to tell; 2 asked wrongly; 130 interrupted.`;

export function learnCommand(finish: Finish): Command {
  const examples = ["traders learn", "traders learn --period-days 7 --min-days 14 --json"];
  const summary = "learn whom to choose, and say whether that is better than the simple ranking";
  return withCopying(withData(command("learn", summary, examples)))
    .addOption(followerEquityOption("the follower's capital (default: 10000)"))
    .addOption(count("--period-days <count>", "how long somebody is held", PERIOD_DAYS))
    .addOption(count("--min-days <count>", "days of record to be chosen", USUAL_NEEDS.days))
    .addOption(count("--min-trips <count>", "finished round trips to be chosen", USUAL_NEEDS.trips))
    .addOption(
      count("--top <count>", "held at most; a third of who could be chosen where that is fewer", TOP),
    )
    .addOption(count("--resamples <count>", "of the interval", RESAMPLES))
    .addOption(count("--seed <number>", "of the resampling", 1))
    .addHelpText("after", AFTER)
    .action((options: LearnOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => learn(options, stop, output)),
      ),
    );
}

function count(flags: string, description: string, usual: number): Option {
  return new Option(flags, description).argParser(wholeNumber).default(usual);
}

async function learn(options: LearnOptions, stop: AbortSignal, output: Output): Promise<number> {
  const { data, periodDays, minDays, minTrips, top, resamples, seed } = options;
  for (const [name, value] of Object.entries({ "period-days": periodDays, top, resamples }))
    if (value < 1) throw usage(`--${name} must be at least 1`);
  const { learnSelection } = await import("../../control/trader-learning.ts");
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const onDone = (done: number, of: number) => line.show(() => `trader ${done} of ${of}`);
  try {
    const found = await learnSelection(
      data,
      {
        periodDays,
        needs: { days: minDays, trips: minTrips },
        top,
        settings: copySettings(options, COPY_DEFAULTS.equity),
        resamples,
        seed,
      },
      { stop, onDone },
    );
    line.clear();
    output.result(found, () => learnLines(found).join("\n"));
    return found.judgement.isBetter ? EXIT.ok : EXIT.failure;
  } finally {
    line.clear();
  }
}

function learnLines({ judgement, model, features, until }: SelectionModel): readonly string[] {
  const { isBetter, reason, examples } = judgement;
  const head = isBetter
    ? "The model chooses better than the simple ranking: traders rank --by model goes by it."
    : "Nothing shows that the model chooses better than the simple ranking: go by traders rank as it is.";
  const known = until === null ? "" : ` Known: ${examples} examples, up to ${until}.`;
  const use = isBetter ? "" : " traders rank --by model stays refused.";
  return [
    coloured("bold", head),
    ...wrapped(`${sentence(reason)}${known}${use}`),
    ...weightLines(model, features),
  ];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** What moves the prediction most, by one deviation of each. */
function weightLines(model: SelectionModel["model"], features: readonly string[]): readonly string[] {
  if (model === null) return [];
  const weights = features.map((name, at) => ({ name, weight: model.weights[at] ?? 0 }));
  weights.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  const shown = weights.slice(0, WEIGHTS_SHOWN).filter(({ weight }) => Math.abs(weight) >= 0.005);
  if (shown.length === 0)
    return ["", "The model expects the same of everybody: nothing that it was shown told them apart."];
  const text = shown.map(({ name, weight }) => `${name} ${weight < 0 ? "" : "+"}${weight.toFixed(2)}`);
  return ["", ...wrapped(`Sharpe ratio a year that one deviation more of each adds: ${text.join(", ")}.`)];
}
