/**
 * Market history as files of columns: `VENUE/SYMBOL/KIND-INTERVAL/PART.columns` in a folder `market` of the data folder. A part
 * holds a month of short bars, a year of longer ones, or everything. Each file says what it covers and is replaced whole, so
 * that an interrupt leaves what was there or what was to be. Two processes that write one series at once leave whole files
 * too; the time that one of them loses is not covered and is fetched again.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeFile, encodeFile, type FileHeader, headerIn } from "./column-file.ts";
import { intervalText, parseInterval } from "./interval.ts";
import {
  COLUMNS,
  MarketDataError,
  type MarketHistory,
  SERIES_KINDS,
  type SeriesId,
  type SeriesSummary,
  type Table,
  type TimeRange,
  type Written,
} from "./market-history.ts";
import { replaceFile } from "./replace-file.ts";
import { emptyTable, joined, merged, rowsIn } from "./table.ts";
import { clipped, united } from "./time-ranges.ts";

const SUFFIX = ".columns";
const FIRST_HEADER_BYTES = 4_096;
const ALWAYS: TimeRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** `root`: the folder `market` itself; it is made with the first write. `onDamaged` hears of a file that a write set aside. */
export function openMarketHistory(
  root: string,
  onDamaged: (notice: string) => void = () => {},
): MarketHistory {
  return {
    read: (series, range) => {
      const columns = COLUMNS[series.kind].length;
      const parts = partsOf(root, series).filter(({ range: part }) => clipped([part], range).length > 0);
      const tables = parts.map(({ path }) => rowsIn(decodeFile(readFileSync(path), path).table, range));
      return joined(tables.length === 0 ? [emptyTable(columns)] : tables, columns);
    },
    covered: (series) => {
      const columns = COLUMNS[series.kind].length;
      return united(partsOf(root, series).flatMap(({ path }) => readPart(path, columns, onDamaged).covered));
    },
    write: (series, rows, covered) => writeParts(root, series, { rows, covered }, onDamaged),
    list: () => seriesIn(root).map((series) => summaryOf(root, series)),
  };
}

interface Part {
  readonly path: string;
  readonly range: TimeRange;
}

function folderOf(root: string, { venue, symbol, kind, intervalMs }: SeriesId): string {
  const name = kind === "funding" ? kind : `${kind}-${intervalText(intervalMs)}`;
  // Names of venues and symbols hold colons and slashes at some.
  return join(root, encodeURIComponent(venue), encodeURIComponent(symbol), name);
}

/** The files of a series, oldest first. */
function partsOf(root: string, series: SeriesId): readonly Part[] {
  const folder = folderOf(root, series);
  return namesIn(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .flatMap((name) => {
      const range = rangeOfPart(name.slice(0, -SUFFIX.length));
      return range === null ? [] : [{ path: join(folder, name), range }];
    });
}

/** [] for a folder that is not there. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** `all`, `2024` or `2024-06`; null for other names. */
function rangeOfPart(name: string): TimeRange | null {
  if (name === "all") return ALWAYS;
  const match = /^(\d{4})(?:-(\d{2}))?$/.exec(name);
  if (match === null) return null;
  const year = Number(match[1]);
  if (match[2] === undefined) return { fromMs: Date.UTC(year), toMs: Date.UTC(year + 1) };
  const month = Number(match[2]) - 1;
  return { fromMs: Date.UTC(year, month), toMs: Date.UTC(year, month + 1) };
}

const SHORT_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

function partNameAt(ms: number, intervalMs: number): string {
  if (intervalMs === 0 || intervalMs >= DAY_MS) return "all";
  return new Date(ms).toISOString().slice(0, intervalMs <= SHORT_MS ? 7 : 4);
}

/** The names of the parts that hold any of the rows or of the ranges. */
function partNames(rows: Table, covered: readonly TimeRange[], intervalMs: number): ReadonlySet<string> {
  const names = new Set<string>();
  for (const time of rows.times) names.add(partNameAt(time, intervalMs));
  for (const { fromMs, toMs } of covered) {
    for (let ms = fromMs; ms < toMs; ) {
      const name = partNameAt(ms, intervalMs);
      names.add(name);
      ms = rangeOfPart(name)?.toMs ?? toMs;
    }
  }
  return names;
}

interface Addition {
  readonly rows: Table;
  readonly covered: readonly TimeRange[];
}

function writeParts(
  root: string,
  series: SeriesId,
  { rows, covered }: Addition,
  onDamaged: (notice: string) => void,
): Written {
  const folder = folderOf(root, series);
  const sum = { added: 0, repeated: 0, conflicting: 0, conflictsMs: [] as readonly number[] };
  for (const name of [...partNames(rows, covered, series.intervalMs)].sort()) {
    const range = rangeOfPart(name) ?? ALWAYS;
    const path = join(folder, `${name}${SUFFIX}`);
    const old = readPart(path, COLUMNS[series.kind].length, onDamaged);
    const { table, written } = merged(old.table, old.covered, rowsIn(rows, range));
    const ranges = united([...old.covered, ...clipped(covered, range)]);
    replaceFile(path, encodeFile({ table, covered: ranges }, series.intervalMs));
    sum.added += written.added;
    sum.repeated += written.repeated;
    sum.conflicting += written.conflicting;
    sum.conflictsMs = [...sum.conflictsMs, ...written.conflictsMs].slice(0, 10);
  }
  return sum;
}

/** Empty where there is none. A damaged one is set aside, and what it covered is to be had again. */
function readPart(path: string, columns: number, onDamaged: (notice: string) => void) {
  try {
    return decodeFile(readFileSync(path), path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing && !(error instanceof MarketDataError)) throw error;
    if (!isMissing) {
      renameSync(path, `${path}.damaged`);
      onDamaged(
        `${error.message}; it was set aside as ${path}.damaged, and what it covered is not covered now`,
      );
    }
    return { table: emptyTable(columns), covered: [] };
  }
}

function readHeader(path: string): { readonly header: FileHeader; readonly bytes: number } {
  const file = openSync(path, "r");
  try {
    for (let length = FIRST_HEADER_BYTES; ; length *= 8) {
      const bytes = Buffer.alloc(length);
      const read = readSync(file, bytes, 0, length, 0);
      const header = headerIn(bytes.subarray(0, read), path);
      if (header !== null) return { header, bytes: statSync(path).size };
      if (read < length) throw new MarketDataError(`${path} is damaged: it is cut off`);
    }
  } finally {
    closeSync(file);
  }
}

function rangesOf({ covered }: FileHeader): readonly TimeRange[] {
  return covered.map(([fromMs, toMs]) => ({ fromMs, toMs }));
}

/** Every series that has a folder, by venue, symbol, kind and interval. */
function seriesIn(root: string): readonly SeriesId[] {
  return namesIn(root)
    .toSorted()
    .flatMap((venue) =>
      namesIn(join(root, venue))
        .toSorted()
        .flatMap((symbol) =>
          namesIn(join(root, venue, symbol)).flatMap((name) => {
            const [kindName = "", interval] = name.split("-");
            const kind = SERIES_KINDS.find((one) => one === kindName);
            const intervalMs = interval === undefined ? 0 : parseInterval(interval);
            if (kind === undefined || intervalMs === null || (kind === "funding") !== (intervalMs === 0))
              return [];
            const names = { venue: decodeURIComponent(venue), symbol: decodeURIComponent(symbol) };
            return [{ ...names, kind, intervalMs }];
          }),
        ),
    )
    .toSorted((left, right) => compare(left, right));
}

function compare(left: SeriesId, right: SeriesId): number {
  return (
    (left.venue < right.venue ? -1 : left.venue > right.venue ? 1 : 0) ||
    (left.symbol < right.symbol ? -1 : left.symbol > right.symbol ? 1 : 0) ||
    SERIES_KINDS.indexOf(left.kind) - SERIES_KINDS.indexOf(right.kind) ||
    left.intervalMs - right.intervalMs
  );
}

function summaryOf(root: string, series: SeriesId): SeriesSummary {
  const damaged: string[] = [];
  const headers = partsOf(root, series).flatMap(({ path }) => {
    try {
      return [readHeader(path)];
    } catch (error) {
      if (!(error instanceof MarketDataError)) throw error;
      damaged.push(path);
      return [];
    }
  });
  const rows = headers.reduce((sum, { header }) => sum + header.rows, 0);
  const covered = united(headers.flatMap(({ header }) => rangesOf(header)));
  const bytes = headers.reduce((sum, one) => sum + one.bytes, 0);
  const { intervalMs } = series;
  const slots = covered.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / (intervalMs || 1), 0);
  const missingBars = intervalMs === 0 ? 0 : Math.max(0, Math.round(slots) - rows);
  return { ...series, rows, covered, missingBars, bytes, damaged };
}
