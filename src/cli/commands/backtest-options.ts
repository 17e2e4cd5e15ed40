/** The options of commands that live through the past: of when, of whom, with which delays, prices and costs; and what is asked by them. */
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { SLIPPAGE_DEFAULTS, type SlippageKind, type SlippageModel } from "../../backtest/market/slippage.ts";
import type { BacktestTerms } from "../../config.ts";
import type { BacktestRequest, BacktestStrategy } from "../../control/backtest/backtest.ts";
import type { StrategyKind } from "../../strategies/kind.ts";
import { configOption, wholeNumber } from "../command.ts";
import { assertInOrder, fromTime, toTime } from "../market-options.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { type CopyingOptions, followerEquityOption, withCopying } from "./traders-copying-options.ts";
import { type TradersOptions, traderExtensions, withData } from "./traders-options.ts";

/** Who is copied by whom, and out of which past. */
export interface CopiedPastOptions extends TradersOptions, CopyingOptions {
  readonly traders?: string;
  readonly market?: string;
  readonly config: string;
  readonly delaySpread: number;
  readonly orderLatency: number;
  readonly resamples: number;
  readonly seed: number;
  readonly slippage: SlippageKind;
  readonly minuteShare: number;
}

export interface PastOptions extends CopiedPastOptions {
  readonly startDate: number;
  readonly endDate: number;
}

const DELAY_SPREAD = 0.5;
const ORDER_LATENCY_MS = 50;
const ORDER_LATENCY_MS_MAX = 60_000;
const RESAMPLES_MAX = 100_000;
const MAKER_RATE = "0.0002";

/** `resamples` says what they are of, and how many are usual. */
export interface ChanceWords {
  readonly resamples: readonly [string, number];
  readonly seed: string;
}

export function withPastOptions(made: Command, words: ChanceWords): Command {
  const dated = made
    .requiredOption("--start-date <date>", "first day, or a moment (2024-05-01T12:00Z), in UTC", fromTime)
    .requiredOption("--end-date <date>", "last day, or a moment, in UTC", toTime);
  return withChance(withFollowersPast(dated), words);
}

/** Where it is read from, with which follower, and what its orders find. */
export function withFollowersPast(made: Command): Command {
  const told = made
    .option("--traders <dir>", "folder of histories of fills, in place of the traders of the data folder")
    .option("--market <dir>", "folder of bars and funding, in place of the market history of the data folder")
    .addOption(followerEquityOption("of the follower, in USDT (default: paper.balance of the configuration)"))
    .addOption(configOption());
  return withCopying(withData(told))
    .addOption(
      new Option("--slippage <model>", "how prices get worse")
        .choices(["fixed", "depth", "impact"])
        .default("impact"),
    )
    .addOption(
      share("--minute-share <share>", "of a minute's volume, for depth", SLIPPAGE_DEFAULTS.depth.minuteShare),
    );
}

/** What is drawn: delays, and intervals. */
export function withChance(made: Command, { resamples, seed }: ChanceWords): Command {
  return made
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
      new Option("--resamples <count>", resamples[0])
        .argParser((text) => atMost(text, RESAMPLES_MAX))
        .default(resamples[1]),
    )
    .addOption(new Option("--seed <number>", seed).argParser((text) => atMost(text, 2 ** 32 - 1)).default(1));
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

/** Throws an error of usage where the end is not after the beginning. */
export function assertPastInOrder({ startDate, endDate }: PastOptions): void {
  assertInOrder({ "--start-date": startDate, "--end-date": endDate });
}

/** Of the configuration's folder; what is wrong with it is the user's error. */
export async function backtestTerms(configDir: string): Promise<BacktestTerms> {
  const { describeProblem, loadBacktestTerms } = await import("../../config.ts");
  const { FOLLOWER } = await import("../../control/backtest/backtest.ts");
  const loaded = loadBacktestTerms(configDir, FOLLOWER);
  if (loaded.ok) return loaded.terms;
  throw new CliError("configuration", "the configuration has problems", {
    exitCode: EXIT.usage,
    problems: loaded.problems.map((problem) => ({ ...problem })),
    lines: loaded.problems.map(describeProblem),
  });
}

/** All that is asked but the strategies. */
export async function pastRequest(
  options: PastOptions,
  terms: BacktestTerms,
): Promise<Omit<BacktestRequest, "strategies">> {
  const { startDate: fromMs, endDate: toMs, traders = null, market = null, resamples, seed } = options;
  return {
    traders,
    market,
    range: { fromMs, toMs },
    equity: options.equity ?? terms.equity,
    delay: { medianMs: Math.round(options.delay * 1_000), spread: options.delaySpread, seed },
    orderLatencyMs: options.orderLatency,
    slippage: slippageOf(options),
    feeRates: { maker: MAKER_RATE, taker: (options.feeRate / 100).toFixed(8) },
    terms,
    own: await ownFilters(options.config),
    resamples,
    seed,
  };
}

/** Those of the user's folder. */
async function ownFilters(configDir: string): Promise<BacktestRequest["own"]> {
  const { filters } = await traderExtensions(configDir);
  return { filters, code: filters.length === 0 ? "" : await extensionCode(configDir) };
}

/** Names the code of the user's own that there is now: what it has worked out is of that. */
export async function extensionCode(configDir: string): Promise<string> {
  const { codeHash } = await import("../../control/backtest/program-hash.ts");
  return codeHash(join(configDir, "extensions")).slice(0, 16);
}

export function slippageOf({
  slippage,
  slippageBps,
  impact,
  minuteShare,
}: Pick<CopiedPastOptions, "slippage" | "slippageBps" | "impact" | "minuteShare">): SlippageModel {
  switch (slippage) {
    case "fixed":
      return { kind: slippage, bps: slippageBps };
    case "depth":
      return { kind: slippage, halfSpreadBps: slippageBps, minuteShare };
    case "impact":
      return { kind: slippage, halfSpreadBps: slippageBps, factor: impact };
  }
}

/** With the options that the configuration has for it. */
export function configured(kind: StrategyKind, terms: BacktestTerms): BacktestStrategy {
  const found = kind.configure(terms.optionsOf(kind), terms.others);
  if (found.ok) return found;
  throw new CliError("configuration", `the options of ${kind.name} do not hold`, {
    exitCode: EXIT.usage,
    problems: found.problems.map((problem) => ({ ...problem })),
    lines: found.problems.map(({ option, message }) => `strategies.${kind.name}.${option} ${message}`),
  });
}

/** With where the page is, if one was written. */
export function tellWithPage(
  output: Output,
  result: object,
  lines: readonly string[],
  html: string | undefined,
): void {
  output.result({ ...result, ...(html === undefined ? {} : { html }) }, () =>
    [...lines, ...(html === undefined ? [] : ["", `${html}: the same with charts`])].join("\n"),
  );
}
