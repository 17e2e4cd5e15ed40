/**
 * The past of markets, for analytics and backtests: bars, bars of the mark price and funding rates, by venue, symbol and
 * interval. Numbers are doubles read from the venue's decimal text; no order is ever computed from them. What time is covered
 * is known apart from the rows: a covered time without a row had none at the venue, any other time was never asked for.
 */

export const SERIES_KINDS = ["bars", "marks", "funding"] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** Which series. */
export interface SeriesId {
  /** `bybit`, `binance`, `binance-spot`, or the host of a venue without a name of its own. */
  readonly venue: string;
  /** As the venue writes it. */
  readonly symbol: string;
  readonly kind: SeriesKind;
  /** Length of a bar; 0 for funding. */
  readonly intervalMs: number;
}

/** UTC milliseconds; `toMs` is not part of it. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows as columns: `times` ascending without repeats, and one column per name of `COLUMNS`, all of one length. */
export interface Table {
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
}

/** The columns of each kind, after the time: open of the bar, or the moment of the funding, in UTC milliseconds. */
export const COLUMNS = {
  bars: ["open", "high", "low", "close", "volume"],
  marks: ["open", "high", "low", "close"],
  funding: ["rate"],
} as const satisfies Readonly<Record<SeriesKind, readonly string[]>>;

/** Prices in quote currency of one unit of the symbol; the close belongs to `openMs + intervalMs`. */
export interface PriceColumns {
  readonly intervalMs: number;
  readonly openMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

export interface BarColumns extends PriceColumns {
  /** Base units of the symbol. */
  readonly volume: Float64Array;
}

export interface FundingColumns {
  /** The venue's stamp, to the millisecond. */
  readonly atMs: Float64Array;
  /** Fraction of the position's value that longs pay to shorts. */
  readonly rate: Float64Array;
}

export interface SeriesSummary extends SeriesId {
  readonly rows: number;
  /** Sorted, apart from each other. */
  readonly covered: readonly TimeRange[];
  /** Bars that are missing in what is covered; 0 for funding, whose grid may change. */
  readonly missingBars: number;
  /** Of the files. */
  readonly bytes: number;
  /** Files of it whose headers cannot be read; nothing else here counts them. */
  readonly damaged: readonly string[];
}

export interface Written {
  /** Rows that are new. */
  readonly added: number;
  /** Rows that were there already, the same. */
  readonly repeated: number;
  /** Rows that were there already with other numbers: what was there stays. */
  readonly conflicting: number;
  /** Open times of the first of those, at most ten. */
  readonly conflictsMs: readonly number[];
}

export interface MarketHistory {
  /** Rows in the range; columns as `COLUMNS` names them. Throws a MarketDataError on a damaged file. */
  read(series: SeriesId, range: TimeRange): Table;
  /** After a look at every byte: a damaged file is set aside, and its time is not covered any more. */
  covered(series: SeriesId): readonly TimeRange[];
  /** Adds rows (in any order) and what they cover. Each file is replaced whole, or not at all. */
  write(series: SeriesId, rows: Table, covered: readonly TimeRange[]): Written;
  /** By the headers of the files alone. */
  list(): readonly SeriesSummary[];
}

export class MarketDataError extends Error {
  override readonly name = "MarketDataError";
}

/** `columns` holds what `COLUMNS` names for the kind; anything else is a programming error. */
export function barsOf({ times, columns }: Table, intervalMs: number): BarColumns {
  const [open, high, low, close, volume] = columns;
  return { intervalMs, openMs: times, ...priced([open, high, low, close]), volume: present(volume) };
}

export function marksOf({ times, columns }: Table, intervalMs: number): PriceColumns {
  return { intervalMs, openMs: times, ...priced(columns) };
}

export function fundingOf({ times, columns }: Table): FundingColumns {
  return { atMs: times, rate: present(columns[0]) };
}

function priced([open, high, low, close]: readonly (Float64Array | undefined)[]) {
  return { open: present(open), high: present(high), low: present(low), close: present(close) };
}

function present(column: Float64Array | undefined): Float64Array {
  if (column === undefined) throw new Error("the table has fewer columns than its kind");
  return column;
}
