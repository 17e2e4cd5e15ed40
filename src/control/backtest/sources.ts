/**
 * What a backtest reads: the trader store and market history of the data folder, or folders of raw files, which are read once into a
 * place of their own in the data folder and found there again for as long as the files are the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { dataFolderPaths } from "../../data-folder.ts";
import { openMarketHistory } from "../../market/history-folder.ts";
import { importFile, venueOfPath } from "../../market/import/import-file.ts";
import { replaceFile } from "../../market/replace-file.ts";
import { importTraders, TradersError } from "../traders.ts";

export interface SourceFolders {
  /** Of raw histories of fills; null for the data folder's trader store. */
  readonly traders: string | null;
  /** Of raw bars and funding; null for the data folder's market history. */
  readonly market: string | null;
}

export interface SourceReading {
  readonly stop: AbortSignal;
  onNote(text: string): void;
  onFile(done: number, of: number): void;
}

export interface ReadSources {
  /** A data folder whose trader store is meant. */
  readonly traders: string;
  /** A data folder whose market history is meant. */
  readonly market: string;
}

const FILES_MAX = 10_000;
const DONE = "read.json";

/** Throws a TradersError for a folder that is not there or has no file that can be read. */
export async function readSources(
  dataFolder: string,
  { traders, market }: SourceFolders,
  reading: SourceReading,
): Promise<ReadSources> {
  return {
    traders:
      traders === null
        ? dataFolder
        : await once(dataFolder, "traders", traders, (into, files) => readTraders(into, files, reading)),
    market:
      market === null
        ? dataFolder
        : await once(dataFolder, "market", market, async (into, files) => readMarket(into, files, reading)),
  };
}

/** Throws a TradersError where nobody was ever taken in. */
export function assertTraders(dataFolder: string): void {
  if (existsSync(dataFolderPaths(dataFolder).traders)) return;
  const lack = existsSync(dataFolder)
    ? `the data folder ${dataFolder} has no traders yet`
    : `there is no data folder ${dataFolder}`;
  throw new TradersError(
    "bad-request",
    `--data: ${lack}; copytrader traders import FILES --data ${dataFolder} takes histories in, or --traders names a folder of them`,
  );
}

/** Reads the files unless these very ones were read before; what was left half is begun anew. */
async function once(
  dataFolder: string,
  what: "traders" | "market",
  folder: string,
  read: (into: string, files: readonly string[]) => Promise<void>,
): Promise<string> {
  const files = filesIn(folder, what);
  const hash = createHash("sha256").update(what);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`\n${relative(folder, file)} ${size} ${mtimeMs}`);
  }
  const into = join(dataFolderPaths(dataFolder).backtests, `${what}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(join(into, DONE))) return into;
  rmSync(into, { recursive: true, force: true });
  await read(into, files);
  replaceFile(join(into, DONE), `${JSON.stringify({ folder: resolve(folder), files: files.length })}\n`);
  return into;
}

function filesIn(folder: string, what: string): readonly string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new TradersError("bad-request", `--${what}: there is no folder ${folder}`);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(csv|json)(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
  if (files.length === 0)
    throw new TradersError(
      "bad-request",
      `--${what}: no file in ${folder} ends in .csv, .json, .csv.gz or .json.gz`,
    );
  if (files.length > FILES_MAX)
    throw new TradersError("bad-request", `--${what}: more than ${FILES_MAX} files are in ${folder}`);
  return files;
}

async function readTraders(
  into: string,
  files: readonly string[],
  { stop, onNote, onFile }: SourceReading,
): Promise<void> {
  let fills = 0;
  for (const [at, path] of files.entries()) {
    const file = {
      path,
      format: "auto",
      ownFormats: [],
      trader: null,
      venue: "other",
      statedEquity: null,
      dropDuplicates: false,
      signal: stop,
      onProgress: () => {},
    };
    const {
      files: read,
      unreadable,
      isInterrupted,
    } = await importTraders(into, [file], {
      signal: stop,
      onSummary: () => {},
    });
    if (isInterrupted) stop.throwIfAborted();
    for (const one of read) fills += one.fills;
    for (const { reason } of unreadable) onNote(`${path} is no history of fills: ${reason}`);
    onFile(at + 1, files.length);
  }
  if (fills === 0)
    throw new TradersError("bad-request", "--traders: none of its files is a history of fills");
}

async function readMarket(
  into: string,
  files: readonly string[],
  { stop, onNote, onFile }: SourceReading,
): Promise<void> {
  const history = openMarketHistory(dataFolderPaths(into).market, onNote);
  let rows = 0;
  for (const [at, path] of files.entries()) {
    await setImmediate();
    stop.throwIfAborted();
    const venue = venueOfPath(path);
    if (venue === null) onNote(`${path} is left out: its folder does not say of which venue it is`);
    else {
      try {
        const terms = { venue, scale: "1", volumeIn: "base", keepsLast: false, nowMs: Date.now() } as const;
        for (const one of importFile(path, terms, history).series) rows += one.rows;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        onNote(`${path} is left out: ${error.message}`);
      }
    }
    onFile(at + 1, files.length);
  }
  if (rows === 0) throw new TradersError("bad-request", "--market: none of its files holds bars or funding");
}
