/**
 * Matching: an active order meets the accounts' resting orders and the house by price, accounts before the house at one
 * price, older before newer. All fills of one order share one sequence number. What cannot match rests or ends.
 */
import {
  cancel,
  followPosition,
  leaveBook,
  queueOf,
  reducibleLots,
  rest,
  retire,
  touchOnOrder,
  unrestLots,
} from "./order-life.ts";
import { settleFill } from "./settlement.ts";
import type { Market, Order, PublicTrade, Sign } from "./state.ts";
import { leavesOf } from "./state.ts";
import { applyAttachedStops } from "./stops.ts";
import type { ExecType } from "./venue-types.ts";
import type { World } from "./world.ts";

/** Runs an order whose status is New against the book. `limit` is the worst price it accepts, in ticks. */
export function execute(world: World, order: Order, limit: number): void {
  const { market } = order.holding;
  market.seq++;
  if (order.timeInForce === "PostOnly" && crosses(market, order.sign, limit)) {
    announce(world, order);
    cancel(world, order, "UNKNOWN", "EC_PostOnlyWillTakeLiquidity");
    return;
  }
  if (order.timeInForce === "FOK" && fillableLots(market, order, limit) < order.lots) {
    announce(world, order);
    cancel(world, order, "UNKNOWN", world.behaviour.fillOrKillReason);
    return;
  }
  if (order.type === "Limit" || world.behaviour.newForImmediateOrders) announce(world, order);
  const filled = match(world, order, limit);
  finish(world, order, filled);
  if (world.refillsAtOnce && filled > 0) market.house.refill();
}

function announce(world: World, order: Order): void {
  world.orderChanged(order);
  touchOnOrder(world, order);
}

/** Whether a price would take liquidity at once. */
function crosses(market: Market, sign: Sign, limit: number): boolean {
  const best = bestAgainst(market, sign);
  return best !== 0 && (best - limit) * sign <= 0;
}

/** The best price that an order of this sign would meet; 0 when the other side is empty. */
export function bestAgainst(market: Market, sign: Sign): number {
  const opposite: Sign = sign === 1 ? -1 : 1;
  const own = queueOf(market, opposite).best?.price ?? 0;
  let house = 0;
  for (let depth = 0; house === 0; depth++) {
    const price = market.house.priceAt(opposite, depth);
    if (price === 0) break;
    if (market.house.lotsAt(opposite, depth) > 0) house = price;
  }
  if (own === 0 || house === 0) return own + house;
  return sign === 1 ? Math.min(own, house) : Math.max(own, house);
}

function fillableLots(market: Market, order: Order, limit: number): number {
  const opposite: Sign = order.sign === 1 ? -1 : 1;
  let lots = 0;
  for (const level of queueOf(market, opposite).levels()) {
    if ((level.price - limit) * order.sign > 0) break;
    lots += order.smp === "None" ? level.lots : foreignLots(level.first, order);
  }
  for (let depth = 0; lots < order.lots; depth++) {
    const price = market.house.priceAt(opposite, depth);
    if (price === 0 || (price - limit) * order.sign > 0) break;
    lots += market.house.lotsAt(opposite, depth);
  }
  return lots;
}

function foreignLots(first: Order | undefined, order: Order): number {
  let lots = 0;
  for (let maker = first; maker !== undefined; maker = maker.next) {
    if (maker.holding.account !== order.holding.account) lots += maker.lots - maker.filled;
  }
  return lots;
}

/** Returns the lots filled. */
function match(world: World, taker: Order, limit: number): number {
  const { market } = taker.holding;
  const opposite: Sign = taker.sign === 1 ? -1 : 1;
  const queue = queueOf(market, opposite);
  const { house } = market;
  let houseLots = houseAllowance(world, taker);
  let depth = 0;
  const before = taker.filled;
  while (taker.filled < taker.lots) {
    const wanted = wantedLots(taker);
    if (wanted === 0) break;
    while (house.priceAt(opposite, depth) !== 0 && house.lotsAt(opposite, depth) <= 0) depth++;
    const housePrice = houseLots > 0 ? house.priceAt(opposite, depth) : 0;
    const level = queue.best;
    const ownFirst =
      level !== undefined && (housePrice === 0 || (level.price - housePrice) * taker.sign <= 0);
    const price = ownFirst ? level.price : housePrice;
    if (price === 0 || (price - limit) * taker.sign > 0) break;
    if (ownFirst) {
      const maker = level.first;
      if (maker === undefined) break;
      if (!meetMaker(world, taker, maker, wanted)) break;
      continue;
    }
    const lots = Math.min(wanted, houseLots, house.lotsAt(opposite, depth));
    houseLots -= lots;
    house.take(opposite, depth, lots);
    takeFill(world, taker, price, lots);
  }
  return taker.filled - before;
}

/** A reducing order never wants more than the position has left. */
function wantedLots(taker: Order): number {
  const leaves = taker.lots - taker.filled;
  return taker.reducing ? Math.min(leaves, reducibleLots(taker.position, taker.sign)) : leaves;
}

function houseAllowance(world: World, taker: Order): number {
  if (world.fillLimiter === undefined || taker.timeInForce === "FOK") return Number.POSITIVE_INFINITY;
  const { account, market } = taker.holding;
  const allowed = world.fillLimiter(account.key, market.symbol, taker.lots - taker.filled);
  if (allowed === undefined || allowed >= taker.lots - taker.filled) return Number.POSITIVE_INFINITY;
  world.heldBack.add(market);
  if (allowed <= 0) return 0;
  const { stepLots } = market.filters;
  return Math.max(1, Math.floor(allowed / stepLots)) * stepLots;
}

/** False when self-match prevention ended the taker. */
function meetMaker(world: World, taker: Order, maker: Order, wanted: number): boolean {
  if (taker.smp !== "None" && maker.holding.account === taker.holding.account) {
    return preventSelfMatch(world, taker, maker);
  }
  const lots = Math.min(wanted, maker.lots - maker.filled);
  const price = maker.price;
  const signBefore = Math.sign(maker.position.lots);
  unrestLots(world, maker, lots);
  settleFill(world, maker, { price, lots, maker: true, seq: taker.holding.market.seq, type: "Trade" });
  endFill(world, maker, lots, signBefore);
  takeFill(world, taker, price, lots);
  return true;
}

function preventSelfMatch(world: World, taker: Order, maker: Order): boolean {
  if (taker.smp !== "CancelTaker") {
    maker.smpOrderId = taker.id;
    cancel(world, maker, "CancelBySmp");
  }
  if (taker.smp === "CancelMaker") return true;
  taker.smpOrderId = maker.id;
  taker.cancelType = "CancelBySmp";
  return false;
}

function takeFill(world: World, taker: Order, price: number, lots: number, type: ExecType = "Trade"): void {
  const { market } = taker.holding;
  const signBefore = Math.sign(taker.position.lots);
  settleFill(world, taker, { price, lots, maker: false, seq: market.seq, type });
  followPosition(world, taker.position, signBefore);
  recordPublicTrade(world, market, { sign: taker.sign, price, lots });
}

/** The end of a fill of a resting order: its status is told, its stops and its position's other orders follow. */
function endFill(world: World, maker: Order, lots: number, signBefore: number): void {
  if (maker.status === "Filled") retire(world, maker);
  world.orderChanged(maker);
  followPosition(world, maker.position, signBefore);
  applyAttachedStops(world, maker, lots);
}

function finish(world: World, taker: Order, filled: number): void {
  if (taker.status === "Filled") {
    retire(world, taker);
    world.orderChanged(taker);
  } else if (taker.cancelType === "CancelBySmp") {
    cancel(world, taker, "CancelBySmp");
  } else if (taker.reducing && wantedLots(taker) === 0) {
    cancel(world, taker, "CancelByReduceOnly");
  } else if (taker.timeInForce === "IOC" || taker.timeInForce === "FOK") {
    cancel(world, taker, "UNKNOWN", "EC_NoImmediateQtyToFill");
  } else {
    rest(world, taker);
    if (filled > 0) world.orderChanged(taker);
  }
  applyAttachedStops(world, taker, filled);
}

/** A resting order is filled by the house, at its own price, up to `most` lots. Returns the lots filled. */
export function fillByHouse(world: World, maker: Order, most: number): number {
  const { market } = maker.holding;
  const leaves = leavesOf(maker);
  const wanted = maker.reducing ? Math.min(leaves, reducibleLots(maker.position, maker.sign)) : leaves;
  const lots = Math.min(wanted, most);
  if (lots <= 0) return 0;
  market.seq++;
  const signBefore = Math.sign(maker.position.lots);
  const price = maker.price;
  unrestLots(world, maker, lots);
  settleFill(world, maker, { price, lots, maker: true, seq: market.seq, type: "Trade" });
  endFill(world, maker, lots, signBefore);
  recordPublicTrade(world, market, { sign: maker.sign === 1 ? -1 : 1, price, lots });
  return lots;
}

/** Closes at a given price outside the book: takeover of a liquidated position. */
export function fillOutsideBook(world: World, order: Order, price: number): void {
  order.holding.market.seq++;
  leaveBook(world, order);
  takeFill(world, order, price, order.lots - order.filled, "BustTrade");
  retire(world, order);
  world.orderChanged(order);
}

interface TradePrint {
  readonly sign: Sign;
  readonly price: number;
  readonly lots: number;
}

/** Prints a trade on the tape. In a flat market the last price is only moved by control. */
export function recordPublicTrade(world: World, market: Market, print: TradePrint): void {
  const { sign, price, lots } = print;
  const usdt = lots * price * market.units.lotTickUsdt;
  if (!world.refillsAtOnce) market.last = price;
  market.candles.record(world.nowMs, market.last, lots, usdt);
  const trade: PublicTrade = {
    id: market.trades.last === undefined ? 1 : market.trades.last.id + 1,
    units: market.units,
    sign,
    price,
    lots,
    seq: market.seq,
    atMs: world.nowMs,
    direction: directionOf(market, price),
  };
  market.trades.add(trade);
  world.publicTrade(market, trade);
}

function directionOf(market: Market, price: number): PublicTrade["direction"] {
  if (price !== market.tradedPrice) market.tradedUp = price > market.tradedPrice;
  const same = price === market.tradedPrice;
  market.tradedPrice = price;
  if (market.tradedUp) return same ? "ZeroPlusTick" : "PlusTick";
  return same ? "ZeroMinusTick" : "MinusTick";
}
