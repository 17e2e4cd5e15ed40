/** What the commands that resample share: their options, and bootstrap intervals of every series with progress, ended early by Ctrl-C. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { BootstrapIntervals, BootstrapOptions } from "../analytics/selection/bootstrap.ts";
import type { IntervalName } from "../analytics/selection/figure-intervals.ts";
import { wholeNumber } from "./command.ts";
import type { Output } from "./output.ts";

const RESAMPLES = 1_000;
/** More make no interval surer than the record is. */
const RESAMPLES_MAX = 100_000;
const SEED_MAX = 2 ** 32 - 1;

/** `what` begins the help of `--resamples`. */
export function withResampling(made: Command, what: string): Command {
  return made
    .addOption(
      new Option("--resamples <count>", `${what}; 0 makes no intervals`)
        .argParser((text) => atMost(text, RESAMPLES_MAX))
        .default(RESAMPLES),
    )
    .addOption(
      new Option("--seed <number>", "of the resampling")
        .argParser((text) => atMost(text, SEED_MAX))
        .default(1),
    );
}

function atMost(text: string, most: number): number {
  const value = wholeNumber(text);
  if (value > most) throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  return value;
}

export type Resampled = BootstrapIntervals<IntervalName> & { readonly name: string };

/** In the order of the series; null when it was interrupted. */
export async function resampleAll(
  series: readonly ReturnsSeries[],
  periodsPerYear: number,
  options: BootstrapOptions,
  { json }: Output,
): Promise<readonly Resampled[] | null> {
  const { figureIntervals } = await import("../analytics/selection/figure-intervals.ts");
  const { withProgress } = await import("./count-progress.ts");
  return withProgress(
    series,
    ({ name, returns }) => ({ name, ...figureIntervals(returns, periodsPerYear, options) }),
    { what: "resampling series", silent: json },
  );
}
