/**
 * The follower's instrument for one of the leader's, where their venues name or count it differently: 1000PEPEUSDT at one
 * venue may be PEPEUSDT at another, of which a thousand make one unit of the first.
 */
import { Decimal } from "../model/decimal.ts";
import type { Allocation, MappedSymbol } from "../settings.ts";

/** The name at the follower's venue of the leader's `symbol`, and how many of its units one of the leader's is. */
export function mapSymbol({ symbolMap }: Pick<Allocation, "symbolMap">, symbol: string): MappedSymbol {
  return Object.hasOwn(symbolMap, symbol) ? (symbolMap[symbol] ?? same(symbol)) : same(symbol);
}

/** The follower's units in one of the leader's, exact. */
export function unitsPerLeaderUnit(allocation: Pick<Allocation, "symbolMap">, symbol: string): Decimal {
  return Decimal.parse(mapSymbol(allocation, symbol).units);
}

function same(symbol: string): MappedSymbol {
  return { symbol, units: "1" };
}
