/**
 * How much of its coin a lead trader's position is. OKX counts positions in contracts, and its own examples count tenths of the
 * contract that its list of instruments describes: a power of ten is open. The position's own profit, or else its margin, settles
 * it; where neither fits any, the size is what the list says, and doubtful.
 */
import { Decimal } from "../../core/model/decimal.ts";
import type { SubPosition } from "./parse.ts";

export interface PositionSize {
  /** Unsigned, in coins. */
  readonly quantity: Decimal;
  /** Neither profit nor margin fits it. */
  readonly isDoubtful: boolean;
}

/** A price that moved less tells nothing: profits are rounded. */
const MOVE_MIN = 0.002;
const TOLERANCE = 0.03;
const PLACES_MAX = 3;

/** `contractValue` is that of the list of instruments. */
export function positionSize(position: SubPosition, contractValue: Decimal): PositionSize {
  const listed = Decimal.parse(position.contracts).times(contractValue);
  for (const stated of [byProfit(position), byMargin(position)]) {
    const places = stated === null ? null : placesBetween(stated, Number(listed.toString()));
    if (places !== null) return { quantity: moved(listed, places), isDoubtful: false };
  }
  return { quantity: listed, isDoubtful: true };
}

function byProfit({ side, openPrice, closed }: SubPosition): number | null {
  if (closed === null) return null;
  const [open, close] = [Number(openPrice), Number(closed.price)];
  if (!(Math.abs(close - open) > open * MOVE_MIN)) return null;
  return Number(closed.pnl) / (side === "buy" ? close - open : open - close);
}

function byMargin({ margin, leverage, openPrice }: SubPosition): number | null {
  return margin === null ? null : (Number(margin) * Number(leverage)) / Number(openPrice);
}

/** By how many powers of ten the one is the other; null where it is by none. */
function placesBetween(stated: number, listed: number): number | null {
  const places = Math.round(Math.log10(stated / listed));
  if (!Number.isFinite(places) || Math.abs(places) > PLACES_MAX) return null;
  return Math.abs(stated / (listed * 10 ** places) - 1) <= TOLERANCE ? places : null;
}

function moved(value: Decimal, places: number): Decimal {
  return places >= 0
    ? value.times(Decimal.of(10n ** BigInt(places), 0))
    : value.times(Decimal.of(1n, -places));
}
