/**
 * A leader's take profits, stop losses and conditional reduce-only orders, as exits of one copy: with the follower's prices,
 * and which share of the leader's position each closes. Trailing stops are none, as their trigger moves without a word.
 */
import type { LeaderOrderRow, Leg } from "../event.ts";
import { Lots } from "../model/amounts.ts";
import { lotsFrom } from "../model/instrument.ts";
import { type ConditionalForm, type LimitForm, MARKET, type MarketForm } from "../order.ts";
import { type Untold, untoldOf } from "../pending/untold.ts";
import { turnedLeg } from "../shape/side.ts";
import type { Copy } from "../state.ts";
import { standingOrders, unfilledQuantity } from "./leader-orders.ts";
import { mirroredTicks } from "./mirrored-price.ts";

export type Direction = ConditionalForm["direction"];

export interface Exit {
  readonly form: ConditionalForm;
  /** What it closes of the leader's position, unsigned, in the leader's lots. */
  readonly leaderLots: Lots;
}

/** The exits of `copy` on one of the follower's legs, of a position on `side` (+1 long, -1 short) there. */
export function exitsOf(copy: Copy, leg: Leg, side: number): readonly Exit[] {
  const exits: Exit[] = [];
  for (const order of standingOrders(copy.leader, copy.leaderInstrument.id)) {
    if (order.status !== "untriggered") continue;
    const exit = exitOf(copy, leg, side, order);
    if (exit !== null) exits.push(exit);
  }
  return exits;
}

function isExit({ orderKind, reduceOnly, leg, side }: LeaderOrderRow): boolean {
  if (orderKind === "trailing-stop") return false;
  // On a leg of one side whatever trades against it reduces.
  return orderKind !== "order" || reduceOnly || leg === (side === "sell" ? "long" : "short");
}

function exitOf(copy: Copy, leg: Leg, side: number, order: LeaderOrderRow): Exit | null {
  const leaderLots = closedLots(copy, leg, side, order);
  const form = leaderLots === null ? null : formOf(copy, side, order);
  return leaderLots === null || form === null ? null : { form, leaderLots };
}

/**
 * What the leader's position got smaller by, where it is told by the position alone: it may be that one of its exits filled, so that it
 * stands for less than its row says. Null where there is no such doubt.
 */
export function exitsInDoubt(copy: Copy, leg: Leg, side: number): Untold | null {
  const { leader, leaderInstrument } = copy;
  if (leader.untold.size === 0) return null;
  for (const order of standingOrders(leader, leaderInstrument.id)) {
    const untold = untoldOf(leader, order);
    if (untold !== null && closedLots(copy, leg, side, order) !== null) return untold;
  }
  return null;
}

/** What an order closes of the leader's position behind `side` of the leg, in the leader's lots; null where it closes none. */
export function closedLots(copy: Copy, leg: Leg, side: number, order: LeaderOrderRow): Lots | null {
  if (!isExit(order)) return null;
  const held = copy.leader.holdings.get(copy.leaderInstrument.id)?.get(order.leg)?.lots ?? 0;
  const orderSide = order.side === "buy" ? 1 : -1;
  if (Math.sign(held) !== -orderSide) return null;
  const { allocation } = copy;
  if (Math.sign(held) !== (allocation.inverse ? -side : side)) return null;
  if (order.leg !== "net" && leg !== "net" && turnedLeg(order.leg, allocation) !== leg) return null;
  const lots = order.whole === true ? Math.abs(held) : leftOf(copy, order);
  return lots <= 0 ? null : Lots(Math.min(lots, Math.abs(held)));
}

/** By its row or by its executions: the position is told with these, and the row may follow. */
function leftOf({ leader, leaderInstrument }: Copy, order: LeaderOrderRow): number {
  return lotsFrom(leaderInstrument, unfilledQuantity(leader, order)) ?? 0;
}

/** A price comes to the trigger from the side where it is now, so the nearer tick is the earlier one. */
function formOf(copy: Copy, side: number, order: LeaderOrderRow): ConditionalForm | null {
  const direction = directionOf(order);
  if (direction === null) return null;
  const trigger = mirroredTicks(copy, order.triggerPrice, direction === "rises" ? "floor" : "ceiling");
  const becomes = becomesOf(copy, side, order);
  if (trigger === null || becomes === null) return null;
  // No order of ours watches the index; the mark price follows it.
  const by = order.triggerBy === "mark" || order.triggerBy === "index" ? "mark" : "last";
  return { kind: "conditional", trigger, by, direction, becomes };
}

function directionOf({ triggerDirection, orderKind, side }: LeaderOrderRow): Direction | null {
  if (triggerDirection !== null) return triggerDirection;
  if (orderKind === "order") return null;
  return (orderKind === "take-profit") === (side === "sell") ? "rises" : "falls";
}

/** An inverse copy trades the other way, where the leader's limit would protect from nothing: it goes at market. */
function becomesOf(copy: Copy, side: number, order: LeaderOrderRow): MarketForm | LimitForm | null {
  if (order.orderType === "market" || copy.allocation.inverse) return MARKET;
  const price = mirroredTicks(copy, order.price, side > 0 ? "floor" : "ceiling");
  if (price === null) return null;
  // Once triggered it may rest, but it must not be refused for what the book looks like then.
  return { kind: "limit", price, timeInForce: order.timeInForce === "PostOnly" ? "GTC" : order.timeInForce };
}
