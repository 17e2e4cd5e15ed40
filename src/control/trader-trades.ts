/** The finished round trips of one trader, exact, as programs and people are shown them. */
import { setImmediate } from "node:timers/promises";
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import type { PositionTrip } from "../analytics/positions/trip.ts";
import { Decimal } from "../core/model/decimal.ts";
import type { TraderStore } from "../store/trader-store.ts";
import { positionFills, positionFunding } from "../traders/position-fills.ts";
import { meantTraders, withTraderStore } from "./traders.ts";

/** Amounts in the quote currency. */
export interface TraderTrade {
  /** From the first of the record on, 1: stays the same while the record grows. */
  readonly number: number;
  readonly symbol: string;
  readonly direction: PositionTrip["direction"];
  readonly openMs: number;
  readonly closeMs: number;
  /** Before fees; `net` after fees and funding. */
  readonly pnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly net: string;
  readonly fills: number;
  readonly maxQuantity: string;
  readonly maxNotional: string;
  /** Something of it was there before the record, or is missing in it. */
  readonly isPartlyUnseen: boolean;
}

/** A profit that is worked out may have no end in decimals. */
const STEP = Decimal.parse("0.000000000001");

/** In the order in which they ended. Throws a TradersError when no trader or more than one is meant. */
export async function traderTrades(
  dataDir: string,
  { id, venue }: { readonly id: string; readonly venue: string | null },
): Promise<readonly TraderTrade[]> {
  return withTraderStore(dataDir, async (store) => {
    const [record] = meantTraders(await store.traders(), { ids: [id], venue });
    return record === undefined ? [] : (await endedTrips(store, record)).map(tradeOf);
  });
}

async function endedTrips(
  store: TraderStore,
  record: Parameters<TraderStore["fills"]>[0],
): Promise<readonly PositionTrip[]> {
  const ledger = new PositionLedger("average-cost");
  const trips: PositionTrip[] = [];
  for await (const page of store.fills(record)) {
    for (const stored of page) {
      if (stored.kind === "funding") ledger.pay(positionFunding(stored));
      else for (const fill of positionFills(stored)) trips.push(...ledger.apply(fill).ended);
    }
    await setImmediate();
  }
  return trips;
}

function tradeOf(trip: PositionTrip, at: number): TraderTrade {
  const { symbol, direction, openMs, closeMs, fees, funding, fills, isPartlyUnseen } = trip;
  const pnl = trip.pnl.roundedToStep(STEP, "half-even");
  return {
    number: at + 1,
    symbol,
    direction,
    openMs,
    closeMs: closeMs ?? openMs,
    pnl: pnl.toString(),
    fees: fees.toString(),
    funding: funding.toString(),
    net: pnl.plus(fees).plus(funding).toString(),
    fills,
    maxQuantity: trip.maxQuantity.toString(),
    maxNotional: trip.maxNotional.roundedToStep(STEP, "half-even").toString(),
    isPartlyUnseen,
  };
}
