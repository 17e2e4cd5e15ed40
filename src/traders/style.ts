/**
 * The style of a trader from the stored fills and the history of markets: round trips that were seen whole, each with the share of
 * its value that rested in the book, and the bars and funding of its instruments.
 */
import type { PositionFill } from "../analytics/positions/position-fill.ts";
import { PositionLedger } from "../analytics/positions/position-ledger.ts";
import { classifyStyle, type StyleVerdict } from "../analytics/style/classify.ts";
import {
  type Concentration,
  concentrationOf,
  type SectorOverrides,
} from "../analytics/style/concentration.ts";
import type { StyleMarkets, StyleTrip } from "../analytics/style/style-trip.ts";
import type { TraderFillRecord } from "../store/trader-store.ts";
import { positionFills, positionFunding } from "./position-fills.ts";
import { roundTrip } from "./round-trips.ts";

/** Part of what a kept style is based on: another version of what tells it tells another. */
export const STYLE_VERSION = 1;

export interface TraderStyle {
  readonly verdict: StyleVerdict;
  readonly concentration: Concentration;
}

/** The sector of more than half of what it trades; null where none is. */
export function mainSector(style: TraderStyle | null): string | null {
  const largest = style?.concentration.sectors.largest ?? null;
  return largest !== null && largest.share > 0.5 ? largest.sector : null;
}

export interface StyleInput {
  /** Oldest first. */
  readonly fills: AsyncIterable<readonly TraderFillRecord[]>;
  readonly markets: StyleMarkets;
  readonly sectors: SectorOverrides;
}

export async function traderStyle({ fills, markets, sectors }: StyleInput): Promise<TraderStyle> {
  const trips = await styleTrips(fills);
  return { verdict: classifyStyle(trips, markets), concentration: concentrationOf(trips, sectors) };
}

/** Value of the fills of one position since it was flat. */
interface Liquidity {
  maker: number;
  taker: number;
}

/** Those that were seen whole, in the order in which they ended. */
export async function styleTrips(fills: StyleInput["fills"]): Promise<readonly StyleTrip[]> {
  const ledger = new PositionLedger("average-cost");
  const positions = new Map<string, Liquidity>();
  const trips: StyleTrip[] = [];
  for await (const page of fills) {
    for (const record of page) {
      if (record.kind === "funding") {
        ledger.pay(positionFunding(record));
        continue;
      }
      for (const fill of positionFills(record)) {
        const name = `${fill.symbol} ${fill.leg}`;
        const position = positions.get(name) ?? { maker: 0, taker: 0 };
        positions.set(name, position);
        count(position, fill, record.liquidity);
        const { ended } = ledger.apply(fill);
        const makerShare = makerShareOf(position);
        for (const trip of ended) if (!trip.isPartlyUnseen) trips.push({ ...roundTrip(trip), makerShare });
        // What turned a position round belongs to both of its trips.
        if (ended.length > 0) positions.set(name, count({ maker: 0, taker: 0 }, fill, record.liquidity));
      }
    }
  }
  return trips;
}

function count(
  position: Liquidity,
  { price, quantity }: PositionFill,
  liquidity: TraderFillRecord["liquidity"],
): Liquidity {
  if (liquidity !== "unknown") position[liquidity] += price.times(quantity).toNumber();
  return position;
}

/** Null where nobody told of any fill. */
function makerShareOf({ maker, taker }: Liquidity): number | null {
  return maker + taker > 0 ? maker / (maker + taker) : null;
}
