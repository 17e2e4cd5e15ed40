/** `copytrader backtest`: what strategies would have done over recorded history, through the same engine as live. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { SLIPPAGE_DEFAULTS, type SlippageKind, type SlippageModel } from "../../backtest/market/slippage.ts";
import type { BacktestTerms } from "../../config.ts";
import type { BacktestReport, BacktestRequest, BacktestStrategy } from "../../control/backtest/backtest.ts";
import type { StrategyKind } from "../../strategies/kind.ts";
import { command, type Finish, runAction, wholeNumber } from "../command.ts";
import { fromTime, timeText, toTime } from "../market-options.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { type CopyingOptions, followerEquityOption, withCopying } from "./traders-copying-options.ts";
import { type TradersOptions, traderExtensions, untilInterrupted, withData } from "./traders-options.ts";

interface BacktestOptions extends TradersOptions, CopyingOptions {
  readonly strategy?: string;
  readonly strategies?: string;
  readonly compare?: boolean;
  readonly startDate: number;
  readonly endDate: number;
  readonly traders?: string;
  readonly market?: string;
  readonly config: string;
  readonly delaySpread: number;
  readonly orderLatency: number;
  readonly slippage: SlippageKind;
  readonly minuteShare: number;
  readonly resamples: number;
  readonly seed: number;
  readonly html?: string;
}

const DELAY_SPREAD = 0.5;
const ORDER_LATENCY_MS = 50;
const ORDER_LATENCY_MS_MAX = 60_000;
const RESAMPLES = 1_000;
const RESAMPLES_MAX = 100_000;
const MAKER_RATE = "0.0002";
const STRATEGY_DEFAULT = "selective_copying";
const AFTER = `
Recorded traders are the leaders, recorded bars and funding the market; between them stands the engine that trades live, and
a follower's account at the simulated exchange. At each of its moments a strategy knows what was known then, and nothing that
came later. How a follower copies and what limits it is what the configuration says (--config), as for live.
Slippage: fixed pays --slippage-bps whatever the size; depth has half a spread of --slippage-bps and --minute-share of a
minute's volume within ten basis points; impact has the half spread and moves the price by --impact x deviation x
sqrt(size / volume). docs/backtesting.md says what is modelled, what is not, and how far to trust it.
A strategy that is finished is kept in the data folder: the same command goes on where it was interrupted.

Exit codes: 0 done; 2 asked for wrongly, or nothing is known of that time; 130 interrupted.`;

export function backtestCommand(finish: Finish): Command {
  const examples = [
    "backtest --strategy selective_copying --start-date 2024-05-01 --end-date 2024-06-20",
    "backtest --strategy portfolio --start-date 2024-05-01 --end-date 2024-06-20 --compare --html report.html",
    "backtest --strategies copy_all,dynamic --compare --start-date 2024-05-20 --end-date 2024-06-20 --traders fills --market bars",
  ];
  const made = command("backtest", "what a strategy would have done over recorded history", examples)
    .option(
      "--strategy <name>",
      `which; what others are held against (default: portfolio.strategy of the configuration, else ${STRATEGY_DEFAULT})`,
    )
    .option("--compare", "hold other strategies against it: all of them, or those of --strategies")
    .option("--strategies <names>", "several, with commas between them")
    .requiredOption("--start-date <date>", "first day, or a moment (2024-05-01T12:00Z), in UTC", fromTime)
    .requiredOption("--end-date <date>", "last day, or a moment, in UTC", toTime)
    .option("--traders <dir>", "folder of histories of fills, in place of the traders of the data folder")
    .option("--market <dir>", "folder of bars and funding, in place of the market history of the data folder")
    .addOption(followerEquityOption("of the follower, in USDT (default: paper.balance of the configuration)"))
    .option("--config <dir>", "folder of the YAML files", "./config")
    .option("--html <file>", "write a page with charts into this .html file");
  return withCopying(withData(made))
    .addOption(
      new Option("--slippage <model>", "how prices get worse")
        .choices(["fixed", "depth", "impact"])
        .default("impact"),
    )
    .addOption(
      share("--minute-share <share>", "of a minute's volume, for depth", SLIPPAGE_DEFAULTS.depth.minuteShare),
    )
    .addOption(
      share(
        "--delay-spread <number>",
        "deviation of the logarithm of the delay; 0 is always the same",
        DELAY_SPREAD,
      ),
    )
    .addOption(
      new Option("--order-latency <ms>", "from an order to the exchange")
        .argParser((text) => atMost(text, ORDER_LATENCY_MS_MAX))
        .default(ORDER_LATENCY_MS),
    )
    .addOption(
      new Option("--resamples <count>", "of the intervals; 0 makes none")
        .argParser((text) => atMost(text, RESAMPLES_MAX))
        .default(RESAMPLES),
    )
    .addOption(
      new Option("--seed <number>", "of delays and resampling")
        .argParser((text) => atMost(text, 2 ** 32 - 1))
        .default(1),
    )
    .addHelpText("after", AFTER)
    .action((options: BacktestOptions) =>
      runAction(options, finish, (output) => untilInterrupted(output, (stop) => run(options, stop, output))),
    );
}

function share(flags: string, description: string, usual: number): Option {
  return new Option(flags, description).argParser(upToFive).default(usual);
}

function upToFive(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 5)
    throw new InvalidArgumentError("It must be a number from 0 to 5.");
  return value;
}

function atMost(text: string, most: number): number {
  const value = wholeNumber(text);
  if (value > most) throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  return value;
}

async function run(options: BacktestOptions, stop: AbortSignal, output: Output): Promise<number> {
  const { data, html, startDate, endDate } = options;
  if (html?.endsWith(".html") === false) throw usage(`--html: ${html} has to end in .html`);
  if (endDate <= startDate)
    throw usage(`--end-date: ${timeText(endDate)} is not after --start-date ${timeText(startDate)}`);
  const { backtest, notActing } = await import("../../control/backtest/backtest.ts");
  const request = await requestOf(options);
  for (const note of notActing(request.terms)) output.note(note);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const lengthMs = endDate - startDate;
  let done = 0;
  try {
    const report = await backtest(data, request, {
      stop,
      onNote: (text) => {
        line.clear();
        output.note(text);
      },
      onFile: (read, of) => line.show(() => `reading file ${read} of ${of}`),
      onStrategy: (name, atMs) => {
        if (atMs === null) done += 1;
        else
          line.show(() =>
            bar(
              name,
              (atMs - startDate) / lengthMs,
              `${done + 1} of ${request.strategies.length}, ${timeText(atMs)}`,
            ),
          );
      },
    });
    line.clear();
    await tell(report, options, output);
    return EXIT.ok;
  } catch (error) {
    line.clear();
    if (stop.aborted && done > 0)
      output.note(
        `${done} of ${request.strategies.length} strategies are finished and kept: the same command goes on with the next`,
      );
    throw error;
  } finally {
    line.clear();
  }
}

const BAR = 24;

function bar(name: string, part: number, rest: string): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * BAR);
  return `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${String(Math.floor(part * 100)).padStart(3)} % ${name} (${rest})`;
}

async function tell(report: BacktestReport, { html }: BacktestOptions, output: Output): Promise<void> {
  const { assumptionsOf } = await import("../../control/backtest/assumptions.ts");
  const assumptions = assumptionsOf(report);
  if (html !== undefined) {
    const { backtestPage } = await import("../../reports/backtest-page.ts");
    const { INTERVAL_DAYS_MIN } = await import("../../control/backtest/backtest.ts");
    writeFileSync(html, backtestPage({ ...report, assumptions, daysMin: INTERVAL_DAYS_MIN }));
  }
  const { backtestLines } = await import("../backtest-lines.ts");
  output.result({ ...report, assumptions, ...(html === undefined ? {} : { html }) }, () =>
    [
      ...backtestLines(report, assumptions),
      ...(html === undefined ? [] : ["", `${html}: the same with charts`]),
    ].join("\n"),
  );
}

async function requestOf(options: BacktestOptions): Promise<BacktestRequest> {
  const { describeProblem, loadBacktestTerms } = await import("../../config.ts");
  const { FOLLOWER } = await import("../../control/backtest/backtest.ts");
  const loaded = loadBacktestTerms(options.config, FOLLOWER);
  if (!loaded.ok)
    throw new CliError("configuration", "the configuration has problems", {
      exitCode: EXIT.usage,
      problems: loaded.problems.map((problem) => ({ ...problem })),
      lines: loaded.problems.map(describeProblem),
    });
  const { terms } = loaded;
  const { startDate: fromMs, endDate: toMs, traders = null, market = null, resamples, seed } = options;
  return {
    traders,
    market,
    range: { fromMs, toMs },
    strategies: await strategiesOf(options, terms),
    equity: options.equity ?? terms.equity,
    delay: { medianMs: Math.round(options.delay * 1_000), spread: options.delaySpread, seed },
    orderLatencyMs: options.orderLatency,
    slippage: slippageOf(options),
    feeRates: { maker: MAKER_RATE, taker: (options.feeRate / 100).toFixed(8) },
    terms,
    resamples,
    seed,
  };
}

function slippageOf({ slippage, slippageBps, impact, minuteShare }: BacktestOptions): SlippageModel {
  switch (slippage) {
    case "fixed":
      return { kind: slippage, bps: slippageBps };
    case "depth":
      return { kind: slippage, halfSpreadBps: slippageBps, minuteShare };
    case "impact":
      return { kind: slippage, halfSpreadBps: slippageBps, factor: impact };
  }
}

/** In the order in which they are told; each once. */
async function strategiesOf(
  options: BacktestOptions,
  terms: BacktestTerms,
): Promise<readonly BacktestStrategy[]> {
  const { BACKTEST_STRATEGIES } = await import("../../control/backtest/backtest.ts");
  const { nearest } = await import("../../config.ts");
  const { strategy, strategies, compare } = options;
  const own = await ownStrategies(options.config);
  const listed = strategies?.split(",").map((name) => name.trim()) ?? [];
  const usual = listed.length > 0 ? [] : [terms.portfolio.strategy.value ?? STRATEGY_DEFAULT];
  const first = strategy === undefined ? usual : [strategy];
  const names = [...BACKTEST_STRATEGIES, ...own.map((one) => one.strategy)].map(({ name }) => name);
  const all = compare === true && listed.length === 0 ? names : listed;
  const chosen = [...first, ...all].map((name) => {
    const kind = BACKTEST_STRATEGIES.find((one) => one.name === name || one.shortName === name);
    if (kind !== undefined) return kind;
    const mine = own.find((one) => one.strategy.name === name);
    if (mine !== undefined) return mine;
    const meant = nearest(name, names);
    throw usage(
      `there is no strategy ${JSON.stringify(name)}${meant === undefined ? "" : `; ${meant} was probably meant`}. There are ${names.join(", ")}`,
    );
  });
  return [...new Set(chosen)].map((one) => ("strategy" in one ? one : configured(one, terms)));
}

/** With the options that the configuration has for it. */
function configured(kind: StrategyKind, terms: BacktestTerms): BacktestStrategy {
  const found = kind.configure(terms.optionsOf(kind));
  if (found.ok) return { strategy: found.strategy, options: found.options };
  throw new CliError("configuration", `the options of ${kind.name} do not hold`, {
    exitCode: EXIT.usage,
    problems: found.problems.map((problem) => ({ ...problem })),
    lines: found.problems.map(({ option, message }) => `strategies.${kind.name}.${option} ${message}`),
  });
}

/** Those of the user's folder; what one has worked out is of the code that it has now. */
async function ownStrategies(configDir: string): Promise<readonly BacktestStrategy[]> {
  const { strategies } = await traderExtensions(configDir);
  if (strategies.length === 0) return [];
  const { codeHash } = await import("../../control/backtest/program-hash.ts");
  const code = codeHash(join(configDir, "extensions")).slice(0, 16);
  return strategies.map((strategy) => ({ strategy, options: { code } }));
}
