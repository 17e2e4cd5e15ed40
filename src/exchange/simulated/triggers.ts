/**
 * Conditional orders: when a price reaches their trigger they become active orders, or end because the account cannot
 * carry them any more. Trailing stops follow the price here too.
 */
import { execute } from "./matching.ts";
import { cancel, reducibleLots, retire, unwatchTrigger } from "./order-life.ts";
import { priceBy } from "./parse-request.ts";
import { checkMargin, protectivePrice } from "./place-order.ts";
import type { Market, Order } from "./state.ts";
import { cancelCounterpart } from "./stops.ts";
import type { World } from "./world.ts";

/** One pass may trigger orders whose fills move the price; so many passes at most. */
const MAX_PASSES = 1000;

export function checkTriggers(world: World, market: Market): void {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    if (market.untriggered.size === 0) return;
    const due = [...market.untriggered].filter((order) => isDue(order));
    if (due.length === 0) return;
    for (const order of due) if (order.status === "Untriggered") trigger(world, order);
  }
}

function isDue(order: Order): boolean {
  const price = priceBy(order.holding.market, order.triggerBy || "LastPrice");
  if (order.trailing !== undefined && !followTrail(order, price)) return false;
  return order.triggerDirection === 1 ? price >= order.trigger : price <= order.trigger;
}

/** Moves a trailing stop's trigger with the price; false while it is not armed. */
function followTrail(order: Order, price: number): boolean {
  const { trailing, sign } = order;
  if (trailing === undefined) return false;
  // A stop that sells follows the highest price, one that buys the lowest.
  const better = (left: number, right: number) => (left - right) * sign < 0;
  if (trailing.extreme === 0) {
    if (trailing.activation !== 0 && better(trailing.activation, price)) return false;
    trailing.extreme = price;
  }
  if (better(price, trailing.extreme)) trailing.extreme = price;
  order.trigger = Math.max(1, trailing.extreme + sign * trailing.distance);
  return true;
}

function trigger(world: World, order: Order): void {
  const { holding, position, sign } = order;
  const { market } = holding;
  unwatchTriggerKeepingPair(world, order);
  order.status = "Triggered";
  world.orderChanged(order);
  if (order.reducing && !cutToReducible(order)) {
    cancel(world, order, "CancelByReduceOnly");
    return;
  }
  if (order.type === "Market") order.price = protectivePrice(market, sign);
  const unaffordable = checkMargin(
    { holding, position, sign, reducing: order.reducing },
    order.lots,
    order.price,
  );
  if (unaffordable !== undefined) {
    order.status = "Rejected";
    order.rejectReason = "EC_Others";
    retire(world, order);
    world.orderChanged(order);
    return;
  }
  order.status = "New";
  execute(world, order, order.price);
}

function unwatchTriggerKeepingPair(world: World, order: Order): void {
  const isLeg = order.stopOrderType !== "Stop" && order.stopOrderType !== "TrailingStop";
  if (isLeg) cancelCounterpart(world, order);
  unwatchTrigger(order);
}

function cutToReducible(order: Order): boolean {
  const lots = reducibleLots(order.position, order.sign);
  order.lots = Math.min(order.lots, lots);
  return lots > 0;
}
