/**
 * A leader's price at the follower's venue: the same, or, where the follower's units are others, what one of its units costs
 * then. Off the grid it goes to the tick that is met first, so that an exit is never later than the leader's.
 */
import { Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy } from "../state.ts";

/** Null where the text is no price, or the venue cannot have it. `floor` and `ceiling` say to which tick it goes. */
export function mirroredTicks(copy: Copy, price: string, mode: "floor" | "ceiling"): Ticks | null {
  const { allocation, leaderInstrument, market } = copy;
  const value = Decimal.tryParse(price);
  if (value === undefined || value.sign <= 0) return null;
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  const ticks = Number(value.dividedBy(units.times(market.instrument.tickSize), 0, mode).units);
  const { minTicks, maxTicks } = market.instrument;
  return Number.isSafeInteger(ticks) && ticks >= minTicks && ticks <= maxTicks ? Ticks(ticks) : null;
}
