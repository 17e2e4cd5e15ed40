/**
 * Reads tables that others recorded: CSV with a header, plain or gzipped. What kind it is shows in the header: bars (open, high,
 * low, close, volume), bars of a mark price (no volume), funding (a rate); with a symbol column it holds several symbols. A row
 * that cannot be is refused with its line and the reason, and the rest is taken.
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { SeriesKind } from "../market-history.ts";

export interface Reject {
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

export interface RecordedSeries {
  readonly symbol: string;
  readonly kind: SeriesKind;
  /** 0 for funding. */
  readonly intervalMs: number;
  /** `[time, ...values]`, oldest first, no time twice. */
  readonly rows: readonly (readonly number[])[];
  /** Rows that were in the file more than once, the same. */
  readonly repeated: number;
}

export interface RecordedTable {
  readonly series: readonly RecordedSeries[];
  readonly rejects: readonly Reject[];
}

export interface ReadOptions {
  /** Of a file without a symbol column. */
  readonly symbol: string;
  /** One unit of the symbol is so many of the file's: prices are multiplied by it, volumes divided. */
  readonly scale: string;
  /** Found from the rows when absent. */
  readonly intervalMs?: number;
  /** Whether volumes are in base units, or in the quote currency and to be divided by the close. */
  readonly volumeIn: "base" | "quote";
  /** A time after this is none of the past. */
  readonly nowMs: number;
}

const TIME_NAMES = ["open_time_ms", "open_time", "funding_time", "time_ms", "timestamp"];
const RATE_NAMES = ["funding_rate", "last_funding_rate"];
const PRICE_NAMES = ["open", "high", "low", "close"];
/** What a Decimal can hold. */
const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/;
const MINUTE_MS = 60_000;
const EARLIEST_MS = Date.UTC(2009, 0, 3);

interface Layout {
  readonly kind: SeriesKind;
  readonly time: number;
  readonly values: readonly number[];
  /** -1 when there is none. */
  readonly symbol: number;
  readonly cells: number;
}

/** Throws a RangeError when the text is no such table at all. */
export function readRecorded(text: string, options: ReadOptions): RecordedTable {
  const lines = text.split("\n");
  const layout = layoutOf(lines[0] ?? "");
  const scale = Decimal.parse(options.scale);
  const found = new Map<string, { line: number; text: string; row: readonly number[] }[]>();
  const rejects: Reject[] = [];
  for (let at = 1; at < lines.length; at++) {
    const line = (lines[at] ?? "").trim();
    if (line === "") continue;
    const cells = line.split(",");
    const read = readRow(cells, layout, scale, options);
    if (typeof read === "string") {
      rejects.push({ line: at + 1, reason: read, text: line });
      continue;
    }
    const symbol = layout.symbol < 0 ? options.symbol : (cells[layout.symbol] ?? "");
    const rows = found.get(symbol) ?? [];
    rows.push({ line: at + 1, text: line, row: read });
    found.set(symbol, rows);
  }
  const series = [...found].map(([symbol, rows]) => seriesOf(symbol, rows, layout.kind, options, rejects));
  return { series, rejects: rejects.sort((left, right) => left.line - right.line) };
}

function layoutOf(header: string): Layout {
  const names = header.trim().toLowerCase().split(",");
  const placeOf = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name));
  const [time, rate, volume] = [placeOf(TIME_NAMES), placeOf(RATE_NAMES), placeOf(["volume"])];
  const prices = PRICE_NAMES.map((name) => names.indexOf(name));
  if (time < 0) throw new RangeError(`no column of times: one of ${TIME_NAMES.join(", ")} is expected`);
  const common = { time, symbol: names.indexOf("symbol"), cells: names.length };
  if (rate >= 0) return { ...common, kind: "funding", values: [rate] };
  const missing = PRICE_NAMES.filter((_, at) => prices[at] === -1);
  if (missing.length > 0)
    throw new RangeError(
      `neither bars nor funding: no column ${missing.join(", ")}, and none of ${RATE_NAMES.join(", ")}`,
    );
  if (volume >= 0) return { ...common, kind: "bars", values: [...prices, volume] };
  return { ...common, kind: "marks", values: prices };
}

/** The row, or what is wrong with it. */
function readRow(
  cells: readonly string[],
  layout: Layout,
  scale: Decimal,
  options: ReadOptions,
): readonly number[] | string {
  if (cells.length !== layout.cells) return `${cells.length} cells where the header has ${layout.cells}`;
  const ms = Number(cells[layout.time]);
  if (!Number.isSafeInteger(ms)) return "the time is no whole number";
  if (ms < EARLIEST_MS || ms > options.nowMs)
    return "the time is not in milliseconds since 1970, or not past";
  if (layout.symbol >= 0 && !/^\S{1,40}$/.test(cells[layout.symbol] ?? "")) return "there is no symbol";
  const texts = layout.values.map((place) => cells[place] ?? "");
  const odd = texts.find((text) => !DECIMAL.test(text));
  if (odd !== undefined) return `not a decimal number: ${JSON.stringify(odd.slice(0, 40))}`;
  if (layout.kind === "funding") return [ms, Number(texts[0])];
  return readBar(ms, texts, scale, options.volumeIn);
}

function readBar(
  ms: number,
  texts: readonly string[],
  scale: Decimal,
  volumeIn: ReadOptions["volumeIn"],
): readonly number[] | string {
  if (ms % MINUTE_MS !== 0) return "the time is not on a whole minute";
  // Exact: 0.00001234 x 1000 is not what doubles make of it.
  const isScaled = scale.compare(Decimal.one) !== 0;
  const prices = texts
    .slice(0, 4)
    .map((text) => Number(isScaled ? Decimal.parse(text).times(scale).toString() : text));
  const [open = 0, high = 0, low = 0, close = 0] = prices;
  if (low <= 0) return "a price is not above zero";
  if (high < low) return "high is below low";
  if (Math.min(open, close) < low || Math.max(open, close) > high)
    return "open or close is not between low and high";
  const volumeText = texts[4];
  if (volumeText === undefined) return [ms, ...prices];
  const volume = Number(volumeText) / (volumeIn === "quote" ? close : Number(scale.toString()));
  return volume < 0 ? "the volume is negative" : [ms, ...prices, volume];
}

function seriesOf(
  symbol: string,
  lines: readonly { readonly line: number; readonly text: string; readonly row: readonly number[] }[],
  kind: SeriesKind,
  { intervalMs: told }: ReadOptions,
  rejects: Reject[],
): RecordedSeries {
  const byTime = new Map<number, readonly number[]>();
  let repeated = 0;
  const times = lines.map(({ row }) => row[0] ?? 0);
  const intervalMs = kind === "funding" ? 0 : (told ?? usualGap(times));
  for (const { line, text, row } of lines) {
    const ms = row[0] ?? 0;
    const known = byTime.get(ms);
    if (known === undefined && intervalMs > 0 && ms % intervalMs !== 0)
      rejects.push({ line, text, reason: "the time is no beginning of a bar of this length" });
    else if (known === undefined) byTime.set(ms, row);
    else if (known.every((value, at) => value === row[at])) repeated++;
    else rejects.push({ line, text, reason: "another row with the same time came before" });
  }
  const rows = [...byTime.values()].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
  return { symbol, kind, intervalMs, rows, repeated };
}

/** The most frequent gap between neighbours; a day for a single row. */
export function usualGap(times: readonly number[]): number {
  const sorted = [...new Set(times)].sort((left, right) => left - right);
  const counts = new Map<number, number>();
  for (let at = 1; at < sorted.length; at++) {
    const gap = (sorted[at] ?? 0) - (sorted[at - 1] ?? 0);
    counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  const [most] = [...counts].sort((left, right) => right[1] - left[1] || left[0] - right[0]);
  return most?.[0] ?? 1_440 * MINUTE_MS;
}
