/**
 * What a market order pays beyond the middle of the market: half of the spread, and what it moves the price by itself. The impact
 * follows the square-root law, factor x deviation x sqrt(quantity / volume), with deviation and volume of the same bar: both grow with
 * its length so that the length cancels. A factor of one is what studies find by order of magnitude (Almgren, Thum, Hauptmann and Li
 * 2005; Toth and others 2011; Bouchaud, Bonart, Donier and Gould 2018).
 */
import type { CopySettings } from "./copy-settings.ts";

export interface OrderInMarket {
  /** Unsigned, in units of `volume`. */
  readonly quantity: number;
  /** Price over tick: half a tick is the least that half a spread can be. */
  readonly price: number;
  readonly tick: number;
  /** Deviation of the return over a bar and what was traded in it; null where nothing is told of it. */
  readonly bar: { readonly sigma: number; readonly volume: number } | null;
}

/** A share of the price, 0 or above. */
export function slippageOf(
  { halfSpreadBps, impactFactor }: Pick<CopySettings, "halfSpreadBps" | "impactFactor">,
  { quantity, price, tick, bar }: OrderInMarket,
): number {
  const spread = halfSpreadBps === 0 ? 0 : Math.max(halfSpreadBps / 10_000, tick / 2 / price);
  return spread + (bar === null ? 0 : impactFactor * impactOf(quantity, bar));
}

/** A share of the price. In a bar without trades the order counts as all that is traded there. */
export function impactOf(quantity: number, { sigma, volume }: NonNullable<OrderInMarket["bar"]>): number {
  return sigma * Math.sqrt(volume > 0 ? quantity / volume : 1);
}
