/** `copytrader traders import`: takes histories of fills into the trader store, and says what became of every row. */
import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ImportedFiles } from "../../control/traders.ts";
import { counted } from "../../traders/counted.ts";
import { FORMAT_NAMES } from "../../traders/formats/format-names.ts";
import type { ImportReport } from "../../traders/import-file.ts";
import { command, configOption, type Finish, runAction } from "../command.ts";
import { CliError, coloured, EXIT, type Output, usage } from "../output.ts";
import { ProgressLine } from "../progress-line.ts";
import { equityAmount, type TradersOptions, traderExtensions, withData } from "./traders-options.ts";

interface ImportCommandOptions extends TradersOptions {
  readonly config: string;
  readonly format: string;
  readonly trader?: string;
  readonly venue: string;
  readonly equity?: string;
  readonly dropDuplicates?: boolean;
  readonly unpackedMax?: number;
}

/** As shells tell a process that SIGINT ended. */
const INTERRUPTED = 130;
const QUOTED_LINES = 5;

const AFTER = `
Files may be gzipped. Importing a file again changes nothing; a fuller one adds what is new. Rows that are no
fills are told with line and reason, kept in traders-rejected/ in the data folder, and stop nothing.
Rows that equal an earlier one in every column are kept: they are partial fills of the same size. Where
each fill has a trade id, the same id counts once.
Formats with an example each, and what each mark of quality means: docs/traders.md. An importer of your own is a file
in the folder extensions of the configuration, asked where none of these formats fits: docs/extending.md

Exit codes: 0 done (rows may have been rejected: the report says so); 1 nothing of a file could be read;
2 it was asked for wrongly; 130 interrupted (what was taken in stays; the same command goes on).`;

export function importCommand(finish: Finish): Command {
  const examples = [
    "traders import raw_trade_history.csv.gz",
    "traders import fills.json --trader 0x31ca8395cf837de08b24da3f660e77761dfb974b",
    "traders import Bybit-UM-USDTPerp-TradeHistory.csv --trader alice --equity 5000",
  ];
  return withData(command("import", "take histories of fills in", examples))
    .argument("<files...>", "histories of fills")
    .option(
      "--format <name>",
      `what the files are: auto, ${FORMAT_NAMES.join(", ")}, or the name of an importer of your own`,
      "auto",
    )
    .addOption(configOption("folder of the configuration; its folder extensions may hold importers"))
    .option(
      "--trader <id>",
      "whose fills they are, where the files do not say (their names otherwise)",
      traderName,
    )
    .option("--venue <name>", "where they were made, where a CSV does not say", traderName, "other")
    .option(
      "--equity <amount>",
      "the traders' capital at the beginning, in the asset of their profit",
      equityAmount,
    )
    .option("--drop-duplicates", "take rows that equal an earlier one for exported twice")
    .addOption(
      // For what others send in.
      new Option("--unpacked-max <bytes>", "that a compressed file may unpack to")
        .argParser(byteCount)
        .hideHelp(),
    )
    .addHelpText("after", AFTER)
    .action((files: readonly string[], options: ImportCommandOptions) =>
      runAction(options, finish, (output) => importFiles(files, options, output)),
    );
}

function traderName(text: string): string {
  if (!/^[\w.:-]{1,60}$/.test(text))
    throw new InvalidArgumentError("It must be of letters, digits, and . : _ -, at most 60.");
  return text;
}

function byteCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a number of bytes.");
  return Number(text);
}

async function importFiles(
  files: readonly string[],
  options: ImportCommandOptions,
  output: Output,
): Promise<number> {
  const missing = files.find((file) => !existsSync(file));
  const folder = files.find((file) => existsSync(file) && statSync(file).isDirectory());
  if (folder !== undefined) throw usage(`${folder} is a folder; name its files`);
  if (missing !== undefined) throw usage(`there is no file ${missing}`);
  const { formats: ownFormats } = await traderExtensions(options.config);
  const known = ["auto", ...FORMAT_NAMES, ...ownFormats.map(({ name }) => name)];
  if (!known.includes(options.format))
    throw usage(`there is no format ${options.format}; there are ${known.join(", ")}`);
  const { importTraders } = await import("../../control/traders.ts");
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const progress = new ProgressLine({ isSilent: output.json, besideResults: false });
  try {
    const imported = await importTraders(
      options.data,
      files.map((path) => ({ ...fileOf(path, options, stop.signal, progress), ownFormats })),
      {
        signal: stop.signal,
        onSummary: (done, of) => progress.show(() => `adding up trader ${done} of ${of}`),
      },
    );
    progress.clear();
    return report(imported, output);
  } catch (error) {
    progress.clear();
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

function fileOf(path: string, options: ImportCommandOptions, signal: AbortSignal, progress: ProgressLine) {
  const { format, trader, venue, equity, dropDuplicates, unpackedMax } = options;
  return {
    path,
    format,
    trader: trader ?? null,
    venue,
    statedEquity: equity ?? null,
    dropDuplicates: dropDuplicates === true,
    ...(unpackedMax === undefined ? {} : { unpackedBytesMax: unpackedMax }),
    signal,
    onProgress: ({
      readBytes,
      totalBytes,
      fills,
    }: {
      readBytes: number;
      totalBytes: number;
      fills: number;
    }) => progress.show(() => `${basename(path)}: ${percent(readBytes, totalBytes)} %, ${fills} fills`),
  };
}

function report({ files, unreadable, isInterrupted }: ImportedFiles, output: Output): number {
  const problems = unreadable.map(({ file, reason }) => ({ message: `${file}: ${reason}`, file }));
  const unread = new CliError("format", `${counted(problems.length, "file")} could not be read`, {
    problems,
  });
  if (files.length > 0 || problems.length === 0)
    output.result({ files, unreadable, interrupted: isInterrupted }, () => files.map(describe).join("\n\n"));
  if (problems.length > 0 && (files.length === 0 || !output.json)) output.error(unread);
  if (isInterrupted) {
    if (!output.json)
      output.error(
        new CliError("interrupted", "interrupted: what was taken in stays, the same command goes on"),
      );
    return INTERRUPTED;
  }
  if (problems.length > 0) return EXIT.usage;
  return files.some(isUnreadable) ? EXIT.failure : EXIT.ok;
}

/** Nothing but rejected rows. */
function isUnreadable({ fills, traders, rejected }: ImportReport): boolean {
  return fills === 0 && traders === 0 && rejected > 0;
}

function describe(one: ImportReport): string {
  const { file, format, traders, fills, added, known, duplicates, repeatedIds, unreadColumns } = one;
  const skipped = Object.entries(one.skipped).map(([why, count]) => `  ${count} ${why} are not looked at`);
  return [
    `${coloured("bold", file)} (${format}): ${counted(fills, "fill")} of ${counted(traders, "trader")}, ${added} new, ${known} known already`,
    ...(duplicates.found === 0 ? [] : [duplicateLine(duplicates)]),
    ...(repeatedIds === 0
      ? []
      : [`  ${counted(repeatedIds, "row")} with the trade id of an earlier row count once`]),
    ...skipped,
    ...(unreadColumns.length === 0 ? [] : [`  columns that nobody reads: ${unreadColumns.join(", ")}`]),
    ...rejectLines(one),
  ].join("\n");
}

function duplicateLine({ found, treatment }: ImportReport["duplicates"]): string {
  const rows = `  ${counted(found, "row")} equal to an earlier row in every column`;
  return treatment === "kept"
    ? `${rows}: kept, as partial fills of one size are (--drop-duplicates leaves them out)`
    : `${rows}: dropped, as --drop-duplicates says`;
}

function rejectLines({ rejected, rejects, rejectsFile }: ImportReport): readonly string[] {
  if (rejectsFile === null) return [];
  const shown = rejects
    .slice(0, QUOTED_LINES)
    .map(({ line, record, reason }) => `    ${placeText(line, record)}${reason}`);
  const more = rejected > shown.length ? [`    and ${rejected - shown.length} more`] : [];
  return [
    coloured("yellow", `  ${counted(rejected, "row")} rejected, kept in ${rejectsFile}`),
    ...shown,
    ...more,
  ];
}

/** Nothing where the whole file is meant. */
function placeText(line: number, record: number): string {
  if (line === 0) return "";
  return `line ${line}${record === 0 ? "" : ` record ${record}`}: `;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((100 * part) / whole);
}
