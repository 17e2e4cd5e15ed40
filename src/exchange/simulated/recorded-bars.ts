/**
 * Reads recorded bars from CSV files, plain or gzipped: a header with `open_time_ms, open, high, low, close` and, unless
 * they are bars of a mark price, `volume`; either one symbol per file (named after the file) or a `symbol` column. Bars
 * come back oldest first; those with a price of zero, which sources have on the day of a listing, are left out and counted.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { synthesiseInstrument } from "./instruments.ts";
import type { Bar, BarSeries, InstrumentSettings } from "./market-types.ts";

/** Larger files are refused rather than read into memory. */
const MAX_BYTES = 512 * 1024 * 1024;
const COLUMNS = ["open_time_ms", "open", "high", "low", "close"] as const;
/** Digits of a price that are looked at; the smallest ticks of real venues have eight. */
const PRICE_DIGITS = 8;
/** Value of the largest order on an instrument that is made for its bars. */
const ORDER_USDT_MAX = 10_000_000;

export interface RecordedSeries extends BarSeries {
  readonly unpricedBars: number;
}

/** Throws a RangeError that names the file (and line) when it is not such a table. */
export function readBars(path: string): RecordedSeries[] {
  const raw = readFileSync(path);
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw, { maxOutputLength: MAX_BYTES }) : raw;
  return parseBars(bytes.toString("utf8"), basename(path));
}

export function parseBars(text: string, fileName: string): RecordedSeries[] {
  const lines = text.split("\n");
  const header = (lines[0] ?? "").trim().split(",");
  const places = COLUMNS.map((name) => header.indexOf(name));
  const missing = COLUMNS.filter((_, at) => places[at] === -1);
  if (missing.length > 0) throw new RangeError(`${fileName}: no column ${missing.join(", ")}`);
  if (header.includes("volume")) places.push(header.indexOf("volume"));
  const symbolPlace = header.indexOf("symbol");
  const own = symbolOf(fileName);
  const found = new Map<string, Bar[]>();
  for (let at = 1; at < lines.length; at++) {
    const line = (lines[at] ?? "").trim();
    if (line === "") continue;
    const cells = line.split(",");
    const symbol = symbolPlace < 0 ? own : (cells[symbolPlace] ?? "");
    const bars = found.get(symbol) ?? [];
    bars.push(barOf(cells, places, `${fileName}:${at + 1}`));
    found.set(symbol, bars);
  }
  return [...found].map(([symbol, bars]) => seriesOf(symbol, bars));
}

/** `BTCUSDT.csv.gz` and, as some sources name their perpetuals, `BTC-PERP_20211231_20220201.csv.gz`. */
function symbolOf(fileName: string): string {
  return fileName
    .replace(/\.csv(\.gz)?$/, "")
    .replace(/_\d{8}.*$/, "")
    .replace(/-PERP$/, "USDT");
}

/** An instrument for bars of a symbol that the venue does not list: all their prices lie on its grid. */
export function instrumentOfBars({ symbol, bars }: BarSeries): InstrumentSettings {
  const prices = new Set(bars.flatMap(({ open, high, low, close }) => [open, high, low, close]));
  const last = bars.at(-1)?.close ?? 1;
  const step = 10 ** Math.min(0, 1 - Math.ceil(Math.log10(last)));
  return synthesiseInstrument({
    symbol,
    prices: [...prices, last].map((price) => price.toFixed(PRICE_DIGITS)),
    // It allows a hundred times the largest quantity seen.
    quantities: [step.toFixed(PRICE_DIGITS), Math.ceil(ORDER_USDT_MAX / 100 / last).toFixed(0)],
  });
}

function barOf(cells: readonly string[], places: readonly number[], where: string): Bar {
  const [openTimeMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = places.map((place) => {
    const value = Number(cells[place] ?? Number.NaN);
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`${where}: not a number`);
    return value;
  });
  if (high < low) throw new RangeError(`${where}: low must not be above high`);
  // Some venues open a bar at the close before it, even outside of what was traded in it.
  return {
    openTimeMs,
    open,
    high: Math.max(open, high, close),
    low: Math.min(open, low, close),
    close,
    volume,
  };
}

function seriesOf(symbol: string, all: readonly Bar[]): RecordedSeries {
  const bars = all.filter((bar) => bar.low > 0).sort((left, right) => left.openTimeMs - right.openTimeMs);
  let barMs = Number.POSITIVE_INFINITY;
  for (let at = 1; at < bars.length; at++) {
    const gap = (bars[at]?.openTimeMs ?? 0) - (bars[at - 1]?.openTimeMs ?? 0);
    if (gap > 0 && gap < barMs) barMs = gap;
  }
  return {
    symbol,
    barMs: Number.isFinite(barMs) ? barMs : 60_000,
    bars,
    unpricedBars: all.length - bars.length,
  };
}
