/** `copytrader metrics`: the figures of records of daily returns, as a table or as JSON under the names of docs/evidence.md. */
import type { Command } from "commander";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { EXIT, type Output } from "../output.ts";
import { positiveNumber, RETURNS_FORM, usage } from "../returns-file.ts";

interface MetricsOptions extends CommonOptions {
  readonly benchmark?: string;
  readonly periodsPerYear: number;
}

const AFTER = `${RETURNS_FORM}

Exit codes: 0 done; 2 the file or what was asked for is wrong.`;

export function metricsCommand(finish: Finish): Command {
  const examples = ["metrics returns.csv", "metrics returns.csv --benchmark BTC --json"];
  return command("metrics", "the figures of records of daily returns", examples)
    .argument("<returns>", "file of daily returns (CSV)")
    .option("--benchmark <name>", "measure the other series against this one, too")
    .option("--periods-per-year <number>", "rows that make a year", positiveNumber, 365)
    .addHelpText("after", AFTER)
    .action((path: string, options: MetricsOptions) =>
      runAction(options, finish, (output) => metrics(path, options, output)),
    );
}

async function metrics(path: string, options: MetricsOptions, output: Output): Promise<number> {
  const { gapNote, readReturnsFile } = await import("../returns-file.ts");
  const { figuresOfTable } = await import("../../analytics/metrics/table-figures.ts");
  const { figureLines } = await import("../figure-lines.ts");
  const { periodsPerYear, benchmark = null } = options;
  const table = readReturnsFile(path);
  const names = table.series.map(({ name }) => name);
  if (benchmark !== null && !names.includes(benchmark))
    throw usage(`--benchmark: ${path} has no series "${benchmark}"; it has ${listed(names)}`);
  const note = gapNote(table);
  if (note !== null) output.note(note);
  const found = figuresOfTable(table, { periodsPerYear, benchmark });
  const byName = <Value>(value: (one: (typeof found)[number]) => Value) =>
    Object.fromEntries(found.map((one) => [one.name, value(one)]));
  output.result(
    {
      series: byName(({ values }) => values),
      drawdowns: byName(({ deepest }) => ({
        max_drawdown_episode: deepest[0] ?? null,
        five_deepest_drawdowns: deepest,
      })),
      inputs: byName(({ days, firstDate, lastDate }) => ({
        n_returns: days,
        first_return_date: firstDate,
        last_return_date: lastDate,
      })),
      periods_per_year: periodsPerYear,
      benchmark,
    },
    () => figureLines(found).join("\n"),
  );
  return EXIT.ok;
}

const NAMES_SHOWN = 20;

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : "";
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more}`;
}
