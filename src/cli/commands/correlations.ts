/** `copytrader correlations`: how alike records of returns are, and how many independent bets they amount to. */
import { type Command, InvalidArgumentError } from "commander";
import { overlapOf, type ReturnsTable } from "../../analytics/returns-table.ts";
import type { Interval } from "../../analytics/selection/wilson.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { withResampling } from "../resampling.ts";
import { RETURNS_FORM } from "../returns-file.ts";

interface CorrelationsOptions extends CommonOptions, Folders {
  readonly copied?: boolean;
  readonly follower?: string;
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

Pairs are compared on the days that both have. With --copied no file is read: it tells which copied leaders are one bet,
by the records in the trader store and what each follower holds of them (docs/evidence.md).

Exit codes: 0 done; 1 with --copied, where copied leaders are one bet; 2 the file or what was asked for is wrong; 130 interrupted.`;

export function correlationsCommand(finish: Finish): Command {
  const examples = [
    "correlations returns.csv",
    "correlations returns.csv --alike 0.5 --json",
    "correlations --copied",
    "correlations --copied --follower slave1 --json",
  ];
  const made = withFolders(command("correlations", "how alike records of daily returns are", examples));
  return withResampling(made, "bootstrap resamples per pair")
    .argument("[returns]", "file of daily returns (CSV); with --copied none")
    .option("--copied", "which copied leaders are one bet")
    .option("--follower <nickname>", "with --copied: only on this follower")
    .option("--series <names...>", "only these series")
    .option("--alike <correlation>", "groups move together from here on", correlation, 0.7)
    .addHelpText("after", AFTER)
    .action((path: string | undefined, options: CorrelationsOptions) =>
      runAction(options, finish, (output) => {
        if (options.copied === true) return copied(path, options, output);
        if (path === undefined) throw usage("name a file of daily returns, or say --copied");
        if (options.follower !== undefined) throw usage("--follower goes with --copied");
        return correlations(path, options, output);
      }),
    );
}

async function copied(
  path: string | undefined,
  { follower, alike, series, ...folders }: CorrelationsOptions,
  output: Output,
): Promise<number> {
  if (path !== undefined) throw usage("with --copied no file is read: leave it out");
  if (series !== undefined) throw usage("--series goes with a file");
  const { loadForInspection } = await import("../load.ts");
  const { withControl } = await import("../with-control.ts");
  const { copiedCorrelations } = await import("../../control/copied-correlations.ts");
  const { copiedLines } = await import("../copied-lines.ts");
  const { accounts } = await loadForInspection(folders);
  const { allocations } = await withControl(folders, (control) => control.ask({ kind: "allocations" }));
  const meant = allocations.filter((one) => follower === undefined || one.follower === follower);
  if (follower !== undefined && !accounts.some((one) => one.role === "follower" && one.account === follower))
    throw usage(`there is no follower "${follower}"`);
  const found = await copiedCorrelations(folders.data, accounts, { allocations: meant, alike });
  output.result(found, () => copiedLines(found).join("\n"));
  return found.followers.some(({ one_bet }) => one_bet.length > 0) ? EXIT.failure : EXIT.ok;
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
