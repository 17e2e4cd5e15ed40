/**
 * Take profit, stop loss and trailing stop: the conditional orders that they become, how they follow fills, and how
 * `trading-stop` edits them. Full: one pair per position over all of it. Partial: pairs of their own size.
 */
import { makeOrder } from "./make-order.ts";
import { cancel, registerOrder, touchOnOrder, watchTrigger } from "./order-life.ts";
import type { Holding, Order, Position, Sign, Stops, Trailing } from "./state.ts";
import type { CreateType, OrderType, StopOrderType, TriggerBy } from "./venue-types.ts";
import type { World } from "./world.ts";

export interface Leg {
  readonly kind: "take-profit" | "stop-loss" | "trailing";
  readonly partial: boolean;
  readonly trigger: number;
  readonly triggerBy: TriggerBy;
  /** 0 = market. */
  readonly limit: number;
  readonly lots: number;
  readonly parentLinkId: string;
  readonly trailing?: Trailing;
}

/** Creates the conditional order of one leg on a position that is not flat. */
export function createLeg(world: World, holding: Holding, position: Position, leg: Leg): Order {
  const sign: Sign = position.lots > 0 ? -1 : 1;
  const type: OrderType = leg.limit === 0 ? "Market" : "Limit";
  const rises = leg.kind === "take-profit" ? sign === -1 : sign === 1;
  const names = namesOf(leg);
  const order = makeOrder(world, holding, position, {
    sign,
    type,
    lots: leg.lots,
    price: leg.limit,
    timeInForce: type === "Market" ? "IOC" : "GTC",
    status: "Untriggered",
    createType: names.createType,
    stopOrderType: names.stopOrderType,
    reduceOnly: true,
    closeOnTrigger: true,
    parentLinkId: leg.parentLinkId,
    trigger: leg.trigger,
    triggerDirection: rises ? 1 : 2,
    triggerBy: leg.triggerBy,
    trailing: leg.trailing,
  });
  registerOrder(order);
  watchTrigger(order);
  if (leg.partial) position.partialStops.add(order);
  else if (leg.kind === "take-profit") position.takeProfit = order;
  else if (leg.kind === "stop-loss") position.stopLoss = order;
  else position.trailing = order;
  world.orderChanged(order);
  world.touch(holding, position, false);
  return order;
}

function namesOf(leg: Leg): { readonly createType: CreateType; readonly stopOrderType: StopOrderType } {
  switch (leg.kind) {
    case "take-profit":
      return leg.partial
        ? { createType: "CreateByPartialTakeProfit", stopOrderType: "PartialTakeProfit" }
        : { createType: "CreateByTakeProfit", stopOrderType: "TakeProfit" };
    case "stop-loss":
      return leg.partial
        ? { createType: "CreateByPartialStopLoss", stopOrderType: "PartialStopLoss" }
        : { createType: "CreateByStopLoss", stopOrderType: "StopLoss" };
    case "trailing":
      return { createType: "CreateByTrailingStop", stopOrderType: "TrailingStop" };
  }
}

/** After fills of an order that carries stops: they come into being, or grow with it. */
export function applyAttachedStops(world: World, order: Order, filledNow: number): void {
  const { stops, holding, position } = order;
  if (stops === undefined || filledNow === 0 || position.lots * order.sign <= 0) return;
  if (stops.mode === "Full") {
    setFullLeg(world, holding, position, fullLeg("take-profit", stops, position, order.linkId));
    setFullLeg(world, holding, position, fullLeg("stop-loss", stops, position, order.linkId));
    return;
  }
  if (order.children.length > 0) {
    for (const child of order.children) growLeg(world, child, filledNow);
    return;
  }
  order.children = createPartialPair(world, holding, position, {
    stops,
    lots: filledNow,
    parentLinkId: order.linkId,
  });
}

function fullLeg(
  kind: "take-profit" | "stop-loss",
  stops: Stops,
  position: Position,
  parentLinkId: string,
): Leg {
  const takesProfit = kind === "take-profit";
  return {
    kind,
    partial: false,
    trigger: takesProfit ? stops.takeProfit : stops.stopLoss,
    triggerBy: takesProfit ? stops.tpTriggerBy : stops.slTriggerBy,
    limit: 0,
    lots: Math.abs(position.lots),
    parentLinkId,
  };
}

function growLeg(world: World, child: Order, lots: number): void {
  if (child.status !== "Untriggered") return;
  child.lots += lots;
  world.orderChanged(child);
}

/** Moves an existing full leg, or makes it; a trigger of 0 leaves things as they are. */
export function setFullLeg(world: World, holding: Holding, position: Position, leg: Leg): void {
  if (leg.trigger === 0) return;
  const existing = leg.kind === "take-profit" ? position.takeProfit : position.stopLoss;
  if (existing === undefined) {
    createLeg(world, holding, position, leg);
    return;
  }
  if (existing.trigger === leg.trigger && existing.triggerBy === leg.triggerBy) return;
  existing.trigger = leg.trigger;
  existing.triggerBy = leg.triggerBy;
  world.orderChanged(existing);
  touchOnOrder(world, existing);
}

export interface PartialPair {
  readonly stops: Stops;
  readonly lots: number;
  readonly parentLinkId: string;
}

/** Two legs of one size, of which the first to trigger cancels the other. */
export function createPartialPair(
  world: World,
  holding: Holding,
  position: Position,
  pair: PartialPair,
): Order[] {
  const { stops, lots, parentLinkId } = pair;
  const legs: Order[] = [];
  if (stops.takeProfit !== 0) {
    const triggerBy = stops.tpTriggerBy;
    const leg = { trigger: stops.takeProfit, triggerBy, limit: stops.tpLimit, lots, parentLinkId };
    legs.push(createLeg(world, holding, position, { kind: "take-profit", partial: true, ...leg }));
  }
  if (stops.stopLoss !== 0) {
    const triggerBy = stops.slTriggerBy;
    const leg = { trigger: stops.stopLoss, triggerBy, limit: stops.slLimit, lots, parentLinkId };
    legs.push(createLeg(world, holding, position, { kind: "stop-loss", partial: true, ...leg }));
  }
  const [first, second] = legs;
  if (first !== undefined && second !== undefined) {
    first.sibling = second;
    second.sibling = first;
  }
  return legs;
}

/** When a leg triggers its counterpart goes. */
export function cancelCounterpart(world: World, triggered: Order): void {
  const { position } = triggered;
  const takesProfit =
    triggered.stopOrderType === "TakeProfit" || triggered.stopOrderType === "PartialTakeProfit";
  const reason = takesProfit ? "CancelByOCOSlCanceledByTpTriggered" : "CancelByOCOTpCanceledBySlTriggered";
  const full = triggered.stopOrderType === "TakeProfit" ? position.stopLoss : position.takeProfit;
  const isFull = triggered.stopOrderType === "TakeProfit" || triggered.stopOrderType === "StopLoss";
  const counterpart = isFull ? full : triggered.sibling;
  triggered.sibling = undefined;
  if (counterpart !== undefined) cancel(world, counterpart, reason);
}
