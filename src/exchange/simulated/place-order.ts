/**
 * A new order: everything that is checked before it exists, then its first step. Nothing changes when it is refused.
 * The order of the checks follows the venue: listing, position index, numbers, reduce-only, price band, ids, minimum
 * value, number of orders, trigger, stops, margin.
 */
import { unitsFrom } from "./fixed-point.ts";
import { makeOrder, type OrderDraft } from "./make-order.ts";
import { availableUsdt, extraMarginUsdt, marginOf } from "./margin.ts";
import { priceBand } from "./market-rows.ts";
import { bestAgainst, execute } from "./matching.ts";
import { reducibleLots, registerOrder, touchOnOrder, watchTrigger } from "./order-life.ts";
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
import { limitForLeverage } from "./risk-tiers.ts";
import { ticksText } from "./rows.ts";
import type { Holding, Market, Order, Position, Sign, Stops } from "./state.ts";
import type { OrderOutcome, OrderRequest, Refused } from "./venue-types.ts";
import type { World } from "./world.ts";

/** Market orders match within this share of the mark price. */
const MARKET_PROTECTION = 0.05;
const LINK_ID = /^[A-Za-z0-9_-]+$/;

interface Intent {
  readonly holding: Holding;
  readonly position: Position;
  readonly sign: Sign;
  readonly reducing: boolean;
  readonly conditional: boolean;
}

export function placeOrder(world: World, holding: Holding, request: OrderRequest): OrderOutcome {
  const { market } = holding;
  const intent = intentOf(holding, request);
  if ("kind" in intent) return intent;
  const lots = checkedLots(world, intent, request);
  if (typeof lots !== "number") return lots;
  const price = checkedPrice(world, intent, request);
  if (typeof price !== "number") return price;
  const failed =
    checkLinkId(world, holding, request) ??
    checkNotional(intent, lots, price) ??
    checkOrderCount(world, intent);
  if (failed !== undefined) return failed;
  const trigger = checkedTrigger(world, intent, request);
  if ("kind" in trigger) return trigger;
  const stops = checkedStops(intent, request, price || trigger.ticks);
  if (stops !== undefined && "kind" in stops) return stops;
  const limit = request.orderType === "Limit" ? price : checkedProtection(market, intent, request);
  if (typeof limit !== "number") return limit;
  const unaffordable = intent.conditional ? undefined : checkMargin(intent, lots, marginPrice(intent, limit));
  if (unaffordable !== undefined) return unaffordable;
  const order = makeOrder(
    world,
    holding,
    intent.position,
    draftOf(request, intent, lots, limit, stops, trigger),
  );
  registerOrder(order);
  start(world, order, limit);
  return { kind: "accepted", orderId: order.id, orderLinkId: order.linkId };
}

function start(world: World, order: Order, limit: number): void {
  if (order.status === "New") {
    execute(world, order, limit);
    return;
  }
  watchTrigger(order);
  world.orderChanged(order);
  touchOnOrder(world, order);
}

function draftOf(
  request: OrderRequest,
  intent: Intent,
  lots: number,
  limit: number,
  stops: Stops | undefined,
  trigger: Trigger,
): OrderDraft {
  const { conditional } = intent;
  const isMarket = request.orderType === "Market";
  return {
    sign: intent.sign,
    type: request.orderType,
    lots,
    price: conditional && isMarket ? 0 : limit,
    timeInForce: isMarket ? "IOC" : (request.timeInForce ?? "GTC"),
    status: conditional ? "Untriggered" : "New",
    createType: request.closeOnTrigger === true ? "CreateByClosing" : "CreateByUser",
    stopOrderType: conditional ? "Stop" : "",
    reduceOnly: request.reduceOnly === true || request.closeOnTrigger === true,
    closeOnTrigger: request.closeOnTrigger === true,
    linkId: request.orderLinkId ?? "",
    smp: request.smpType ?? "None",
    slippageType: request.slippageToleranceType,
    slippage: request.slippageTolerance,
    trigger: trigger.ticks,
    triggerDirection: trigger.direction,
    triggerBy: conditional ? (request.triggerBy ?? "LastPrice") : "",
    stops,
  };
}

function intentOf(holding: Holding, request: OrderRequest): Intent | Refused {
  const { market } = holding;
  if (market.settings.status !== "Trading") return refused("symbol-not-trading", market.settings.status);
  const index = request.positionIdx ?? 0;
  if ((index === 0) !== (holding.mode === "one-way")) return refused("position-index-mismatch");
  const sign: Sign = request.side === "Buy" ? 1 : -1;
  const position = holding.positions[index];
  const closesLeg = (index === 1 && sign === -1) || (index === 2 && sign === 1);
  const reducing = closesLeg || request.reduceOnly === true || request.closeOnTrigger === true;
  const conditional = request.triggerPrice !== undefined && request.triggerPrice !== "";
  if (market.settings.reduceOnly && !reducing && reducibleLots(position, sign) === 0) {
    return refused("symbol-reduce-only");
  }
  return { holding, position, sign, reducing, conditional };
}

function checkedLots(world: World, intent: Intent, request: OrderRequest): number | Refused {
  const { market } = intent.holding;
  const { filters } = market;
  const asked = readLots(market, request.qty);
  if (asked === undefined) return refused("invalid-quantity", request.qty);
  const closesAll = asked === 0 && request.reduceOnly === true && request.closeOnTrigger === true;
  const most = request.orderType === "Market" ? filters.maxMarketLots : filters.maxLots;
  if (closesAll) {
    const lots = reducibleLots(intent.position, intent.sign);
    return lots === 0 ? noPosition(intent) : Math.min(lots, most);
  }
  if (asked < filters.minLots)
    return refused("quantity-below-minimum", quantityDetail(market, asked, filters.minLots));
  if (!intent.reducing && asked > most) {
    return refused("quantity-above-maximum", quantityDetail(market, asked, most));
  }
  if (!intent.reducing || intent.conditional) return asked;
  const lots = reducibleLots(intent.position, intent.sign);
  if (lots === 0) return noPosition(intent);
  if (asked > lots && world.behaviour.reduceOnlyExcess === "refuse") {
    return refused("reduce-only-excess", quantityDetail(market, asked, lots));
  }
  return Math.min(asked, lots);
}

function noPosition(intent: Intent): Refused {
  return refused(intent.position.lots === 0 ? "reduce-only-flat" : "reduce-only-same-side");
}

/** 0 for market orders. */
function checkedPrice(world: World, intent: Intent, request: OrderRequest): number | Refused {
  if (request.orderType === "Market") return 0;
  if (request.price === undefined || request.price === "") return refused("price-missing");
  const { market } = intent.holding;
  const price = readTicks(market, request.price);
  if (price === undefined) return refused("invalid-price", request.price);
  return intent.conditional ? price : withinBand(world, market, intent.sign, price);
}

/** The price itself, or what the band makes of it. */
export function withinBand(world: World, market: Market, sign: Sign, price: number): number | Refused {
  const { highestBid, lowestAsk } = priceBand(market);
  const bound = sign === 1 ? highestBid : lowestAsk;
  if ((price - bound) * sign <= 0) return price;
  if (world.behaviour.priceBeyondBand === "clamp") return bound;
  const detail = `price ${ticksText(market.units, price)}, bound ${ticksText(market.units, bound)}`;
  return refused(sign === 1 ? "price-above-limit" : "price-below-limit", detail);
}

function checkLinkId(world: World, holding: Holding, request: OrderRequest): Refused | undefined {
  const id = request.orderLinkId;
  if (id === undefined || id === "") return undefined;
  const bound = world.behaviour.orderLinkIdBound === "strict" ? 36 : 45;
  if (id.length > bound || !LINK_ID.test(id))
    return refused("invalid-order-link-id", `at most ${bound} characters`);
  return holding.account.orders.isTaken(id) ? refused("duplicate-order-link-id", id) : undefined;
}

/** Orders that close are exempt from the minimum value. */
function checkNotional(intent: Intent, lots: number, price: number): Refused | undefined {
  const { market } = intent.holding;
  if (intent.reducing || reducibleLots(intent.position, intent.sign) >= lots) return undefined;
  const usdt = lots * (price === 0 ? market.mark : price) * market.units.lotTickUsdt;
  if (usdt >= market.filters.minNotionalUsdt - 1e-9) return undefined;
  return refused("notional-below-minimum", `value ${usdt}, minimum ${market.settings.minNotionalValue}`);
}

function checkOrderCount(world: World, intent: Intent): Refused | undefined {
  const { orders, conditionalCount } = intent.holding;
  const { activeOrdersPerSymbol, conditionalOrdersPerSymbol } = world.limits;
  if (intent.conditional) {
    let count = 0;
    for (const order of orders) if (order.stopOrderType === "Stop" && order.status === "Untriggered") count++;
    return count >= conditionalOrdersPerSymbol ? refused("too-many-conditional-orders") : undefined;
  }
  return orders.size - conditionalCount >= activeOrdersPerSymbol
    ? refused("too-many-active-orders")
    : undefined;
}

/** `basePrice` is the order's limit or trigger, 0 for the market price. */
function checkedStops(intent: Intent, request: OrderRequest, basePrice: number): Stops | Refused | undefined {
  if (!hasStops(request)) return undefined;
  if (intent.reducing) return refused("stops-not-with-reduce-only");
  const { market } = intent.holding;
  const stops = readStops(market, request);
  if ("kind" in stops) return stops;
  return checkStopSides(market, stops, intent.sign, basePrice) ?? stops;
}

interface Trigger {
  readonly ticks: number;
  readonly direction: 0 | 1 | 2;
}

function checkedTrigger(world: World, intent: Intent, request: OrderRequest): Trigger | Refused {
  if (!intent.conditional || request.triggerPrice === undefined) return { ticks: 0, direction: 0 };
  const { market } = intent.holding;
  const ticks = readTicks(market, request.triggerPrice);
  if (ticks === undefined) return refused("invalid-trigger", request.triggerPrice);
  const current = priceBy(market, request.triggerBy ?? "LastPrice");
  const direction = request.triggerDirection ?? (ticks > current ? 1 : 2);
  const passed = direction === 1 ? ticks <= current : ticks >= current;
  if (!passed || world.behaviour.passedTrigger === "trigger-at-once") return { ticks, direction };
  const detail = `trigger ${ticksText(market.units, ticks)}, price ${ticksText(market.units, current)}`;
  return refused(
    direction === 1 ? "trigger-already-passed-rising" : "trigger-already-passed-falling",
    detail,
  );
}

/** The worst price of a market order: slippage tolerance from the best price, else a share of the mark price. */
function checkedProtection(market: Market, intent: Intent, request: OrderRequest): number | Refused {
  const { sign } = intent;
  const type = request.slippageToleranceType;
  if (type === undefined || intent.conditional) {
    return type === undefined ? protectivePrice(market, sign) : refused("slippage-not-allowed");
  }
  const text = request.slippageTolerance ?? "";
  const best = bestAgainst(market, sign) || market.mark;
  if (type === "TickSize") {
    const steps = unitsFrom(text, 0);
    if (steps === undefined || steps < 1 || steps > 10_000)
      return refused("slippage-ticks-out-of-range", text);
    return Math.max(1, best + sign * steps * market.filters.stepTicks);
  }
  const hundredths = unitsFrom(text, 2);
  if (hundredths === undefined || hundredths < 1 || hundredths > 1000) {
    return refused("slippage-percent-out-of-range", text);
  }
  return roundedLimit(market, sign, best * (1 + (sign * hundredths) / 10_000));
}

export function protectivePrice(market: Market, sign: Sign): number {
  return roundedLimit(market, sign, market.mark * (1 + sign * MARKET_PROTECTION));
}

function roundedLimit(market: Market, sign: Sign, ticks: number): number {
  const step = market.filters.stepTicks;
  const steps = sign === 1 ? Math.floor(ticks / step + 1e-9) : Math.ceil(ticks / step - 1e-9);
  return Math.max(1, steps) * step;
}

/** A buy may cost its limit; a sell brings at least the market, a market order about the market. */
function marginPrice(intent: Intent, limit: number): number {
  const { market } = intent.holding;
  const best = bestAgainst(market, intent.sign) || market.mark;
  return intent.sign === 1 ? Math.min(limit, best) : Math.max(limit, best);
}

/** Refuses what the account cannot carry: available balance, and the position limit of its leverage. */
export function checkMargin(
  intent: Pick<Intent, "holding" | "position" | "sign" | "reducing">,
  lots: number,
  price: number,
): Refused | undefined {
  const { holding, position, sign, reducing } = intent;
  if (reducing || reducibleLots(position, sign) >= lots) return undefined;
  if (position.liquidating) return refused("position-in-liquidation");
  const { market, account } = holding;
  const after = Math.abs(position.lots + sign * lots) * price * market.units.lotTickUsdt;
  const limit = limitForLeverage(market.tiers, holding.leverageHundredths);
  if (after > limit) return refused("position-limit-exceeded", `value ${after}, limit ${limit}`);
  const extra = extraMarginUsdt(holding, position, { sign, lots, lotTicks: lots * price });
  const available = availableUsdt(marginOf(account));
  if (extra <= 0 || extra <= available) return undefined;
  return refused("insufficient-balance", `needs ${extra.toFixed(4)}, available ${available.toFixed(4)}`);
}
