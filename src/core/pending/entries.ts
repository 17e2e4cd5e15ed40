/**
 * A leader's orders that wait to open or to add, as entries of one copy: how much of it each would come to, by the sizing rule of a
 * change of that size, and in which form it rests at the follower's venue. An order against the leader's own position is none.
 */

import { slippageCapOf } from "../entry/rules.ts";
import { capTicks } from "../entry/slippage.ts";
import type { LeaderOrderRow, Leg } from "../event.ts";
import { standingOrders, unfilledQuantity } from "../mirror/leader-orders.ts";
import { mirroredTicks } from "../mirror/mirrored-price.ts";
import { addLots, Lots, type Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { lotsFrom, ticksFrom } from "../model/instrument.ts";
import type { ConditionalForm, LimitForm, MarketForm, OrderForm } from "../order.ts";
import { MARKET } from "../order.ts";
import type { ReasonKind } from "../reason.ts";
import { type LeaderLegs, shapedLots } from "../shape/side.ts";
import { size } from "../sizing/sizing.ts";
import type { Copy, CopyLeg, State } from "../state.ts";
import { leaderLegs } from "../target.ts";

export interface Entry {
  readonly order: LeaderOrderRow;
  /** What of the leader's is unfilled, a decimal text. */
  readonly quantity: string;
  /** On which side it trades here: 1 buys, -1 sells. */
  readonly side: number;
  /** What the copy's position would change by, signed; nothing where it is too little, or on the side that is not copied. */
  readonly lots: Lots;
  /** Why the rule gives no size; null where it does. */
  readonly unsized: ReasonKind | null;
  /** Null where the follower's venue cannot have it. */
  readonly form: OrderForm | null;
}

/** The entries that would rest on the leg of `part`, of each side the one that is met first at the front. */
export function entriesOf(state: State, copy: Copy, part: CopyLeg): readonly Entry[] {
  const rows = standingOrders(copy.leader, copy.leaderInstrument.id).filter(
    (row) => isEntry(copy, part.leg, row) && unfilledQuantity(copy.leader, row) !== "0",
  );
  if (rows.length === 0) return NONE;
  const legs = leaderLegs(copy);
  const entries: Entry[] = [];
  for (const side of [1, -1])
    entries.push(
      ...sized(
        state,
        copy,
        part,
        legs,
        rows.filter((row) => sideHere(copy, row) === side),
      ),
    );
  return entries;
}

const NONE: readonly Entry[] = [];

/** Whether any order of the leader's waits to open or to add. */
export function hasEntries({ allocation, leader, leaderInstrument, isPlain }: Copy): boolean {
  if (isPlain || !allocation.copyPending) return false;
  return standingOrders(leader, leaderInstrument.id).some(isOpening);
}

/** By itself: not one that only reduces, and on a leg of one side the one that adds there. */
function isOpening({ orderKind, reduceOnly, leg, side }: LeaderOrderRow): boolean {
  if (orderKind !== "order" || reduceOnly) return false;
  return leg === "net" || leg === (side === "buy" ? "long" : "short");
}

function isEntry(copy: Copy, leg: Leg, row: LeaderOrderRow): boolean {
  if (!isOpening(row)) return false;
  const held = copy.leader.holdings.get(copy.leaderInstrument.id)?.get(row.leg)?.lots ?? 0;
  if (held !== 0 && Math.sign(held) !== leaderSide(row)) return false;
  return leg === "net" || leg === (sideHere(copy, row) > 0 ? "long" : "short");
}

function leaderSide({ side }: LeaderOrderRow): number {
  return side === "buy" ? 1 : -1;
}

function sideHere({ allocation }: Copy, row: LeaderOrderRow): number {
  return allocation.inverse ? -leaderSide(row) : leaderSide(row);
}

/** Each adds to what the ones before it would have come to. */
function sized(
  state: State,
  copy: Copy,
  part: CopyLeg,
  from: LeaderLegs,
  rows: readonly LeaderOrderRow[],
): readonly Entry[] {
  const entries: Entry[] = [];
  let [legs, before]: [LeaderLegs, number] = [from, part.wantedLots];
  for (const order of rows.toSorted(metFirst)) {
    const side = sideHere(copy, order);
    const quantity = unfilledQuantity(copy.leader, order);
    const leaderLots = lotsFrom(copy.leaderInstrument, quantity) ?? Lots(0);
    legs = { ...legs, [order.leg]: addLots(legs[order.leg], Lots(leaderLots * leaderSide(order))) };
    const at = ticksFrom(copy.leaderInstrument, order.price === "" ? order.triggerPrice : order.price);
    const next = size(state, copy, part, shapedLots(copy.allocation, legs, part.leg), at);
    const grown = next.kind === "sized" ? (next.lots - before) * side : 0;
    const lots = Lots(Math.max(grown, 0) * side);
    if (next.kind === "sized") before = next.lots;
    const unsized = next.kind === "sized" ? null : next.reason;
    entries.push({ order, quantity, side, lots, unsized, form: formOf(copy, side, order) });
  }
  return entries;
}

/** Limits before what waits for a trigger; a buyer's highest limit and lowest trigger first. */
function metFirst(one: LeaderOrderRow, other: LeaderOrderRow): number {
  const waits = [one, other].map(({ status }) => (status === "untriggered" ? 1 : 0));
  const [mine = 0, theirs = 0] = waits;
  if (mine !== theirs) return mine - theirs;
  const [left, right] = [one, other].map(priceOf);
  const order = left === undefined || right === undefined ? 0 : left.compare(right);
  return mine === 1 ? order * leaderSide(one) : -order * leaderSide(one);
}

function priceOf({ status, price, triggerPrice }: LeaderOrderRow): Decimal | undefined {
  return Decimal.tryParse(status === "untriggered" ? triggerPrice : price);
}

/**
 * An inverse copy trades the other way, where a limit would fill at once: it waits for the leader's price and goes at market then,
 * and so does what the leader sends at market at a trigger, within the cap on slippage where one is stated.
 */
function formOf(copy: Copy, side: number, order: LeaderOrderRow): OrderForm | null {
  if (order.status === "untriggered") return conditionalFrom(copy, side, order, order.triggerPrice);
  if (order.orderType !== "limit") return null;
  if (!copy.allocation.inverse) return limitAt(copy, side, order.price);
  const falls = order.side === "buy";
  const own = { ...order, triggerBy: "last", triggerDirection: falls ? "falls" : "rises" } as const;
  return conditionalFrom(copy, side, own, order.price);
}

function conditionalFrom(
  copy: Copy,
  side: number,
  { triggerBy, triggerDirection, orderType, price }: LeaderOrderRow,
  at: string,
): ConditionalForm | null {
  if (triggerDirection === null) return null;
  const trigger = mirroredTicks(copy, at, triggerDirection === "rises" ? "floor" : "ceiling");
  if (trigger === null) return null;
  const isLimit = orderType === "limit" && !copy.allocation.inverse;
  const becomes = isLimit ? limitAt(copy, side, price) : atMost(copy, side, trigger);
  // No order of ours watches the index; the mark price follows it.
  const by = triggerBy === "mark" || triggerBy === "index" ? "mark" : "last";
  return becomes && { kind: "conditional", trigger, by, direction: triggerDirection, becomes };
}

/** Never worse than the leader's. */
function limitAt(copy: Copy, side: number, text: string): LimitForm | null {
  const price = mirroredTicks(copy, text, side > 0 ? "floor" : "ceiling");
  return price === null ? null : { kind: "limit", price, timeInForce: "GTC" };
}

function atMost(copy: Copy, side: number, trigger: Ticks): MarketForm | LimitForm {
  const bpsMax = slippageCapOf(copy);
  if (bpsMax === null) return MARKET;
  const { instrument } = copy.market;
  const cost = instrument.tickSize.times(Decimal.of(BigInt(trigger), 0));
  const price = capTicks(instrument, { cost, weight: Decimal.one }, { bpsMax, side });
  return { kind: "limit", price, timeInForce: "IOC" };
}
