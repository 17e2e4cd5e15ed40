/**
 * Instruments, candles and the sources of house liquidity, as types. Part of the venue's interface and re-exported by
 * venue-types.ts; they stand apart because the liquidity sources need nothing else of it.
 */

type InstrumentStatus = "Trading" | "PreLaunch" | "Delivering" | "Closed";

/** What defines an instrument; everything may be changed while it trades. Decimal strings. */
export interface InstrumentSettings {
  readonly symbol: string;
  readonly baseCoin: string;
  readonly status: InstrumentStatus;
  readonly tickSize: string;
  readonly qtyStep: string;
  readonly minOrderQty: string;
  /** For limit orders. */
  readonly maxOrderQty: string;
  readonly maxMktOrderQty: string;
  readonly minNotionalValue: string;
  readonly maxLeverage: string;
  readonly leverageStep: string;
  readonly fundingIntervalMinutes: number;
  /** Where the price starts. */
  readonly basePrice: string;
  /** X and Y of the price band. */
  readonly priceLimitRatioX: string;
  readonly priceLimitRatioY: string;
  readonly upperFundingRate: string;
  readonly lowerFundingRate: string;
  readonly launchTimeMs: number;
  /** Accepts only orders that reduce. */
  readonly reduceOnly: boolean;
}

export interface InstrumentRow extends InstrumentSettings {
  readonly symbolId: number;
  readonly quoteCoin: "USDT";
  readonly settleCoin: "USDT";
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minLeverage: "1";
  /** Decimal places of the price. */
  readonly priceScale: number;
}

export interface Candle {
  readonly startMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Base units. */
  readonly volume: string;
  /** USDT. */
  readonly turnover: string;
}

/** One bar of recorded prices. */
export interface Bar {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** What somebody else recorded of a market, in any order. Funding: UTC milliseconds, the rate as a decimal fraction. */
export interface MarketPast {
  readonly bars?: readonly Bar[];
  readonly marks?: readonly Omit<Bar, "volume">[];
  readonly funding?: readonly { readonly time: number; readonly fundingRate: string }[];
}

/** Bars of one symbol, oldest first, of equal length. */
export interface BarSeries {
  readonly symbol: string;
  readonly barMs: number;
  readonly bars: readonly Bar[];
}

/**
 * Where the house's liquidity and the movement of prices come from.
 * flat: prices move only by `setPrice`. moving: seeded random walks. bars: recorded bars, shifted in time by
 * `offsetMs` (added to each bar's time). external: `applyExternalBook` feeds a real venue's book.
 */
export type LiquiditySource =
  | { readonly kind: "flat" }
  | { readonly kind: "moving"; readonly stepMs?: number; readonly symbols?: readonly string[] }
  | { readonly kind: "bars"; readonly series: readonly BarSeries[]; readonly offsetMs?: number }
  | { readonly kind: "external" };
