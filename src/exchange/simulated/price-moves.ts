/**
 * A market's price moves: last, mark, index, house and band together; then whatever that sets off, in this order:
 * resting orders that the house now crosses, conditional orders, liquidations.
 */
import { checkLiquidations } from "./liquidation.ts";
import { LadderHouse } from "./liquidity.ts";
import { fillByHouse } from "./matching.ts";
import { queueOf } from "./order-life.ts";
import { hashText } from "./random.ts";
import type { Market, Order, Sign } from "./state.ts";
import { checkTriggers } from "./triggers.ts";
import type { World } from "./world.ts";

export interface PriceMove {
  readonly last: number;
  readonly mark?: number;
  readonly index?: number;
  /** Also fills resting orders at exactly the new price, as if it had been traded everywhere. */
  readonly touches: boolean;
}

export function movePrice(world: World, market: Market, move: PriceMove): void {
  market.last = move.last;
  market.mark = move.mark ?? move.last;
  market.indexPrice = move.index ?? market.mark;
  market.house = houseOf(world, market);
  priceMoved(world, market, move.touches);
}

/** What follows a new price or house. */
export function priceMoved(world: World, market: Market, touches: boolean): void {
  market.candles.record(world.nowMs, market.last, 0, 0);
  market.markCandles.record(world.nowMs, market.mark, 0, 0);
  fillCrossed(world, market, touches ? market.last : 0);
  world.bookChanged(market);
  world.tickerChanged(market);
  checkTriggers(world, market);
  checkLiquidations(world, market);
  world.flush();
}

/** Fills what crosses the house; `touched` is a price at which everything fills, 0 for none. */
export function fillCrossed(world: World, market: Market, touched: number): void {
  for (const sign of [1, -1] as const) {
    const queue = queueOf(market, sign);
    if (queue.isEmpty) continue;
    for (const order of queue.orders()) {
      if (order.resting && !fillIfCrossed(world, order, touched)) break;
    }
  }
  if (world.refillsAtOnce) market.house.refill();
}

/** False when the order, and so every later one of its side, stays out of reach. */
function fillIfCrossed(world: World, order: Order, touched: number): boolean {
  const { market } = order.holding;
  if (touched !== 0 && (order.price - touched) * order.sign >= 0) {
    fillByHouse(world, order, Number.POSITIVE_INFINITY);
    return true;
  }
  const opposite: Sign = order.sign === 1 ? -1 : 1;
  for (let depth = 0; order.resting; depth++) {
    const price = market.house.priceAt(opposite, depth);
    if (price === 0 || (price - order.price) * order.sign > 0) return false;
    const available = market.house.lotsAt(opposite, depth);
    const filled = available > 0 ? fillByHouse(world, order, available) : 0;
    if (filled > 0) market.house.take(opposite, depth, filled);
  }
  return true;
}

interface LiquidityClass {
  readonly depthUsdt: number;
  /** Half the spread as a share of the price. */
  readonly halfSpread: number;
}

/** By the market's highest leverage, which the venue grants by liquidity. */
function liquidityClass(market: Market): LiquidityClass {
  const leverage = market.filters.maxLeverageHundredths / 100;
  if (leverage >= 100) return { depthUsdt: 4_000_000, halfSpread: 0.00001 };
  if (leverage >= 75) return { depthUsdt: 800_000, halfSpread: 0.00005 };
  if (leverage >= 50) return { depthUsdt: 250_000, halfSpread: 0.0001 };
  return { depthUsdt: 60_000, halfSpread: 0.00025 };
}

const FLAT_DEPTH_USDT = 10_500_000;

/** A fresh ladder round the last price. Flat: the best bid is the last price, the best ask one step above. */
export function houseOf(world: World, market: Market): LadderHouse {
  const { stepTicks, stepLots } = market.filters;
  const common = {
    seed: world.seed ^ hashText(market.symbol),
    stepTicks,
    stepLots,
    lotTickUsdt: market.units.lotTickUsdt,
  };
  if (world.refillsAtOnce) {
    const bid = Math.max(stepTicks, Math.floor(market.last / stepTicks) * stepTicks);
    return new LadderHouse({ ...common, bid, ask: bid + stepTicks, depthUsdt: FLAT_DEPTH_USDT });
  }
  const { depthUsdt, halfSpread } = liquidityClass(market);
  const half = market.last * halfSpread;
  const bid = Math.max(stepTicks, Math.floor((market.last - half) / stepTicks) * stepTicks);
  const ask = Math.max(bid + stepTicks, Math.ceil((market.last + half) / stepTicks) * stepTicks);
  return new LadderHouse({ ...common, bid, ask, depthUsdt });
}
