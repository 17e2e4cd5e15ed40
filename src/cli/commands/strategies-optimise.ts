/** `copytrader strategies optimise`: whether any options of a strategy are better than those in force, with everything that was tried counted. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { timeText } from "../../analytics/equity/day-text.ts";
import type { BacktestTerms } from "../../config.ts";
import type { SearchReport, SearchRequest } from "../../control/strategy-search.ts";
import type { StrategyKind } from "../../strategies/kind.ts";
import type { OptionValue } from "../../strategies/options.ts";
import type { SearchedOption } from "../../strategies/search-values.ts";
import { command, type Finish, runAction, wholeNumber } from "../command.ts";
import { EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { RemainingTime } from "../remaining-time.ts";
import {
  assertPastInOrder,
  backtestTerms,
  configured,
  type PastOptions,
  pastRequest,
  withPastOptions,
} from "./backtest-options.ts";
import { unknownStrategy } from "./backtest-strategies.ts";
import { traderExtensions, untilInterrupted } from "./traders-options.ts";

interface OptimiseOptions extends PastOptions {
  readonly grid?: readonly GridOption[];
  readonly trials: number;
  readonly folds: number;
  readonly purgeDays?: number;
  readonly embargoDays?: number;
}

/** Null are the values that are usual for it. */
interface GridOption {
  readonly option: string;
  readonly values: readonly string[] | null;
}

const TRIALS = 32;
const TRIALS_MAX = 1_000;
const FOLDS = 5;
const FOLDS_MAX = 50;
const DAYS_MAX = 3_650;
const RESAMPLES = 2_000;
const RESAMPLES_MIN = 200;
const AFTER = `
Each set of options is lived through by the backtest of copytrader backtest; the first is what is configured, or the
default. --grid says what is tried; without it, values from careful to bold of every option. Where there are more
combinations than --trials, a Latin sample of them by --seed.
Walk-forward: for each of --folds parts of the days, what was best before it is held in it. Days next to it do not teach
(--purge-days), nor do days on which a strategy still looks back at it (--embargo-days), where later days teach at all.
Something beats the default only where that gained more, by an interval above zero, and where luck alone hardly puts the
best of so many so far ahead. Whether it earns anything itself, its deflated Sharpe ratio says. All sets that this
command ever tried on the same traders and time count. docs/backtesting.md explains each.
Each set that is finished is kept: the same command goes on with the next.

Exit codes: 0 something is better; 1 nothing is, or there is too little to tell; 2 asked wrongly; 130 interrupted.`;

export function optimiseStrategyCommand(finish: Finish): Command {
  const examples = [
    "strategies optimise portfolio_copying --start-date 2024-01-01 --end-date 2024-06-20",
    "strategies optimise portfolio --grid max_traders=3,5,10 --grid correlation_limit --start-date 2024-01-01 --end-date 2024-06-20",
  ];
  const made = command("optimise", "whether any options are better than those in force", examples)
    .argument("<name>", "of a strategy; its short name will do")
    .option(
      "--grid <option=values>",
      "what to try of an option, with commas between; without values the usual ones; may be repeated",
      gridOption,
    )
    .addOption(count("--trials <count>", "most sets of options beside the first", [1, TRIALS_MAX], TRIALS))
    .addOption(count("--folds <count>", "parts of the days", [2, FOLDS_MAX], FOLDS))
    .addOption(
      count(
        "--purge-days <days>",
        "next to a part that do not teach (default: as long as positions are held)",
        [0, DAYS_MAX],
      ),
    )
    .addOption(
      count("--embargo-days <days>", "after a part that do not teach (default: portfolio.lookback_days)", [
        0,
        DAYS_MAX,
      ]),
    );
  return withPastOptions(made, {
    resamples: ["of intervals and chances", RESAMPLES],
    seed: "of delays, resampling and the sample of options",
  })
    .addHelpText("after", AFTER)
    .action((name: string, options: OptimiseOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => run(name, options, { stop, output })),
      ),
    );
}

function count(
  flags: string,
  description: string,
  [least, most]: readonly [number, number],
  usual?: number,
): Option {
  const made = new Option(flags, description).argParser((text) => {
    const value = wholeNumber(text);
    if (value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  });
  return usual === undefined ? made : made.default(usual);
}

function gridOption(text: string, before: readonly GridOption[] = []): readonly GridOption[] {
  const [, option = "", , list] = /^([a-z_]+)(=(.+))?$/.exec(text) ?? [];
  if (option === "") throw new InvalidArgumentError("It must be like max_traders=3,5,10 or max_traders.");
  if (before.some((one) => one.option === option))
    throw new InvalidArgumentError(`${option} stands there twice.`);
  const values = list?.split(",").map((value) => value.trim()) ?? null;
  return [...before, { option, values }];
}

interface Surroundings {
  readonly stop: AbortSignal;
  readonly output: Output;
}

async function run(name: string, options: OptimiseOptions, { stop, output }: Surroundings): Promise<number> {
  assertPastInOrder(options);
  if (options.resamples < RESAMPLES_MIN) throw usage(`--resamples must be at least ${RESAMPLES_MIN}`);
  const { searchOptions } = await import("../../control/strategy-search.ts");
  const { notActing } = await import("../../control/backtest/backtest.ts");
  const terms = await backtestTerms(options.config);
  const request = await requestOf(await kindNamed(name, options.config), options, terms);
  for (const note of notActing(terms)) output.note(note);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const { startDate, endDate } = options;
  const remaining = new RemainingTime();
  let done = 0;
  try {
    const report = await searchOptions(options.data, request, {
      stop,
      onNote: (text) => {
        line.clear();
        output.note(text);
      },
      onFile: (read, of) => line.show(() => `reading file ${read} of ${of}`),
      onTrial: (place, of, atMs) => {
        if (atMs === null) done = place + 1;
        const part = atMs === null ? 0 : (atMs - startDate) / (endDate - startDate);
        remaining.reached(done + part, atMs !== null);
        if (atMs !== null)
          line.show(() => ({
            name: `trial ${place + 1} of ${of}`,
            part: (done + part) / of,
            rest: `${timeText(atMs)}${remaining.text(of - done - part)}`,
          }));
      },
    });
    line.clear();
    await tell(report, output);
    return report.judged.isBetter ? EXIT.ok : EXIT.failure;
  } catch (error) {
    line.clear();
    if (stop.aborted)
      output.note(
        `${done} trials are finished and kept; the one at work begins anew when the command is given again`,
      );
    throw error;
  } finally {
    line.clear();
  }
}

async function tell(report: SearchReport, output: Output): Promise<void> {
  const { searchLines } = await import("../search-lines.ts");
  output.result(report, () => searchLines(report).join("\n"));
}

async function kindNamed(name: string, configDir: string): Promise<StrategyKind> {
  const { BACKTEST_STRATEGIES } = await import("../../control/backtest/backtest.ts");
  const found = BACKTEST_STRATEGIES.find((kind) => kind.name === name || kind.shortName === name);
  if (found !== undefined) return found;
  const { strategies } = await traderExtensions(configDir);
  if (strategies.some((one) => one.name === name))
    throw usage(
      `${name} is a strategy of your own: its options stand in its own file, there is nothing to try`,
    );
  throw unknownStrategy(name, BACKTEST_STRATEGIES);
}

async function requestOf(
  kind: StrategyKind,
  options: OptimiseOptions,
  terms: BacktestTerms,
): Promise<SearchRequest> {
  const { searchedByDefault } = await import("../../strategies/search-values.ts");
  const { grid, trials, folds, purgeDays = null, embargoDays = null } = options;
  return {
    ...(await pastRequest(options, terms)),
    kind,
    base: configured(kind, terms).options,
    searched: grid === undefined ? searchedByDefault(kind) : await searchedIn(grid, kind),
    trials,
    folds,
    purgeDays,
    embargoDays,
  };
}

async function searchedIn(
  grid: readonly GridOption[],
  kind: StrategyKind,
): Promise<readonly SearchedOption[]> {
  const { valuesToTry } = await import("../../strategies/search-values.ts");
  return grid.map(({ option, values }) => {
    if (!Object.hasOwn(kind.options, option)) throw wrongValue(kind, option, 0);
    const tried = values === null ? valuesToTry(option) : values.map((text) => readValue(kind, option, text));
    if (tried === undefined)
      throw usage(`--grid ${option}: there are no usual values of it; say which, like ${option}=0.5,1`);
    return { option, values: [...new Set(tried)] };
  });
}

function readValue(kind: StrategyKind, option: string, text: string): OptionValue {
  const value = text === "true" || text === "false" ? text === "true" : numberOr(text);
  const found = kind.configure({ [option]: value });
  if (!found.ok) throw wrongValue(kind, option, value);
  return found.options[option] ?? null;
}

function numberOr(text: string): number | string {
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** In the words of the options themselves. */
function wrongValue(kind: StrategyKind, option: string, value: unknown) {
  const found = kind.configure({ [option]: value });
  const problem = found.ok ? undefined : found.problems[0];
  const meant = problem?.nearest === undefined ? "" : `; ${problem.nearest} was probably meant`;
  return usage(`--grid ${option}: ${problem?.message ?? "does not hold"}${meant}`);
}
