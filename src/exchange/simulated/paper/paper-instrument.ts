/**
 * A real venue's instrument as a listing of the paper venue: the same grid and limits, and the price that it has now.
 */
import { type Instrument, nearestTicks, priceText } from "../../../core/model/instrument.ts";
import type { InstrumentSettings } from "../market-types.ts";

const STATUSES: Readonly<Record<Instrument["spec"]["status"], InstrumentSettings["status"]>> = {
  trading: "Trading",
  "pre-launch": "PreLaunch",
  delivering: "Delivering",
  closed: "Closed",
};

/** A contract without funding (one with a delivery date) settles after this many minutes: never. */
const NEVER_MINUTES = 100 * 365 * 24 * 60;

/** What the paper venue must know to list it; `price` is decimal text. Throws a RangeError when that is no price. */
export function paperListing(
  instrument: Instrument,
  price: string,
): Partial<InstrumentSettings> & Pick<InstrumentSettings, "symbol"> {
  const { spec } = instrument;
  const ticks = nearestTicks(instrument, price);
  if (ticks === undefined || ticks <= 0) throw new RangeError(`${spec.symbol}: not a price: ${price}`);
  return {
    symbol: spec.symbol,
    baseCoin: spec.baseCoin,
    status: STATUSES[spec.status],
    tickSize: spec.tickSize,
    qtyStep: spec.quantityStep,
    minOrderQty: spec.minQuantity,
    maxOrderQty: spec.maxLimitQuantity,
    maxMktOrderQty: spec.maxMarketQuantity,
    minNotionalValue: spec.minNotional,
    maxLeverage: spec.maxLeverage,
    leverageStep: spec.leverageStep,
    fundingIntervalMinutes: spec.fundingIntervalMinutes > 0 ? spec.fundingIntervalMinutes : NEVER_MINUTES,
    basePrice: priceText(instrument, ticks),
  };
}
