/**
 * A real venue's public book as the house: paper accounts trade against it. Levels off the grid are rounded away from the
 * middle, so that nobody gets a better price than was there. What was taken comes back with the next update.
 */
import { GivenHouse, type GivenLevel } from "./liquidity.ts";
import { priceMoved } from "./price-moves.ts";
import type { Market, Sign } from "./state.ts";
import type { ExternalBook } from "./venue-types.ts";
import type { World } from "./world.ts";

/** Throws a RangeError on prices or sizes that are no numbers. */
export function applyExternalBook(world: World, market: Market, update: ExternalBook): void {
  const bids = update.bids.map((level) => levelOf(market, level, 1));
  const asks = update.asks.map((level) => levelOf(market, level, -1));
  const bid = bids[0]?.price;
  const ask = asks[0]?.price;
  const middle =
    bid === undefined || ask === undefined ? (bid ?? ask ?? market.mark) : Math.round((bid + ask) / 2);
  market.house = new GivenHouse(bids, asks);
  market.last = update.last === undefined ? middle : nearest(market, update.last);
  market.mark = update.mark === undefined ? middle : nearest(market, update.mark);
  market.indexPrice = update.index === undefined ? market.mark : nearest(market, update.index);
  market.seq++;
  priceMoved(world, market, false);
}

function levelOf(market: Market, level: readonly [price: string, size: string], sign: Sign): GivenLevel {
  const steps = number(market, level[0]) / market.units.tickUsdt / market.filters.stepTicks;
  const rounded = sign === 1 ? Math.floor(steps + 1e-6) : Math.ceil(steps - 1e-6);
  const lots = Math.floor(number(market, level[1]) / market.units.lotBase + 1e-6);
  return { price: Math.max(1, rounded) * market.filters.stepTicks, lots };
}

function nearest(market: Market, text: string): number {
  return Math.max(1, Math.round(number(market, text) / market.units.tickUsdt));
}

function number(market: Market, text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0) {
    throw new RangeError(`${market.symbol}: not a number in an external book: ${JSON.stringify(text)}`);
  }
  return value;
}
