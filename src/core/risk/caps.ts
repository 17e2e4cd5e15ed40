/**
 * Caps on value: how many lots an increase may add at a price so that an order, one symbol's position or all positions copied
 * from one leader stay within an amount of the settle coin. Exact, in whole quantity steps, never below nothing.
 */

import type { Ticks } from "../model/amounts.ts";
import { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { type Instrument, toWholeSteps } from "../model/instrument.ts";

/** The value of `lots` (of either sign) at `price`, in the settle coin. */
export function notionalOf({ lotSize, tickSize }: Instrument, lots: Lots, price: Ticks): Decimal {
  return lotSize.times(tickSize).times(Decimal.of(BigInt(Math.abs(lots)) * BigInt(price), 0));
}

/** The largest order within `cap`. */
export function orderRoom(cap: string, instrument: Instrument, price: Ticks): Lots {
  return lotsWithin(Decimal.parse(cap), instrument, price);
}

/** What may be added to `held` of one symbol within `cap`. */
export function symbolRoom(cap: string, held: Lots, instrument: Instrument, price: Ticks): Lots {
  return lotsWithin(Decimal.parse(cap).minus(notionalOf(instrument, held, price)), instrument, price);
}

/** What may be added where the copies of a leader, in all symbols, are worth `used` already. */
export function leaderRoom(cap: string, used: Decimal, instrument: Instrument, price: Ticks): Lots {
  return lotsWithin(Decimal.parse(cap).minus(used), instrument, price);
}

function lotsWithin(amount: Decimal, instrument: Instrument, price: Ticks): Lots {
  if (amount.sign <= 0 || price <= 0) return Lots(0);
  const lots = Number(amount.dividedBy(notionalOf(instrument, Lots(1), price), 0, "floor").units);
  return toWholeSteps(instrument, Lots(Math.min(lots, Number.MAX_SAFE_INTEGER)));
}
