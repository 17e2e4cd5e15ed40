/** `copytrader correlations`: how alike records of returns are, and how many independent bets they amount to. */
import { type Command, InvalidArgumentError } from "commander";
import { overlapOf, type ReturnsTable } from "../../analytics/returns-table.ts";
import type { Interval } from "../../analytics/selection/wilson.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { withResampling } from "../resampling.ts";
import { RETURNS_FORM } from "../returns-file.ts";

interface CorrelationsOptions extends CommonOptions {
  readonly series?: readonly string[];
  readonly alike: number;
  readonly resamples: number;
  readonly seed: number;
}

const INTERRUPTED = 130;
/** Half a million pairs. */
const SERIES_MAX = 1_000;
/** Pairs that are resampled; beyond that only Fisher's intervals are made. */
const RESAMPLED_MAX = 2_000;
const AFTER = `${RETURNS_FORM}

Pairs are compared on the days that both have.

Exit codes: 0 done; 2 the file or what was asked for is wrong; 130 interrupted.`;

export function correlationsCommand(finish: Finish): Command {
  const examples = ["correlations returns.csv", "correlations returns.csv --alike 0.5 --json"];
  return withResampling(
    command("correlations", "how alike records of daily returns are", examples),
    "bootstrap resamples per pair",
  )
    .argument("<returns>", "file of daily returns (CSV)")
    .option("--series <names...>", "only these series")
    .option("--alike <correlation>", "groups move together from here on", correlation, 0.7)
    .addHelpText("after", AFTER)
    .action((path: string, options: CorrelationsOptions) =>
      runAction(options, finish, (output) => correlations(path, options, output)),
    );
}

function correlation(text: string): number {
  const value = Number(text);
  if (!(value >= -1 && value <= 1)) throw new InvalidArgumentError("It must be a number from -1 to 1.");
  return value;
}

async function correlations(path: string, options: CorrelationsOptions, output: Output): Promise<number> {
  const { assertNamed, readReturnsFile } = await import("../returns-file.ts");
  const { correlationsOfTable } = await import("../../analytics/correlation/table-correlations.ts");
  const { correlationLines } = await import("../correlation-lines.ts");
  const whole = readReturnsFile(path);
  assertNamed(whole, path, "--series", options.series ?? []);
  const series = whole.series.filter(({ name }) => options.series?.includes(name) ?? true);
  if (series.length < 2) throw usage(`${path} has one series; correlations need two`);
  if (series.length > SERIES_MAX)
    throw usage(`${series.length} series are too many (${SERIES_MAX}); choose some with --series`);
  const table = { ...whole, series };
  const found = correlationsOfTable(table, options.alike);
  const intervals = await resample(table, found.pairs.length, options, output);
  if (intervals === null) {
    output.error(new CliError("interrupted", "interrupted"));
    return INTERRUPTED;
  }
  const pairs = found.pairs.map((pair, at) => ({ ...pair, bootstrap_95: intervals[at] ?? null }));
  output.result({ ...found, pairs }, () => correlationLines(found, intervals).join("\n"));
  return EXIT.ok;
}

/** In the order of the pairs; empty where there are too many, null when it was interrupted. */
async function resample(
  { series }: ReturnsTable,
  pairs: number,
  { resamples, seed }: CorrelationsOptions,
  output: Output,
): Promise<readonly (Interval | null)[] | null> {
  if (resamples === 0) return [];
  if (pairs > RESAMPLED_MAX) {
    output.note(
      `${pairs} pairs are too many to resample (${RESAMPLED_MAX}): only Fisher's intervals are made`,
    );
    return [];
  }
  const { correlationInterval } = await import("../../analytics/correlation/pair-bootstrap.ts");
  const { withProgress } = await import("../count-progress.ts");
  const both = series.flatMap((one, index) => series.slice(index + 1).map((other) => overlapOf(one, other)));
  const bootstrapping = { resamples, seed, confidence: 0.95 };
  return withProgress(both, ([x, y]) => correlationInterval(x, y, bootstrapping), {
    what: "resampling pairs",
    silent: output.json,
  });
}
