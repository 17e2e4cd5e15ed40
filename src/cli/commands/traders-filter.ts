/** `copytrader traders filter`: who passes the filters of the configuration, and which ones the others fail by how much. */
import type { Command } from "commander";
import type { FilteredTraders } from "../../control/trader-filters.ts";
import type { TraderFilter } from "../../traders/filters/filter.ts";
import type { TraderJudgement } from "../../traders/filters/judge.ts";
import { command, type Finish, runAction, withFolders } from "../command.ts";
import { loadFilterValues } from "../load.ts";
import { CliError, EXIT, type Output } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import {
  type NeedsOptions,
  needsOf,
  traderExtensions,
  untilInterrupted,
  withNeeds,
} from "./traders-options.ts";

interface FilterOptions extends NeedsOptions {
  readonly config: string;
  readonly data: string;
  readonly venue?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const AFTER = `
Filters are the keys of copy_trading.trader_selection and traders in the YAML files, and files of your own in the
folder extensions of the configuration. What cannot be told of a trader (too short a record, prices that are not
known) does not count as passed, and says why. docs/filters.md says what each filter reads.

Exit codes: 0 somebody passes; 1 nobody does; 2 asked wrongly, or no filter is set; 130 interrupted.`;

export function filterCommand(finish: Finish): Command {
  const examples = [
    "traders filter",
    "traders filter 3941019213896463617",
    "traders filter --config my-config --json",
  ];
  return withNeeds(
    withFolders(
      command("filter", "who passes the filters of the configuration, and what the others fail", examples),
    ),
  )
    .argument("[traders...]", "ids; all where none is named")
    .option("--venue <name>", "where several venues have a trader of one id")
    .option("--all", "everybody who does not pass, not only those who come nearest")
    .addHelpText("after", AFTER)
    .action((ids: readonly string[], options: FilterOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => filter(ids, options, { stop, output })),
      ),
    );
}

interface Running {
  readonly stop: AbortSignal;
  readonly output: Output;
}

async function filter(ids: readonly string[], options: FilterOptions, running: Running): Promise<number> {
  const found = await filteredFor(ids, options, running);
  if (found.traders.length === 0)
    throw new CliError(
      "no-traders",
      `no traders yet in ${options.data}; copytrader traders import FILE takes their histories in`,
    );
  const { filterLines } = await import("./traders-filter-lines.ts");
  const shown = { named: ids.length > 0, all: options.all === true, config: options.config };
  running.output.result(filterJson(found), () => filterLines(found, shown).join("\n"));
  return found.traders.some(({ passes }) => passes) ? EXIT.ok : EXIT.failure;
}

/** Judges by what the configuration folder says; also for others who show only those that pass. */
export async function filteredFor(
  ids: readonly string[],
  options: Omit<FilterOptions, "all" | "json">,
  { stop, output }: Running,
): Promise<FilteredTraders> {
  const { filteredTraders } = await import("../../control/trader-filters.ts");
  const values = await loadFilterValues(options.config);
  const { filters: own } = await traderExtensions(options.config);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const onDone = (done: number, of: number) => line.show(() => `filters: trader ${done} of ${of}`);
  try {
    return await filteredTraders(
      options.data,
      { ids, venue: options.venue ?? null },
      { request: { values, own, needs: needsOf(options) }, progress: { stop, onDone } },
    );
  } finally {
    line.clear();
  }
}

function filterJson({ filters, benchmark, traders, set }: FilteredTraders) {
  return { filters: filters.map(filterFacts), benchmark, traders: traders.map(traderJson), set };
}

function filterFacts({ name, unit, asks, bound }: TraderFilter) {
  return { filter: name, unit, asks, bound };
}

function traderJson({ trader, passes, results, reservations, style }: TraderJudgement) {
  return { id: trader.trader, venue: trader.venue, passes, style, results, reservations };
}
