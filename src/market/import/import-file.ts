/** One file of others' records into the history: what it holds, what of it counts, and what it covers. */
import { readFileSync } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import { sameCoinIn } from "../../core/model/symbol-name.ts";
import { intervalText } from "../interval.ts";
import {
  COLUMNS,
  type MarketHistory,
  type SeriesId,
  type TimeRange,
  type Written,
} from "../market-history.ts";
import { tableOf } from "../table.ts";
import { MULTIPLES } from "./multiples.ts";
import {
  type ReadOptions,
  type RecordedSeries,
  type Reject,
  readRecorded,
  usualGap,
} from "./recorded-table.ts";

/** Larger files are refused rather than read into memory. */
const BYTES_MAX = 512 * 1024 * 1024;
const DAY_MS = 86_400_000;

export interface ImportOptions extends Omit<ReadOptions, "symbol"> {
  readonly venue: string;
  /** Instead of the file's name; not for files with a symbol column. */
  readonly symbol?: string;
  /** The last bar is taken also where the recording may have stopped inside it. */
  readonly keepsLast: boolean;
}

export interface ImportedSeries extends Written {
  readonly series: SeriesId;
  /** Rows of the file. */
  readonly rows: number;
  readonly covered: readonly TimeRange[];
  /** The open of a last bar that was not taken, as the recording may have ended inside it. */
  readonly leftOutMs: number | null;
}

export interface ImportedFile {
  readonly file: string;
  readonly series: readonly ImportedSeries[];
  /** Rows that were in the file more than once, the same. */
  readonly repeatedInFile: number;
  readonly rejects: readonly Reject[];
  readonly notes: readonly string[];
}

/** Throws a RangeError when the file is none that can be imported; nothing is written then. */
export function importFile(path: string, options: ImportOptions, history: MarketHistory): ImportedFile {
  const own = options.symbol ?? symbolOfFile(path);
  const table = readRecorded(textOf(path), { ...options, symbol: own });
  if (options.symbol !== undefined && table.series.some(({ symbol }) => symbol !== own))
    throw new RangeError("it has a column of symbols; --symbol is for files of one symbol");
  const notes: string[] = [];
  const series = table.series.map((one) => {
    const leftOutMs = options.keepsLast ? null : doubtfulLast(one);
    const rows = leftOutMs === null ? one.rows : one.rows.slice(0, -1);
    const id = { venue: options.venue, symbol: one.symbol, kind: one.kind, intervalMs: one.intervalMs };
    const covered = coveredBy(rows, one);
    const written = history.write(id, tableOf(rows, COLUMNS[one.kind].length), covered);
    notes.push(...multipleNote(id));
    return { series: id, rows: rows.length, covered, leftOutMs, ...written };
  });
  const repeatedInFile = table.series.reduce((sum, { repeated }) => sum + repeated, 0);
  return { file: path, series, repeatedInFile, rejects: table.rejects, notes };
}

/** Of a file, plain or gzipped. Throws a RangeError when it is too large or damaged. */
export function textOf(path: string): string {
  const raw = readFileSync(path);
  if (raw.length > BYTES_MAX) throw new RangeError("it is larger than 512 MiB");
  const isZipped = raw[0] === 0x1f && raw[1] === 0x8b;
  try {
    return (isZipped ? gunzipSync(raw, { maxOutputLength: BYTES_MAX }) : raw).toString("utf8");
  } catch (cause) {
    throw new RangeError("it is cut off, damaged, or larger than 512 MiB when unpacked", { cause });
  }
}

/** `BTCUSDT.csv.gz`, and with dates behind it `BTC-PERP_20211231_20220201.csv.gz`. */
export function symbolOfFile(path: string): string {
  return basename(path)
    .replace(/\.csv(\.gz)?$/, "")
    .replace(/_\d{8}.*$/, "");
}

/** By the folders that common collections have; null for others. */
export function venueOfPath(path: string): string | null {
  const folders = dirname(path).split(sep);
  if (folders.some((name) => /^binance_um/.test(name))) return "binance";
  if (folders.includes("binance_spot")) return "binance-spot";
  return folders.includes("bybit_linear") ? "bybit" : null;
}

/** The last bar of a recording that ends within a day: it may have ended within the bar. Null where there is no such doubt. */
function doubtfulLast({ rows, kind, intervalMs }: RecordedSeries): number | null {
  const last = rows.at(-1)?.[0];
  return kind === "funding" || last === undefined || (last + intervalMs) % DAY_MS === 0 ? null : last;
}

/** Neighbours and what is between them; where a row is missing, nothing is covered. */
function coveredBy(
  rows: readonly (readonly number[])[],
  { kind, intervalMs }: RecordedSeries,
): readonly TimeRange[] {
  const times = rows.map((row) => row[0] ?? 0);
  // Stamps of funding are not on a grid, to some milliseconds; after the last nothing is known.
  const [gapMax, tailMs] = kind === "funding" ? [1.5 * usualGap(times), 1] : [intervalMs, intervalMs];
  const covered: { fromMs: number; toMs: number }[] = [];
  for (const [at, ms] of times.entries()) {
    const open = covered.at(-1);
    const before = times[at - 1];
    if (open !== undefined && before !== undefined && ms - before <= gapMax) open.toMs = ms + tailMs;
    else covered.push({ fromMs: ms, toMs: ms + tailMs });
  }
  return covered;
}

/** Collections name contracts of a thousand coins by the coin, with prices divided. */
function multipleNote({ venue, symbol, kind, intervalMs }: SeriesId): readonly string[] {
  const multiple = sameCoinIn(symbol, MULTIPLES[venue] ?? []);
  if (kind === "funding" || multiple === null || multiple.units === 1) return [];
  const scale = Math.round(1 / multiple.units);
  return [
    `${symbol} ${intervalText(intervalMs)}: ${venue} lists this coin as ${multiple.symbol}; if these prices are of one coin, ` +
      `import them with --symbol ${multiple.symbol} --scale ${scale}`,
  ];
}
