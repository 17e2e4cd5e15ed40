/** How the formats are called: apart from what reads them, which only an import needs to load. */
export const FORMAT_NAMES = ["binance-copy", "hyperliquid", "bybit", "csv"] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
