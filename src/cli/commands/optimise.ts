/** `copytrader optimise`: weights over the series of a table of returns, by one scheme within constraints, beside equal weight. */
import type { Command } from "commander";
import type { CommonRows } from "../../analytics/portfolio/common-rows.ts";
import {
  COVARIANCES,
  DEFAULT_SCHEME,
  type FoundWeights,
  METHODS,
  type Weighting,
  type WeightsProblem,
} from "../../analytics/portfolio/request.ts";
import type { ReturnsTable } from "../../analytics/returns-table.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { positiveNumber, RETURNS_FORM } from "../returns-file.ts";
import { wrapped } from "../table.ts";
import {
  boundsOfText,
  boundsText,
  budgetText,
  covarianceName,
  groupText,
  methodName,
  plainNumber,
  requestOf,
  type WeightsOptions,
} from "../weights-options.ts";

interface OptimiseOptions extends CommonOptions, WeightsOptions {
  readonly series?: readonly string[];
}

const AFTER = `${RETURNS_FORM}
Weights are found over the rows that all series have.

${wrapped(`Methods: ${METHODS.join(", ")}. Without --method: ${DEFAULT_SCHEME.method} with ${DEFAULT_SCHEME.covariance}; docs/portfolio.md says why, and what each is.`).join("\n")}

${wrapped(`Covariances: ${COVARIANCES.join(", ")}. With --method and without --covariance: sample.`).join("\n")}

Exit codes: 0 weights were found; 1 there are none (the reasons are told); 2 the file or what was asked for is wrong; 130 interrupted.`;

export function optimiseCommand(finish: Finish): Command {
  const examples = [
    "optimise returns.csv",
    "optimise returns.csv --method minimum_variance --bounds 0,0.25 --json",
    "optimise returns.csv --group majors=0.4:BTC,ETH --min-position 0.05",
    "optimise returns.csv --current held.csv --turnover 0.5 --cost-rate 0.001",
  ];
  return command("optimise", "how much of the money each of several records should have", examples)
    .argument("<returns>", "file of daily returns (CSV)")
    .option("--method <name>", "where the weights come from (below)", methodName)
    .option("--covariance <name>", "how risk is estimated (below)", covarianceName)
    .option("--series <names...>", "only these series")
    .option("--bounds <least,most>", "share of the money of every name (default 0,1)", boundsText)
    .option("--bounds-of <name=least,most>", "of one name; may be repeated", boundsOfText)
    .option(
      "--group <name=most:members>",
      "cap of a group, like majors=0.4:BTC,ETH; may be repeated",
      groupText,
    )
    .option("--current <file>", "what is held now: a CSV file with a header name,weight")
    .option("--turnover <share>", "at most so much is bought and sold together; needs --current", plainNumber)
    .option(
      "--cost-rate <share>",
      "what trading costs, 0.001 is 10 basis points; needs --current",
      plainNumber,
    )
    .option(
      "--holding-days <number>",
      "rows over which that cost is earned back (default 30)",
      positiveNumber,
    )
    .option("--min-position <share>", "a weight is zero or at least this", plainNumber)
    .option(
      "--budget <name=share>",
      "share of the risk, for equal_risk_contribution; of every name",
      budgetText,
    )
    .option(
      "--risk-aversion <number>",
      "price of variance, for mean_variance and costs (default 3)",
      plainNumber,
    )
    .option("--kelly-fraction <share>", "for fractional_kelly (default 0.25)", plainNumber)
    .option("--periods-per-year <number>", "rows that make a year", positiveNumber, 365)
    .addHelpText("after", AFTER)
    .action((path: string, options: OptimiseOptions) =>
      runAction(options, finish, (output) => optimise(path, options, output)),
    );
}

async function optimise(path: string, options: OptimiseOptions, output: Output): Promise<number> {
  const { assertNamed, gapNote, readReturnsFile } = await import("../returns-file.ts");
  const { weightsOf } = await import("../../analytics/portfolio/weights-of.ts");
  const { weightLines } = await import("../weight-lines.ts");
  const whole = readReturnsFile(path);
  assertNamed(whole, path, "--series", options.series ?? []);
  const series = whole.series.filter(({ name }) => options.series?.includes(name) ?? true);
  const note = gapNote(whole);
  if (note !== null) output.note(note);
  const rows = await rowsOf({ ...whole, series }, path);
  if (rows.left > 0)
    output.note(`${rows.left} of ${whole.dates.length} rows are left out: not all series have them`);
  const result = weightsOf(requestOf(rows, options));
  if (!result.ok) throw refusal(result.problem, options);
  output.result(jsonOf(result, rows), () => weightLines(result, periodOf(rows)).join("\n"));
  return EXIT.ok;
}

async function rowsOf(table: ReturnsTable, path: string): Promise<CommonRows> {
  const { commonRows } = await import("../../analytics/portfolio/common-rows.ts");
  const empty = table.series.find(({ returns }) => returns.length === 0);
  if (empty !== undefined) throw usage(`${path}: ${empty.name} has no returns`);
  const found = commonRows(table);
  if (found.ok) return found.rows;
  const { latest, earliest } = found;
  const begin = table.dates[latest.firstRow];
  const end = table.dates[earliest.firstRow + earliest.returns.length - 1];
  if (latest === earliest)
    throw usage(`${path}: ${latest.name} has ${latest.returns.length} returns; two are needed`);
  throw usage(
    `${path}: fewer than two rows have all series: ${latest.name} begins on ${begin}, ${earliest.name} ends on ${end}; choose some with --series`,
  );
}

/** What is asked wrongly is told from what cannot be had. */
function refusal({ kind, message, details }: WeightsProblem, options: OptimiseOptions): CliError {
  const given = kind === "infeasible" ? constraintOptions(options) : [];
  const constraints = given.length === 0 ? "" : ` (see ${given.join(", ")})`;
  return new CliError(kind, `${message}${constraints}`, {
    exitCode: kind === "bad-request" ? EXIT.usage : EXIT.failure,
    problems: details.map((detail) => ({ message: detail })),
  });
}

/** Those of the given options that constrain weights together. */
function constraintOptions({
  bounds,
  boundsOf,
  group,
  turnover,
  minPosition,
}: OptimiseOptions): readonly string[] {
  const given = {
    "--bounds": bounds,
    "--bounds-of": boundsOf,
    "--group": group,
    "--turnover": turnover,
    "--min-position": minPosition,
  };
  return Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [option]));
}

function jsonOf(found: FoundWeights, { names, dates, left }: CommonRows) {
  const weighting = ({ weights, riskContributions, objective, figures, cash, turnover }: Weighting) => ({
    weights: byName(names, weights),
    objective,
    riskContributions: byName(names, riskContributions),
    figures,
    cash,
    turnover,
  });
  const { method, covariance, shrinkage, objectiveName, certifiedWithin, notes } = found;
  return {
    ...weighting(found),
    objectiveName,
    method,
    covariance,
    shrinkage,
    certifiedWithin,
    equalWeight: weighting(found.equalWeight),
    inputs: { rows: dates.length, first: dates[0], last: dates.at(-1), rowsLeftOut: left },
    notes,
  };
}

function byName<Value>(names: readonly string[], values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    names.flatMap((name, at) => (at < values.length ? [[name, values[at] as Value]] : [])),
  );
}

function periodOf({ dates }: CommonRows): string {
  return `${dates.length} rows, ${dates[0]} to ${dates.at(-1)}`;
}
