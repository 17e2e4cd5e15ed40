/**
 * One finished position of a trader, from flat to flat: what the figures about trades are made of. Plain numbers, for
 * statistics only; no order is ever sized from them.
 */

export interface RoundTrip {
  readonly symbol: string;
  readonly side: "long" | "short";
  /** Time of the first fill, UTC milliseconds. */
  readonly openMs: number;
  /** Time of the fill that made it flat, UTC milliseconds; never before `openMs`. */
  readonly closeMs: number;
  /** Realised profit in the quote currency, before fees. */
  readonly pnl: number;
  /** Fees paid in the quote currency; positive is paid, negative a rebate. */
  readonly fees: number;
  /** The largest quantity held at any time, in base units. */
  readonly maxQuantity: number;
  /** That quantity at its average entry price, in the quote currency. */
  readonly maxNotional: number;
  /** Fills after the first one that made the position larger, oldest first. */
  readonly adds: readonly PositionAdd[];
}

export interface PositionAdd {
  readonly atMs: number;
  /** Base units that were added; above zero. */
  readonly quantity: number;
  readonly price: number;
  /** Average entry price before it was added to: below it a long is losing, above it a short is. */
  readonly averageEntry: number;
}

/** Profit after fees, in the quote currency. */
export function netPnl({ pnl, fees }: RoundTrip): number {
  return pnl - fees;
}
