/**
 * `copytrader market instruments`: the steps and minima of a venue's instruments, into the data folder: what followers of traders that are
 * studied could have ordered. Fetched without a key, or out of a file.
 */
import { existsSync, statSync } from "node:fs";
import type { Command } from "commander";
import { timeText } from "../../analytics/equity/day-text.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { ExchangeError } from "../../exchange/exchange-error.ts";
import type { ListedInstruments } from "../../exchange/history-source.ts";
import type { StoredInstruments } from "../../market/instrument-file.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { untilInterrupted } from "./traders-options.ts";

interface InstrumentsOptions extends CommonOptions {
  readonly venue: string;
  readonly data: string;
}

const REQUESTS_A_SECOND = 10;
const REJECTS_TOLD = 5;

const NOTES = `
Without a file the venue is asked for everything that it lists now; no key is needed. A file is a CSV with a
header: symbol, tick_size, min_order_qty, max_order_qty, and, where it has them, qty_step, max_mkt_order_qty,
min_notional_value. Its rows go over what is there; what a file does not name may be listed all the same.

Exit codes: 0 done; 1 the venue failed, or rows of it make no sense; 2 asked for wrongly; 130 interrupted.`;

export function marketInstrumentsCommand(finish: Finish): Command {
  const examples = ["market instruments", "market instruments bybit_linear.csv"];
  const summary = "fetch or import the steps and minima of a venue's instruments";
  return command("instruments", summary, examples)
    .argument("[file]", "CSV file, plain or gzipped; the venue is asked where none is named")
    .option("--venue <name>", "bybit, or the address of a venue with its protocol", "bybit")
    .option("--data <dir>", "data folder", "./data")
    .addHelpText("after", NOTES)
    .action((file: string | undefined, options: InstrumentsOptions) =>
      runAction(options, finish, (output) =>
        file === undefined
          ? untilInterrupted(output, (stop) => fetched(options, stop, output))
          : imported(file, options, output),
      ),
    );
}

async function fetched(
  { venue, data }: InstrumentsOptions,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const { openMarketSource } = await import("../../run/market-source.ts");
  const { answerOf } = await import("../../market/fetch.ts");
  const { writeInstruments } = await import("../../market/instrument-file.ts");
  const market = opened(openMarketSource, venue);
  try {
    const found = await answerOf<ListedInstruments>((done) => market.source.instruments(done), stop);
    const isComplete = found.unreadable.length === 0;
    const stored = { venue: market.venue, toldAtMs: market.nowMs(), isComplete, specs: found.specs };
    writeInstruments(dataFolderPaths(data).instruments, stored);
    tell(stored, { rejects: found.unreadable, notes: [] }, output);
    return isComplete ? EXIT.ok : EXIT.failure;
  } catch (error) {
    throw error instanceof ExchangeError ? new CliError("venue", `${venue}: ${error.message}`) : error;
  } finally {
    market.close();
  }
}

function opened<Source>(open: (where: string, rate: number) => Source, venue: string): Source {
  try {
    return open(venue, REQUESTS_A_SECOND);
  } catch (error) {
    if (error instanceof TypeError) throw usage(`--venue must be bybit or an address: ${error.message}`);
    throw error;
  }
}

async function imported(file: string, { venue, data }: InstrumentsOptions, output: Output): Promise<number> {
  if (!existsSync(file) || !statSync(file).isFile()) throw usage(`there is no file ${file}`);
  const { textOf } = await import("../../market/import/import-file.ts");
  const { readInstrumentTable } = await import("../../market/import/instrument-table.ts");
  const { readInstruments, withInstruments, writeInstruments } = await import(
    "../../market/instrument-file.ts"
  );
  const folder = dataFolderPaths(data).instruments;
  try {
    const { specs, leftOut, rejects, assumed } = readInstrumentTable(textOf(file), venue);
    const toldAtMs = Math.round(statSync(file).mtimeMs);
    const stored = withInstruments(readInstruments(folder, venue), { venue, toldAtMs, specs });
    writeInstruments(folder, stored);
    const others = leftOut === 0 ? [] : [`left out, as no perpetual in USDT: ${leftOut} rows`];
    const taken = assumed.map((what) => `taken where the file has none: ${what}`);
    tell(stored, { rejects, notes: [...others, ...taken] }, output);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof RangeError) throw usage(`${file}: ${error.message}`);
    throw error;
  }
}

function tell(
  { venue, toldAtMs, isComplete, specs }: StoredInstruments,
  { rejects, notes }: { readonly rejects: readonly string[]; readonly notes: readonly string[] },
  output: Output,
): void {
  const json = { venue, toldAt: toldAtMs, isComplete, instruments: specs.length, rejects, notes };
  output.result(json, () =>
    [
      `${specs.length} instruments of ${venue}, as of ${timeText(toldAtMs)}${isComplete ? "" : "; not all that it lists"}`,
      ...rejects.slice(0, REJECTS_TOLD).map((one) => `refused: ${one}`),
      ...(rejects.length > REJECTS_TOLD ? [`and ${rejects.length - REJECTS_TOLD} more`] : []),
      ...notes.map((note) => `note: ${note}`),
    ].join("\n"),
  );
}
