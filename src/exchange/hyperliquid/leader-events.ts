/** What is told of a followed address, in the words of core/event.ts. */
import type { EventOf, PositionRow } from "../../core/event.ts";
import {
  type AccountId,
  InstrumentId,
  TradeId,
  type VenueId,
  VenueOrderId,
} from "../../core/model/identifiers.ts";
import type { CoinFill, CoinPosition } from "./parse.ts";

export interface Teller {
  readonly account: AccountId;
  readonly venue: VenueId;
}

export interface Heard {
  readonly receivedAtMs: number;
  /** The same moment on the venue's clock; absent where that is not known yet. */
  readonly receivedAtServerMs?: number;
}

export function fillEvent(
  { account, venue }: Teller,
  fill: CoinFill,
  sequence: number,
  heard: Heard,
): EventOf<"leader-filled"> {
  return {
    kind: "leader-filled",
    account,
    instrument: InstrumentId(fill.coin, venue),
    leg: "net",
    tradeId: TradeId(fill.tid),
    venueOrderId: VenueOrderId(fill.oid),
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    sequence,
    venueTimeMs: fill.timeMs,
    ...(fill.isMaker === true ? { isMaker: fill.isMaker } : {}),
    ...heard,
  };
}

/** What a fill says was held before it, as the statement that comes right before it. */
export function heldBefore(
  { account, venue }: Teller,
  { coin, before, timeMs }: CoinFill,
  sequence: number,
  receivedAtMs: number,
): EventOf<"leader-position-reported"> {
  const position: PositionRow = {
    instrument: InstrumentId(coin, venue),
    leg: "net",
    quantity: before.toString(),
    entryPrice: "",
    leverage: "",
    sequence,
    venueTimeMs: timeMs,
  };
  return { kind: "leader-position-reported", account, position, receivedAtMs };
}

export interface PlacedPosition extends CoinPosition {
  readonly sequence: number;
}

export function snapshotRow(venue: VenueId, position: PlacedPosition, venueTimeMs: number): PositionRow {
  const { coin, quantity, entryPrice, leverage, liquidationPrice, sequence } = position;
  return {
    instrument: InstrumentId(coin, venue),
    leg: "net",
    quantity,
    entryPrice,
    leverage,
    ...(liquidationPrice === "" ? {} : { liquidationPrice }),
    sequence,
    venueTimeMs,
  };
}
