/** `copytrader market import`: files of bars, mark prices or funding that others recorded, into the data folder. */
import { existsSync, statSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { timeText } from "../../analytics/equity/day-text.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import type { ImportedFile, ImportedSeries } from "../../market/import/import-file.ts";
import { intervalText } from "../../market/interval.ts";
import { type CommonOptions, command, type Finish, runAction } from "../command.ts";
import { intervalMs, rangeJson } from "../market-options.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { assertWritable } from "../output-file.ts";
import { ProgressLine } from "../progress-line.ts";
import { table } from "../table.ts";

interface ImportCommandOptions extends CommonOptions {
  readonly venue?: string;
  readonly symbol?: string;
  readonly scale: string;
  readonly interval?: number;
  readonly volumeIn: "base" | "quote";
  readonly keepLast?: boolean;
  readonly rejects?: string;
  readonly data: string;
}

type Outcome = ImportedFile | { readonly file: string; readonly failure: string };

const INTERRUPTED = 130;
const REJECTS_TOLD = 5;

const NOTES = `
CSV with a header, plain or gzipped. Bars: open_time_ms, open, high, low, close, volume (base units); without
volume they are bars of the mark price; funding: open_time_ms, funding_rate. A column symbol holds several
symbols in one file; otherwise the file's name is the symbol. Times are UTC milliseconds.

What is there already is not taken twice; where a file says something else of a time, what was there stays.
The last bar is left out where the file ends within a day: the recording may have ended inside it.

Exit codes: 0 imported; 1 a file could not be imported (the others were); 2 asked for wrongly; 130 interrupted.`;

export function marketImportCommand(finish: Finish): Command {
  const examples = [
    "market import bybit_linear/5m/*.csv.gz",
    "market import BTCUSDT.csv --venue binance --rejects rejects.csv",
    "market import binance_um/1h/PEPEUSDT.csv.gz --symbol 1000PEPEUSDT --scale 1000",
  ];
  return command("import", "import files of bars, mark prices or funding", examples)
    .argument("<file...>", "CSV files, plain or gzipped")
    .option(
      "--venue <name>",
      "binance, binance-spot, bybit, ...: where it was recorded (default: by the folder)",
    )
    .option("--symbol <name>", "instead of the file's name; for one file")
    .option("--scale <number>", "multiply prices by this, divide volumes", scaleOf, "1")
    .option("--interval <length>", "length of a bar (default: found from the rows)", intervalMs)
    .addOption(
      new Option("--volume-in <unit>", "what volumes count").choices(["base", "quote"]).default("base"),
    )
    .option("--keep-last", "take the last bar also where the file ends within a day")
    .option("--rejects <file>", "write the rows that were refused into this new CSV file")
    .option("--data <dir>", "data folder", "./data")
    .addHelpText("after", NOTES)
    .action((files: readonly string[], options: ImportCommandOptions) =>
      runAction(options, finish, (output) => importFiles(files, options, output)),
    );
}

function scaleOf(text: string): string {
  const scale = Decimal.tryParse(text);
  if (scale === undefined || scale.compare(Decimal.zero) <= 0)
    throw new InvalidArgumentError("It must be a decimal number above zero.");
  return text;
}

async function importFiles(
  files: readonly string[],
  options: ImportCommandOptions,
  output: Output,
): Promise<number> {
  const { rejects, symbol, data } = options;
  if (symbol !== undefined && files.length > 1) throw usage("--symbol is for one file");
  assertWritable("--rejects", rejects);
  if (rejects !== undefined && existsSync(rejects)) throw usage(`--rejects: ${rejects} is there already`);
  const { venueOfPath } = await import("../../market/import/import-file.ts");
  const sources = files.map((file) => sourceOf(file, options.venue ?? venueOfPath(file)));
  const { openMarketHistory } = await import("../../market/history-folder.ts");
  const history = openMarketHistory(dataFolderPaths(data).market, (notice) => output.note(notice));
  const outcomes = await inTurn(sources, options, history, output);
  if (rejects !== undefined) writeFileSync(rejects, rejectsText(outcomes), { flag: "wx", mode: 0o600 });
  output.result({ files: outcomes.map(outcomeJson) }, () => outcomeText(outcomes, rejects));
  if (outcomes.length < files.length) {
    const message = `interrupted after ${outcomes.length} of ${files.length} files; what was imported is kept`;
    output.error(new CliError("interrupted", message));
    return INTERRUPTED;
  }
  return outcomes.some((one) => "failure" in one) ? EXIT.failure : EXIT.ok;
}

interface Source {
  readonly file: string;
  readonly venue: string;
}

function sourceOf(file: string, venue: string | null): Source {
  if (!existsSync(file) || !statSync(file).isFile()) throw usage(`there is no file ${file}`);
  if (venue === null)
    throw usage(
      `${file}: its folder does not say of which venue it is; --venue says it (binance, binance-spot, bybit)`,
    );
  if (!/^[\w.:-]{1,60}$/.test(venue)) throw usage("--venue must be letters, digits, dots, colons and dashes");
  return { file, venue };
}

/** Ends early when interrupted. */
async function inTurn(
  sources: readonly Source[],
  options: ImportCommandOptions,
  history: Parameters<typeof import("../../market/import/import-file.ts").importFile>[2],
  output: Output,
): Promise<readonly Outcome[]> {
  const { importFile } = await import("../../market/import/import-file.ts");
  const { scale, volumeIn, symbol, interval, keepLast } = options;
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const outcomes: Outcome[] = [];
  for (const { file, venue } of sources) {
    await setImmediate();
    if (stop.signal.aborted) break;
    progress.show(() => `file ${outcomes.length + 1} of ${sources.length}: ${file}`);
    try {
      const imported = importFile(
        file,
        {
          ...{ venue, scale, volumeIn, keepsLast: keepLast === true, nowMs: Date.now() },
          ...(symbol === undefined ? {} : { symbol }),
          ...(interval === undefined ? {} : { intervalMs: interval }),
        },
        history,
      );
      outcomes.push(imported);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      outcomes.push({ file, failure: error.message });
    }
  }
  progress.clear();
  for (const signal of signals) process.off(signal, interrupt);
  return outcomes;
}

function rejectsText(outcomes: readonly Outcome[]): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = outcomes.flatMap((one) =>
    "failure" in one
      ? []
      : one.rejects.map(({ line, reason, text }) =>
          [quoted(one.file), line, quoted(reason), quoted(text)].join(","),
        ),
  );
  return ["file,line,reason,row", ...lines, ""].join("\n");
}

function outcomeJson(outcome: Outcome) {
  if ("failure" in outcome) return outcome;
  const { series, rejects, ...rest } = outcome;
  const shown = series.map(({ series: id, covered, conflictsMs, leftOutMs, ...counts }) => ({
    ...{ venue: id.venue, symbol: id.symbol, kind: id.kind },
    interval: id.kind === "funding" ? null : intervalText(id.intervalMs),
    ...counts,
    conflicts: conflictsMs.map((ms) => new Date(ms).toISOString()),
    leftOut: leftOutMs === null ? null : new Date(leftOutMs).toISOString(),
    covered: covered.map(rangeJson),
  }));
  return { ...rest, series: shown, rejected: rejects.length, rejects: rejects.slice(0, 100) };
}

function outcomeText(outcomes: readonly Outcome[], rejectsFile: string | undefined): string {
  const imported = outcomes.filter((one): one is ImportedFile => !("failure" in one));
  const columns = ["file", "venue", "what", "new rows", "known", "differing", "refused", "from and to"];
  const rows = imported.map((one) => [
    nameOf(one),
    one.series[0]?.series.venue ?? "",
    kindsOf(one.series),
    String(sumOf(one.series, "added")),
    String(sumOf(one.series, "repeated") + one.repeatedInFile),
    String(sumOf(one.series, "conflicting")),
    String(one.rejects.length),
    spanOf(one.series),
  ]);
  const aligned = columns.map((title, at) => ({
    title,
    ...(at >= 3 && at <= 6 ? { align: "right" as const } : {}),
  }));
  const notes = [...imported.flatMap((one) => one.notes), ...leftOutNote(imported)].map(
    (note) => `note: ${note}`,
  );
  const failures = outcomes.flatMap((one) =>
    "failure" in one ? [`${one.file} was not imported: ${one.failure}`] : [],
  );
  const refused = imported.flatMap((one) => refusedLines(one, rejectsFile));
  const shown = rows.length === 0 ? [] : table(aligned, rows, { overflow: "wrap" });
  return [...shown, ...refused, ...notes, ...failures].join("\n");
}

const LEFT_OUT_TOLD = 4;

function leftOutNote(files: readonly ImportedFile[]): readonly string[] {
  const left = files.flatMap(({ series }) =>
    series.flatMap(({ series: { symbol }, leftOutMs }) =>
      leftOutMs === null ? [] : [`${symbol} ${timeText(leftOutMs)}`],
    ),
  );
  if (left.length === 0) return [];
  const more = left.length > LEFT_OUT_TOLD ? `, and ${left.length - LEFT_OUT_TOLD} more` : "";
  const told = `${left.slice(0, LEFT_OUT_TOLD).join(", ")}${more}`;
  return [
    `the last bar was left out, as the recording may have ended inside it (--keep-last takes it): ${told}`,
  ];
}

function nameOf({ file, series }: ImportedFile): string {
  const name = file.split("/").at(-1) ?? file;
  return series.length > 1 ? `${name} (${series.length} symbols)` : name;
}

function kindsOf(series: readonly ImportedSeries[]): string {
  const names = series.map(({ series: { kind, intervalMs } }) =>
    kind === "funding" ? kind : `${kind} ${intervalText(intervalMs)}`,
  );
  return [...new Set(names)].join(", ");
}

function sumOf(series: readonly ImportedSeries[], what: "added" | "repeated" | "conflicting"): number {
  return series.reduce((sum, one) => sum + one[what], 0);
}

function spanOf(series: readonly ImportedSeries[]): string {
  const ranges = series.flatMap(({ covered }) => covered);
  if (ranges.length === 0) return "nothing";
  const fromMs = ranges.reduce((least, range) => Math.min(least, range.fromMs), Number.POSITIVE_INFINITY);
  const toMs = ranges.reduce((most, range) => Math.max(most, range.toMs), 0);
  return `${timeText(fromMs)} to ${timeText(toMs)}`;
}

function refusedLines({ file, rejects }: ImportedFile, rejectsFile: string | undefined): readonly string[] {
  if (rejectsFile !== undefined) return [];
  const told = rejects.slice(0, REJECTS_TOLD).map(({ line, reason }) => `${file}:${line} refused: ${reason}`);
  const more = rejects.length - told.length;
  return more > 0 ? [...told, `${file}: ${more} more rows refused; --rejects FILE writes them all`] : told;
}
