/** `copytrader evidence`: what records of daily returns prove, once it is known that they are many and that records are short. */
import type { Command } from "commander";
import type { Interval } from "../../analytics/selection/wilson.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { withResampling } from "../resampling.ts";
import { RETURNS_FORM } from "../returns-file.ts";

interface EvidenceOptions extends CommonOptions {
  readonly resamples: number;
  readonly seed: number;
}

const INTERRUPTED = 130;
const DAYS_A_YEAR = 365;
const CONFIDENCE = 0.95;
const AFTER = `${RETURNS_FORM}

Exit codes: 0 done; 2 the file or what was asked for is wrong; 130 interrupted.`;

export function evidenceCommand(finish: Finish): Command {
  const examples = [
    "evidence returns.csv",
    "evidence returns.csv --json",
    "evidence returns.csv --resamples 0",
  ];
  return withResampling(
    command("evidence", "what records of daily returns prove, and what may be luck", examples),
    "bootstrap resamples per series",
  )
    .argument("<returns>", "file of daily returns (CSV)")
    .addHelpText("after", AFTER)
    .action((path: string, options: EvidenceOptions) =>
      runAction(options, finish, (output) => evidence(path, options, output)),
    );
}

async function evidence(path: string, options: EvidenceOptions, output: Output): Promise<number> {
  const { readReturnsFile } = await import("../returns-file.ts");
  const { evidenceOfTable } = await import("../../analytics/selection/table-evidence.ts");
  const { resampleAll } = await import("../resampling.ts");
  const { evidenceLines } = await import("../evidence-lines.ts");
  const table = readReturnsFile(path);
  const found = evidenceOfTable(table);
  const { resamples, seed } = options;
  const bootstrapping = { resamples, seed, confidence: CONFIDENCE };
  const resampled =
    resamples === 0 ? [] : await resampleAll(table.series, DAYS_A_YEAR, bootstrapping, output);
  if (resampled === null) {
    output.error(new CliError("interrupted", "interrupted"));
    return INTERRUPTED;
  }
  const bootstrap = resampled.map(({ name, blockLength, intervals }) => ({
    id: name,
    block_length_days: blockLength,
    ...bootstrapping,
    ...intervals,
  }));
  const sharpes = new Map<string, Interval | null>(
    resampled.map(({ name, intervals }) => [name, intervals.sharpe] as const),
  );
  output.result({ ...found, bootstrap }, () => evidenceLines(found, sharpes).join("\n"));
  return EXIT.ok;
}
