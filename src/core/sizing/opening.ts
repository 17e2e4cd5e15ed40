/**
 * What fixed sizes share: the follower holds a base for the whole of a leader's position, and of it the leader's present size
 * / its largest since it was flat. So adding to a position does not grow the copy, and closing a part closes that part.
 */
import { Lots } from "../model/amounts.ts";
import type { Copy, CopyLeg, Opening } from "../state.ts";
import type { Fraction } from "./ratio.ts";
import { isSamePosition, type Size, sizedLots } from "./size.ts";

/** The opening that `leaderLots` belongs to: the one of `leg`, or a new one. A price that it lacks is asked for. */
export function openingAt(leg: CopyLeg, leaderLots: Lots, priceNow: () => string | null): Opening {
  const size = Math.abs(leaderLots);
  const known = isSamePosition(leg, leaderLots) ? leg.opening : null;
  if (known === null) return { price: priceNow(), peakLots: Lots(size) };
  if (known.price !== null && size <= known.peakLots) return known;
  return { price: known.price ?? priceNow(), peakLots: Lots(Math.max(size, known.peakLots)) };
}

/** `base` (in the follower's lots) x `leaderLots` / the peak, towards zero. */
export function sizeByBase(copy: Copy, leaderLots: Lots, base: Fraction, opening: Opening): Size {
  const lots = partOfPeak(leaderLots, base, opening);
  return sizedLots(lots, copy.market.instrument, { proportion: null, opening });
}

export function partOfPeak(leaderLots: Lots, base: Fraction, { peakLots }: Opening): number {
  return Number((base.numerator * BigInt(leaderLots)) / (base.denominator * BigInt(peakLots)));
}
