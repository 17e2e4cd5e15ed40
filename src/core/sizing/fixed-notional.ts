/**
 * Sizing by a fixed value for each position of the leader, at the price when it opened: that of the leader's fill, or what is
 * known of the follower's market. The price does not move the copy afterwards. What adding and closing do: opening.ts.
 */
import type { Lots, Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { priceText } from "../model/instrument.ts";
import { valuationTicks } from "../quotes.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, CopyLeg, State } from "../state.ts";
import { openingAt, sizeByBase } from "./opening.ts";
import type { Fraction, Ratio } from "./ratio.ts";
import { type Size, unsized } from "./size.ts";

export function sizeByNotional(state: State, copy: Copy, leg: CopyLeg, leaderLots: Lots, at?: Ticks): Size {
  const opening = openingAt(leg, leaderLots, () => priceNow(state, copy, at));
  if (opening.price === null) return unsized("no-price");
  return sizeByBase(copy, leaderLots, baseAt(copy.ratio, opening.price), opening);
}

/** The follower's lots for one settle coin's worth of nothing but the price: `ratio` is notional x scaling / step. */
export function baseAt(ratio: Ratio, price: string): Fraction {
  const { units, scale } = Decimal.parse(price);
  return {
    numerator: ratio.numerator * 10n ** BigInt(scale),
    denominator: ratio.denominator * units,
  };
}

/** The leader's fill says it best, where both trade the same thing; else what values the follower's orders. */
export function priceNow(state: State, copy: Copy, at?: Ticks): string | null {
  const { leaderInstrument, market, pendingChanges } = copy;
  const paid = at ?? pendingChanges.at(-1)?.price ?? null;
  if (paid !== null && isNotMapped(copy)) return priceText(leaderInstrument, paid);
  const ticks = valuationTicks(state, market.instrument);
  return ticks === null ? null : priceText(market.instrument, ticks);
}

function isNotMapped({ allocation, leaderInstrument, market }: Copy): boolean {
  const { instrument } = market;
  if (leaderInstrument.spec.symbol !== instrument.spec.symbol) return false;
  return unitsPerLeaderUnit(allocation, leaderInstrument, instrument).equals(Decimal.one);
}
