/**
 * Amending and cancelling. A resting order that only shrinks keeps its place in the queue; any other change of price or
 * size gives it a new one and may match. Nothing changes when an amendment is refused.
 */
import { availableUsdt, extraMarginUsdt, marginOf } from "./margin.ts";
import { execute } from "./matching.ts";
import { cancel, leaveBook, touchOnOrder, unrestLots } from "./order-life.ts";
import {
  checkStopSides,
  hasStops,
  priceBy,
  quantityDetail,
  readLots,
  readStops,
  readTicks,
  refused,
} from "./parse-request.ts";
import { withinBand } from "./place-order.ts";
import type { Account, Holding, Order, Stops } from "./state.ts";
import { findOrder, isOpen } from "./state.ts";
import type {
  AmendRequest,
  CancelAllRequest,
  CancelledOrder,
  OrderKindFilter,
  OrderOutcome,
  OrderReference,
  Refused,
} from "./venue-types.ts";
import type { World } from "./world.ts";

/** The open order that a request means; orderId wins. */
function findOpenOrder(account: Account, reference: OrderReference): Order | undefined {
  const order = findOrder(account, reference.orderId, reference.orderLinkId);
  if (order === undefined || !isOpen(order) || order.holding.market.symbol !== reference.symbol)
    return undefined;
  return order;
}

interface Amendment {
  readonly lots: number;
  readonly price: number;
  readonly trigger: number;
  readonly stops: Stops | undefined;
}

export function amendOrder(world: World, account: Account, request: AmendRequest): OrderOutcome {
  const order = findOpenOrder(account, request);
  if (order === undefined) return refused("order-not-found");
  const amendment = amendmentOf(world, order, request);
  if ("kind" in amendment) return amendment;
  const triggerBy = request.triggerBy ?? order.triggerBy;
  const unchanged = isUnchanged(order, amendment) && triggerBy === order.triggerBy;
  if (unchanged && world.behaviour.emptyAmend === "refuse") return refused("order-not-modified");
  const unaffordable = checkAmendedMargin(order, amendment);
  if (unaffordable !== undefined) return unaffordable;
  if (order.status === "Untriggered") order.triggerBy = triggerBy;
  apply(world, order, amendment);
  return { kind: "accepted", orderId: order.id, orderLinkId: order.linkId };
}

function isUnchanged(order: Order, amendment: Amendment): boolean {
  return (
    amendment.lots === order.lots &&
    amendment.price === order.price &&
    amendment.trigger === order.trigger &&
    amendment.stops === order.stops
  );
}

function amendmentOf(world: World, order: Order, request: AmendRequest): Amendment | Refused {
  const lots = amendedLots(order, request.qty);
  if (typeof lots !== "number") return lots;
  const price = amendedPrice(world, order, request.price);
  if (typeof price !== "number") return price;
  const trigger = amendedTrigger(order, request);
  if (typeof trigger !== "number") return trigger;
  const stops = amendedStops(order, request, price);
  if (stops !== undefined && "kind" in stops) return stops;
  return { lots, price, trigger, stops };
}

function amendedLots(order: Order, qty: string | undefined): number | Refused {
  if (qty === undefined || qty === "") return order.lots;
  const { market } = order.holding;
  const lots = readLots(market, qty);
  if (lots === undefined) return refused("invalid-quantity", qty);
  const { minLots, maxLots } = market.filters;
  if (lots < minLots) return refused("quantity-below-minimum", quantityDetail(market, lots, minLots));
  if (lots > maxLots && !order.reducing) {
    return refused("quantity-above-maximum", quantityDetail(market, lots, maxLots));
  }
  if (lots <= order.filled) return refused("quantity-not-above-filled");
  const followsPosition =
    order.stopOrderType !== "" &&
    !order.stopOrderType.startsWith("Partial") &&
    order.stopOrderType !== "Stop";
  if (followsPosition && lots !== order.lots)
    return refused("order-not-amendable", "its size follows the position");
  if (!order.reducing || order.status === "Untriggered") return lots;
  return Math.min(lots, order.filled + Math.abs(order.position.lots));
}

function amendedPrice(world: World, order: Order, text: string | undefined): number | Refused {
  if (text === undefined || text === "" || order.type === "Market") return order.price;
  const { market } = order.holding;
  const price = readTicks(market, text);
  if (price === undefined) return refused("invalid-price", text);
  if (price === order.price || order.status === "Untriggered") return price;
  return withinBand(world, market, order.sign, price);
}

function amendedTrigger(order: Order, request: AmendRequest): number | Refused {
  const text = request.triggerPrice;
  if (text === undefined || text === "") return order.trigger;
  if (order.status !== "Untriggered") return refused("order-not-amendable", "it has no trigger any more");
  const { market } = order.holding;
  const trigger = readTicks(market, text);
  if (trigger === undefined) return refused("invalid-trigger", text);
  const current = priceBy(market, request.triggerBy ?? (order.triggerBy || "LastPrice"));
  if (order.triggerDirection === 1 && trigger <= current) return refused("trigger-already-passed-rising");
  if (order.triggerDirection === 2 && trigger >= current) return refused("trigger-already-passed-falling");
  return trigger;
}

/** The same object when nothing changes. */
function amendedStops(order: Order, request: AmendRequest, price: number): Stops | Refused | undefined {
  if (request.takeProfit === undefined && request.stopLoss === undefined) return order.stops;
  if (order.reducing) return refused("stops-not-with-reduce-only");
  const { market } = order.holding;
  const merged = readStops(market, request);
  if ("kind" in merged) return merged;
  const before = order.stops;
  if (before !== undefined && request.takeProfit === undefined) merged.takeProfit = before.takeProfit;
  if (before !== undefined && request.stopLoss === undefined) merged.stopLoss = before.stopLoss;
  if (request.tpslMode === undefined && before !== undefined) merged.mode = before.mode;
  if (!hasStops(request) && merged.takeProfit === 0 && merged.stopLoss === 0) return undefined;
  return checkStopSides(market, merged, order.sign, price) ?? merged;
}

function checkAmendedMargin(order: Order, amendment: Amendment): Refused | undefined {
  if (!order.resting || order.reducing) return undefined;
  const { holding, position, sign } = order;
  const before = order.lots - order.filled;
  const after = amendment.lots - order.filled;
  const lotTicks = after * amendment.price - before * order.price;
  const extra = extraMarginUsdt(holding, position, { sign, lots: after - before, lotTicks });
  if (extra <= 0 || extra <= availableUsdt(marginOf(holding.account))) return undefined;
  return refused("insufficient-balance", `the amendment needs ${extra.toFixed(4)} more`);
}

function apply(world: World, order: Order, amendment: Amendment): void {
  const sizeOnly = amendment.price === order.price;
  order.stops = amendment.stops;
  if (!order.resting) {
    order.lots = amendment.lots;
    order.price = amendment.price;
    order.trigger = amendment.trigger;
    world.orderChanged(order);
    touchOnOrder(world, order);
  } else if (sizeOnly && amendment.lots <= order.lots) {
    if (amendment.lots < order.lots) unrestLots(world, order, order.lots - amendment.lots);
    order.lots = amendment.lots;
    world.orderChanged(order);
    world.touchWallet(order.holding.account);
    touchOnOrder(world, order);
  } else {
    leaveBook(world, order);
    order.lots = amendment.lots;
    order.price = amendment.price;
    execute(world, order, order.price);
  }
}

export function cancelOrder(world: World, account: Account, reference: OrderReference): OrderOutcome {
  const order = findOpenOrder(account, reference);
  if (order === undefined) return refused("order-not-found");
  cancel(world, order, "CancelByUser");
  return { kind: "accepted", orderId: order.id, orderLinkId: order.linkId };
}

export function cancelAll(world: World, account: Account, request: CancelAllRequest): CancelledOrder[] {
  const holdings =
    request.symbol === undefined ? [...account.active] : [account.holdings.get(request.symbol)];
  const cancelled: CancelledOrder[] = [];
  for (const holding of holdings) {
    if (holding === undefined) continue;
    for (const order of matching(holding, request.filter ?? "all")) {
      if (!isOpen(order)) continue;
      cancel(world, order, request.cancelType ?? "CancelByUser");
      cancelled.push({ orderId: order.id, orderLinkId: order.linkId });
    }
  }
  return cancelled;
}

function matching(holding: Holding, filter: OrderKindFilter): Order[] {
  return [...holding.orders].filter((order) => isMeant(order, filter));
}

function isMeant(order: Order, filter: OrderKindFilter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "active":
      return order.status !== "Untriggered";
    case "conditional":
      return order.status === "Untriggered";
    case "stop-entry":
      return order.status === "Untriggered" && order.stopOrderType === "Stop";
  }
}
