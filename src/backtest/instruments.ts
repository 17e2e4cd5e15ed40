/** The simulated exchange's own listing as what a follower's venue lists, for where nobody kept a venue's instruments. */
import type { VenueId } from "../core/model/identifiers.ts";
import type { InstrumentSpec } from "../core/model/instrument.ts";
import { shippedInstruments } from "../exchange/simulated/instruments.ts";
import type { InstrumentSettings } from "../exchange/simulated/market-types.ts";

export function shippedSpecs(venue: VenueId): readonly InstrumentSpec[] {
  return shippedInstruments().map((settings) => specOf(settings, venue));
}

/** Ticks in the highest price. */
const TICKS_MAX = 19_999_998;

function specOf(settings: InstrumentSettings, venue: VenueId): InstrumentSpec {
  const { symbol, baseCoin, tickSize, qtyStep, maxLeverage, leverageStep, fundingIntervalMinutes } = settings;
  return {
    venue,
    symbol,
    baseCoin,
    settleCoin: "USDT",
    status: "trading",
    tickSize,
    quantityStep: qtyStep,
    minQuantity: settings.minOrderQty,
    maxLimitQuantity: settings.maxOrderQty,
    maxMarketQuantity: settings.maxMktOrderQty,
    minNotional: settings.minNotionalValue,
    minPrice: tickSize,
    maxPrice: (Number(tickSize) * TICKS_MAX).toFixed(tickSize.split(".")[1]?.length ?? 0),
    maxLeverage,
    leverageStep,
    fundingIntervalMinutes,
  };
}
