/**
 * The difference between the stops that should rest on a leg and those that do: what is cancelled, changed in place and
 * placed. An order is told from another by what it asks for, so that nothing has to be remembered beside it. Places come only
 * out of what no order of the copy, also one that is about to go, could close.
 */
import { Lots } from "../model/amounts.ts";
import type { ConditionalForm, OrderChange, OrderForm } from "../order.ts";
import { copyOf } from "../orders-of-copy.ts";
import { couldCloseTwice, isContradicted } from "../ownership.ts";
import { type Copy, type FollowerLeg, isOpen, leftOf, type State, type WorkingOrder } from "../state.ts";
import { CHANGE_PATIENCE_MS, isChangeable } from "../working-order.ts";
import { type Direction, exitsInDoubt } from "./exits.ts";
import { TOLD_MS } from "./leader-orders.ts";
import { type Stop, stoppableLots, stopsFor } from "./stops.ts";

/** A reduction waits so long for stops that would close the same a second time. */
const SHRINK_PATIENCE_MS = 1_000;

export interface StopPlan {
  readonly cancels: readonly WorkingOrder[];
  readonly amends: readonly { readonly order: WorkingOrder; readonly change: OrderChange }[];
  readonly places: readonly Stop[];
  /** What rests and should be gone or smaller, whether that can be asked for now or not. */
  readonly shrinking: readonly WorkingOrder[];
  /** When something that was asked for is asked for anew. */
  readonly waits: readonly number[];
}

interface Draft {
  readonly cancels: WorkingOrder[];
  readonly amends: { readonly order: WorkingOrder; readonly change: OrderChange }[];
  readonly places: Stop[];
  readonly shrinking: WorkingOrder[];
  readonly waits: number[];
}

/** Nothing rests, and nothing is to. */
export const NO_STOPS: StopPlan = { cancels: [], amends: [], places: [], shrinking: [], waits: [] };

export function planStops(state: State, leg: FollowerLeg): StopPlan {
  const { copies } = leg.market;
  const mirrors = copies.some(({ isPlain, allocation }) => !isPlain && allocation.copyStops);
  if (leg.working.size === 0 && !mirrors) return NO_STOPS;
  const resting = stopOrders(leg);
  if (resting.length === 0 && !mirrors) return NO_STOPS;
  const draft: Draft = { cancels: [], amends: [], places: [], shrinking: [], waits: [] };
  const stoppable = stoppableLots(leg);
  for (const copy of copies) {
    const most = stoppable[copy.index] ?? 0;
    const wanted = stopsFor(state, leg, copy, most);
    const own = resting.filter((order) => copyOf(leg, order) === copy);
    if (wanted !== null) planCopy(state, { leg, copy, own, most }, wanted, draft);
  }
  return draft;
}

/** Our exits that rest on the leg. */
function stopOrders(leg: FollowerLeg): WorkingOrder[] {
  const found: WorkingOrder[] = [];
  for (const order of leg.working.values()) {
    const { purpose } = order;
    if ((purpose === "stop" || purpose === "take-profit") && isOpen(order)) found.push(order);
  }
  return found;
}

interface Own {
  readonly leg: FollowerLeg;
  readonly copy: Copy;
  readonly own: readonly WorkingOrder[];
  readonly most: number;
}

function planCopy(state: State, place: Own, wanted: readonly Stop[], draft: Draft): void {
  const { own, leg } = place;
  const pairs = pair(own, wanted);
  for (const order of own) if (!pairs.has(order)) cancel(state, order, draft);
  const room = roomsOf(place);
  for (const [order, stop] of pairs) amend(state, order, stop, room, draft);
  const missing = wanted.filter((stop) => ![...pairs.values()].includes(stop));
  for (const stop of missing) placeStop(state, leg, stop, room, draft);
}

/** By direction: what the copy may still have placed. */
type Rooms = Record<Direction, number>;

/** Nothing while one of the leader's may have filled, and so ours. */
function roomsOf({ leg, copy, own, most }: Own): Rooms {
  if (exitsInDoubt(copy, leg.leg, Math.sign(leg.ownedLots)) !== null) return { rises: 0, falls: 0 };
  const room: Rooms = { rises: most, falls: most };
  for (const order of own) for (const way of waysOf(order.form)) room[way] -= leftOf(order);
  return room;
}

/** At market it closes whichever way the price goes. */
function waysOf(form: OrderForm): readonly Direction[] {
  return form.kind === "conditional" ? [form.direction] : ["rises", "falls"];
}

/** Which order stands for which stop: the same one, else one at its price, else one of its size, else any that can become it. */
function pair(own: readonly WorkingOrder[], wanted: readonly Stop[]): Map<WorkingOrder, Stop> {
  const pairs = new Map<WorkingOrder, Stop>();
  const rules = [isSame, isAtPrice, isOfSize, canBecome];
  const taken = new Set<Stop>();
  for (const fits of rules) {
    for (const stop of wanted) {
      if (taken.has(stop)) continue;
      const order = own.find((one) => !pairs.has(one) && canBecome(one, stop) && fits(one, stop));
      if (order === undefined) continue;
      pairs.set(order, stop);
      taken.add(stop);
    }
  }
  return pairs;
}

/** What the venue can change in place: prices and size, of an order that is not on its way out. */
function canBecome(order: WorkingOrder, { form, lots, purpose }: Stop): boolean {
  if (order.change?.kind === "cancel" || order.purpose !== purpose) return false;
  if (Math.sign(order.lots) !== Math.sign(lots)) return false;
  if (order.form.kind !== "conditional" || form.kind !== "conditional") return order.form.kind === form.kind;
  return isAlike(order.form, form);
}

function isAlike(one: ConditionalForm, other: ConditionalForm): boolean {
  if (one.by !== other.by || one.direction !== other.direction) return false;
  if (one.becomes.kind !== "limit" || other.becomes.kind !== "limit")
    return one.becomes.kind === other.becomes.kind;
  return one.becomes.timeInForce === other.becomes.timeInForce;
}

function isSame(order: WorkingOrder, stop: Stop): boolean {
  return isAtPrice(order, stop) && isOfSize(order, stop);
}

function isAtPrice({ form }: WorkingOrder, stop: Stop): boolean {
  return JSON.stringify(form) === JSON.stringify(stop.form);
}

function isOfSize(order: WorkingOrder, { lots }: Stop): boolean {
  return leftOf(order) === Math.abs(lots);
}

function cancel(state: State, order: WorkingOrder, draft: Draft): void {
  if (order.form.kind !== "conditional") return;
  draft.shrinking.push(order);
  if (isChangeable(state, order)) draft.cancels.push(order);
  else if (order.change !== null) draft.waits.push(order.change.againAtMs);
}

/** Smaller at once; larger as far as there is room. */
function amend(state: State, order: WorkingOrder, stop: Stop, room: Rooms, draft: Draft): void {
  if (isSame(order, stop) || stop.form.kind !== "conditional" || order.form.kind !== "conditional") return;
  const left = leftOf(order);
  if (Math.abs(stop.lots) < left) draft.shrinking.push(order);
  const by = Math.min(Math.abs(stop.lots) - left, Math.max(room[stop.direction], 0));
  const change = changeOf(order, order.form, stop.form, Lots(Math.abs(order.lots) + by));
  if (change === null) return;
  if (!isChangeable(state, order)) {
    if (order.change !== null) draft.waits.push(order.change.againAtMs);
    return;
  }
  if (by > 0) room[stop.direction] -= by;
  draft.amends.push({ order, change });
}

function changeOf(
  order: WorkingOrder,
  from: ConditionalForm,
  to: ConditionalForm,
  quantity: Lots,
): OrderChange | null {
  const isMoved = from.trigger !== to.trigger;
  const isResized = quantity !== Math.abs(order.lots);
  const price = to.becomes.kind === "limit" ? to.becomes.price : null;
  const isRepriced = from.becomes.kind === "limit" && price !== null && from.becomes.price !== price;
  if (!isMoved && !isResized && !isRepriced) return null;
  return {
    ...(isRepriced ? { price } : {}),
    ...(isResized ? { quantity } : {}),
    ...(isMoved ? { triggerPrice: to.trigger } : {}),
    reduceOnly: true,
  };
}

function placeStop(state: State, leg: FollowerLeg, stop: Stop, room: Rooms, draft: Draft): void {
  const { market } = leg;
  if (stop.copy.leader.confirmedAtMs === 0 || isContradicted(leg)) return;
  if (stopOrders(leg).some(({ adopted }) => adopted)) return;
  if (state.nowMs < leg.restAgainAtMs) {
    draft.waits.push(leg.restAgainAtMs);
    return;
  }
  const ways = waysOf(stop.form);
  const most = Math.min(Math.abs(stop.lots), ...ways.map((way) => room[way]));
  const lots = Math.floor(most / market.instrument.stepLots) * market.instrument.stepLots;
  if (lots < Math.max(market.instrument.minLots, 1)) return;
  for (const way of ways) room[way] -= lots;
  draft.places.push({ ...stop, lots: Lots(lots * Math.sign(stop.lots)) });
}

/**
 * Until when a reduction to `goal` waits, because stops that rest, and are to go or to shrink with it, could close the same a
 * second time; null when nothing does. The leader's stop and ours fire at one price, and its fill may be heard before ours.
 */
export function untilStopsShrink(state: State, leg: FollowerLeg, goal: Lots): number | null {
  if (!couldCloseTwice(leg, goal)) return null;
  if (leg.working.size === 0 || stopOrders(leg).length === 0) return null;
  const heard = planStops(state, leg).shrinking.map((order) => heardByMs(state, order));
  const untilMs = Math.max(toldByMs(leg), ...heard);
  return untilMs > state.nowMs ? untilMs : null;
}

/** By when it is told which order a leader's position got smaller by, where the position itself was told first. */
function toldByMs({ market }: FollowerLeg): number {
  const changes = market.copies.map(({ allocation, lastChange }) =>
    allocation.copyStops ? lastChange : null,
  );
  return (
    Math.max(0, ...changes.map((change) => (change?.price === null ? change.receivedAtMs : 0))) + TOLD_MS
  );
}

/** By when it is heard what became of an order that is to go or to shrink. */
function heardByMs(state: State, order: WorkingOrder): number {
  const { change, decidedAtMs } = order;
  if (isChangeable(state, order)) return state.nowMs + SHRINK_PATIENCE_MS;
  return (change === null ? decidedAtMs : change.againAtMs - CHANGE_PATIENCE_MS) + SHRINK_PATIENCE_MS;
}
