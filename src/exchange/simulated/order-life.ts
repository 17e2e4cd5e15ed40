/**
 * How orders come to rest in the book, leave it and end, with the margin reserve, counts and indices that go with it.
 * Every change of an order's place happens here and nowhere else.
 */

import type { OrderQueue } from "./order-queue.ts";
import { noteHolding } from "./settlement.ts";
import type { Market, Order, Position, Sign } from "./state.ts";
import { isOpen } from "./state.ts";
import type { CancelType, RejectReason } from "./venue-types.ts";
import type { World } from "./world.ts";

export function queueOf(market: Market, sign: Sign): OrderQueue {
  return sign === 1 ? market.bids : market.asks;
}

/** Makes a new order known by its ids. It counts as open once it rests or waits; most never do. */
export function registerOrder(order: Order): void {
  order.holding.account.orders.add(order);
}

function enlist(order: Order): void {
  const { holding } = order;
  holding.orders.add(order);
  holding.account.openOrders.add(order);
  holding.account.active.add(holding);
}

export function rest(world: World, order: Order): void {
  const { market } = order.holding;
  queueOf(market, order.sign).add(order);
  order.resting = true;
  enlist(order);
  reserve(order, order.lots - order.filled, 1);
  if (order.reducing) order.position.reducers.add(order);
  world.bookChanged(market);
  if (!order.reducing) world.touchWallet(order.holding.account);
  touchOnOrder(world, order);
}

export function leaveBook(world: World, order: Order): void {
  if (!order.resting) return;
  const { market } = order.holding;
  queueOf(market, order.sign).remove(order);
  order.resting = false;
  reserve(order, order.lots - order.filled, -1);
  order.position.reducers.delete(order);
  world.bookChanged(market);
  if (!order.reducing) world.touchWallet(order.holding.account);
  touchOnOrder(world, order);
}

/** Takes `lots` of a resting order off the book and its reserve, before they are filled or cut. */
export function unrestLots(world: World, order: Order, lots: number): void {
  if (lots === order.lots - order.filled) {
    leaveBook(world, order);
    return;
  }
  queueOf(order.holding.market, order.sign).shrink(order, lots);
  reserve(order, lots, -1);
  world.bookChanged(order.holding.market);
}

function reserve(order: Order, lots: number, direction: 1 | -1): void {
  if (order.reducing) return;
  const { position } = order;
  const lotTicks = lots * order.price * direction;
  if (order.sign === 1) {
    position.buyLots += lots * direction;
    position.buyLotTicks += lotTicks;
  } else {
    position.sellLots += lots * direction;
    position.sellLotTicks += lotTicks;
  }
}

/** Puts a conditional order on watch. */
export function watchTrigger(order: Order): void {
  enlist(order);
  order.holding.market.untriggered.add(order);
  order.holding.conditionalCount++;
}

/** Takes it off, with whatever pointed at it from its position. */
export function unwatchTrigger(order: Order): void {
  const { holding, position } = order;
  if (!holding.market.untriggered.delete(order)) return;
  holding.conditionalCount--;
  if (position.takeProfit === order) position.takeProfit = undefined;
  if (position.stopLoss === order) position.stopLoss = undefined;
  if (position.trailing === order) position.trailing = undefined;
  position.partialStops.delete(order);
}

/** Removes a finished order from the open ones; its status is already final. */
export function retire(world: World, order: Order): void {
  const { holding } = order;
  const { account } = holding;
  if (holding.orders.delete(order)) account.openOrders.delete(order);
  account.finished.add(order);
  if (world.behaviour.orderLinkIdReserved === "while-open") account.orders.release(order.linkId);
  noteHolding(holding, order.position);
}

/** Ends an open order without (further) fills and says so. Does nothing to an order that is already finished. */
export function cancel(
  world: World,
  order: Order,
  type: CancelType,
  reason: RejectReason = "EC_NoError",
): void {
  if (!isOpen(order) && order.status !== "Triggered") return;
  const untriggered = order.status === "Untriggered";
  leaveBook(world, order);
  unwatchTrigger(order);
  order.status = untriggered ? "Deactivated" : "Cancelled";
  order.cancelType = type;
  order.rejectReason = reason;
  if (order.sibling !== undefined) order.sibling.sibling = undefined;
  order.sibling = undefined;
  retire(world, order);
  world.orderChanged(order);
  touchOnOrder(world, order);
}

/** Positions are also pushed on orders that do not change them. */
export function touchOnOrder(world: World, order: Order): void {
  if (world.behaviour.positionPushOnEveryOrder) world.touch(order.holding, order.position, false);
}

/** How many lots an order of this sign could take off the position; 0 when flat or on the same side. */
export function reducibleLots(position: Position, sign: Sign): number {
  return position.lots * sign < 0 ? Math.abs(position.lots) : 0;
}

/**
 * After a position changed: orders that only reduce are cut down to it, and end with it; its stops follow its size.
 * `signBefore` is the position's sign before the change (0 when flat).
 */
export function followPosition(world: World, position: Position, signBefore: number): void {
  const gone = position.lots === 0 || (signBefore !== 0 && Math.sign(position.lots) !== signBefore);
  if (position.reducers.size > 0) {
    for (const order of [...position.reducers]) cutToPosition(world, order);
  }
  if (gone) clearStops(world, position);
  else resizeStops(position);
}

function cutToPosition(world: World, order: Order): void {
  const allowed = reducibleLots(order.position, order.sign);
  const leaves = order.lots - order.filled;
  if (leaves <= allowed) return;
  if (allowed === 0) {
    cancel(world, order, "CancelByReduceOnly");
    return;
  }
  unrestLots(world, order, leaves - allowed);
  order.lots -= leaves - allowed;
  world.orderChanged(order);
}

function clearStops(world: World, position: Position): void {
  const { takeProfit, stopLoss, trailing, partialStops } = position;
  for (const stop of [takeProfit, stopLoss, trailing, ...partialStops]) {
    if (stop !== undefined) cancel(world, stop, "CancelByTpSlTsClear");
  }
}

function resizeStops(position: Position): void {
  const lots = Math.abs(position.lots);
  if (position.takeProfit !== undefined) position.takeProfit.lots = lots;
  if (position.stopLoss !== undefined) position.stopLoss.lots = lots;
  if (position.trailing !== undefined) position.trailing.lots = lots;
}
