/** What is traded in simulated histories, and at which prices they begin. */
import { VenueId } from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";

export const VENUE = VenueId("model");

export const SYMBOLS: readonly InstrumentSpec[] = [
  instrument("BTCUSDT", {
    tickSize: "0.1",
    quantityStep: "0.001",
    minQuantity: "0.001",
    maxMarketQuantity: "100",
  }),
  instrument("DOGEUSDT", {
    tickSize: "0.00001",
    quantityStep: "1",
    minQuantity: "1",
    maxMarketQuantity: "500000",
  }),
  instrument("1000PEPEUSDT", {
    tickSize: "0.0000001",
    quantityStep: "100",
    minQuantity: "100",
    maxMarketQuantity: "800000",
  }),
];
/** Whole ticks. */
export const FIRST_PRICES: readonly (readonly [string, number])[] = [
  ["BTCUSDT", 600_000],
  ["DOGEUSDT", 15_000],
  ["1000PEPEUSDT", 120_000],
];

function instrument(
  symbol: string,
  filters: Pick<InstrumentSpec, "tickSize" | "quantityStep" | "minQuantity" | "maxMarketQuantity">,
): InstrumentSpec {
  return {
    venue: VENUE,
    symbol,
    baseCoin: symbol.replace("USDT", ""),
    settleCoin: "USDT",
    status: "trading",
    maxLimitQuantity: filters.maxMarketQuantity,
    minNotional: "5",
    minPrice: filters.tickSize,
    maxPrice: "9999999",
    maxLeverage: "50",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
    ...filters,
  };
}
