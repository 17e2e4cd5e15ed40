/**
 * The follower's instrument for one of the leader's, where their venues name or count it differently: 1000PEPEUSDT at one
 * venue may be PEPEUSDT at another, of which a thousand make one unit of the first. What the owner says comes first, then what
 * the leader's venue says of names elsewhere; otherwise the name is the same.
 */
import { Decimal } from "../model/decimal.ts";
import { type InstrumentId, InstrumentId as idOf, type VenueId } from "../model/identifiers.ts";
import type { Instrument } from "../model/instrument.ts";
import type { Allocation, MappedSymbol } from "../settings.ts";

type Mapped = Pick<Allocation, "symbolMap">;
type Listed = { has(id: InstrumentId): boolean };

/**
 * The name at the follower's venue of the leader's instrument, and how many of its units one of the leader's is; of several
 * names the first that the venue lists.
 */
export function mapSymbol(
  allocation: Mapped,
  { spec }: Instrument,
  venue: VenueId,
  listed: Listed,
): MappedSymbol {
  const stated = statedFor(allocation, spec.symbol);
  if (stated !== undefined) return stated;
  if (spec.elsewhere === undefined || venue === spec.venue) return { symbol: spec.symbol, units: "1" };
  const found = spec.elsewhere.find(({ symbol }) => listed.has(idOf(symbol, venue)));
  return found ?? { symbol: spec.symbol, units: "1" };
}

/** The follower's units in one of the leader's, exact. */
export function unitsPerLeaderUnit(allocation: Mapped, leader: Instrument, follower: Instrument): Decimal {
  const stated = statedFor(allocation, leader.spec.symbol);
  const found = stated ?? leader.spec.elsewhere?.find(({ symbol }) => symbol === follower.spec.symbol);
  return found === undefined ? Decimal.one : Decimal.parse(found.units);
}

function statedFor({ symbolMap }: Mapped, symbol: string): MappedSymbol | undefined {
  return Object.hasOwn(symbolMap, symbol) ? symbolMap[symbol] : undefined;
}
