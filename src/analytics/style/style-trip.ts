/** What a style is read from: the round trips of a trader, and the markets as they were. Plain numbers, for statistics only. */
import type { RoundTrip } from "../positions/round-trip.ts";

export interface StyleTrip extends RoundTrip {
  /** Share of its traded value that rested in the book and was met; null where that is not told. */
  readonly makerShare: number | null;
}

/** Bars of equal length, oldest first; a bar is known at `openMs + intervalMs`. */
export interface StyleBars {
  readonly intervalMs: number;
  readonly openMs: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Funding rates as fractions, oldest first; a long pays what is above zero. */
export interface StyleFunding {
  readonly atMs: Float64Array;
  readonly rate: Float64Array;
}

export interface StyleMarkets {
  readonly bars: (symbol: string) => StyleBars | null;
  readonly funding: (symbol: string) => StyleFunding | null;
}
