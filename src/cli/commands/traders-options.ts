/** What the commands of traders share. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { Decimal } from "../../core/model/decimal.ts";
import type { TraderExtensions } from "../../run/trader-extensions.ts";
import { type RecordNeeds, USUAL_NEEDS } from "../../traders/verdict.ts";
import { type CommonOptions, wholeNumber } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";

export interface TradersOptions extends CommonOptions {
  readonly data: string;
}

export function withData(made: Command): Command {
  return made.option("--data <dir>", "data folder", "./data");
}

/** What a record has to have before its figures are believed. */
export interface NeedsOptions {
  readonly minDays: number;
  readonly minTrips: number;
}

export function withNeeds(made: Command): Command {
  return made
    .addOption(
      new Option("--min-days <count>", "days of record to be judged")
        .argParser(wholeNumber)
        .default(USUAL_NEEDS.days),
    )
    .addOption(
      new Option("--min-trips <count>", "finished round trips to be judged")
        .argParser(wholeNumber)
        .default(USUAL_NEEDS.trips),
    );
}

export function needsOf({ minDays, minTrips }: NeedsOptions): RecordNeeds {
  return { days: minDays, trips: minTrips };
}

/** Filters and importers of the owner's own; throws what is wrong in their folder as an error of usage. */
export async function traderExtensions(configDir: string): Promise<TraderExtensions> {
  const { openTraderExtensions } = await import("../../run/trader-extensions.ts");
  const found = await openTraderExtensions(configDir);
  if (found.problems.length === 0) return found;
  const { describeProblem } = await import("../../config.ts");
  throw new CliError("configuration", "the extensions have problems", {
    exitCode: EXIT.usage,
    problems: found.problems.map((problem) => ({ ...problem })),
    lines: found.problems.map(describeProblem),
  });
}

/** As shells tell a process that SIGINT ended. */
export const INTERRUPTED = 130;

/** Lets it work until it is done, or until somebody interrupts: then whatever it throws is told as that. */
export async function untilInterrupted(
  output: Output,
  work: (stop: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("interrupted"));
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  // Nobody is left to tell the result to.
  process.on("disconnect", interrupt);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.error(new CliError("interrupted", "interrupted"));
    return INTERRUPTED;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    process.off("disconnect", interrupt);
  }
}

/** An amount above zero, exactly. */
export function equityAmount(text: string): string {
  const amount = Decimal.tryParse(text);
  if (amount === undefined || amount.sign <= 0)
    throw new InvalidArgumentError("It must be an amount above zero.");
  return amount.toString();
}
