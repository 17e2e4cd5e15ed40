/** An exact round trip as plain numbers for statistics: the one place where it loses its exactness. */
import type { RoundTrip } from "../analytics/positions/round-trip.ts";
import type { PositionTrip } from "../analytics/positions/trip.ts";

/** Of a finished trip. Funding counts with the fees: what was paid, positive. */
export function roundTrip(trip: PositionTrip): RoundTrip {
  return {
    symbol: trip.symbol,
    side: trip.direction,
    openMs: trip.openMs,
    closeMs: trip.closeMs ?? trip.openMs,
    pnl: trip.pnl.toNumber(),
    fees: 0 - trip.fees.plus(trip.funding).toNumber(),
    maxQuantity: trip.maxQuantity.toNumber(),
    maxNotional: trip.maxNotional.toNumber(),
    adds: trip.adds.map(({ atMs, quantity, price, averageEntry }) => ({
      atMs,
      quantity: quantity.toNumber(),
      price: price.toNumber(),
      averageEntry,
    })),
  };
}
