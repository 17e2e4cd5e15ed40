/**
 * What a leader has resting at its venue, folded from reports and snapshots that overlap, repeat and arrive in any order: the
 * venue's newest statement of each order counts. Kept only for leaders whose orders are told; of the others nothing is known.
 */
import type { EventOf, LeaderFillReport, LeaderOrderRow, OrderStatus } from "../event.ts";
import { SNAPSHOT_SETTLE_MS } from "../holding.ts";
import { leaderMarket } from "../markets.ts";
import { Decimal } from "../model/decimal.ts";
import type { InstrumentId, VenueOrderId } from "../model/identifiers.ts";
import { noteNamed } from "../pending/untold.ts";
import { mirrorsOrders } from "../settings.ts";
import type { Copy, LeaderState, State } from "../state.ts";
import { updateWanted } from "../target.ts";

/** The venue promises no order among what it tells of one trade; all of it comes within this. */
export const TOLD_MS = 300;
/** Executions are remembered of so many orders, and by so many ids of each. */
const TRADED_KEPT = 128;
const TRADE_IDS_KEPT = 32;

/** Executions of one order that were told, each counted once. */
export interface TradedQuantity {
  /** Decimal text. */
  readonly quantity: string;
  readonly tradeIds: readonly string[];
}

/** One report of the private stream. What a list lacked that was read well after this was so is over, however late this is told. */
export function applyLeaderOrder(
  state: State,
  leader: LeaderState,
  { order }: EventOf<"leader-order-reported">,
): void {
  if (isOutlived(leader, order)) return;
  if (isContested(leader, order)) return void state.snapshotsWanted.add(leader.account);
  leader.orders ??= new Map();
  if (noteOrder(leader.orders, order)) touchCopies(state, leader, order.instrument);
}

function isOutlived({ orders, readUpToServerMs }: LeaderState, order: LeaderOrderRow): boolean {
  if (orders === null || orders.has(order.venueOrderId)) return false;
  return order.venueTimeMs + SNAPSHOT_SETTLE_MS <= readUpToServerMs;
}

/** As it stood before the newest list, which lacks it: it may have filled between, and the position that was read with the list have that. */
function isContested({ orders, listedAtServerMs }: LeaderState, order: LeaderOrderRow): boolean {
  if (orders === null || orders.has(order.venueOrderId) || !isStanding(order.status)) return false;
  return order.venueTimeMs < listedAtServerMs;
}

/** A fill of an exit is the first news that it fired: from then on it is no trigger that the price has yet to reach. */
export function noteLeaderFill(state: State, leader: LeaderState, fill: LeaderFillReport): void {
  if (leader.orders === null) return;
  const isNamed = noteTraded(leader, fill) && noteNamed(leader, fill);
  const { venueOrderId, venueTimeMs } = fill;
  const order = leader.orders.get(venueOrderId);
  // Also where the position was told before: what stands for this order is less from now on, and what was in doubt is no more.
  for (const { allocation, market } of leader.copies.get(fill.instrument)?.copies ?? [])
    if ((order !== undefined || isNamed) && mirrorsOrders(allocation)) state.dirty.add(market);
  if (order === undefined || order.status !== "untriggered") return;
  leader.orders.set(venueOrderId, {
    ...order,
    status: "working",
    venueTimeMs: Math.max(venueTimeMs, order.venueTimeMs),
  });
}

/** Of orders that are not known yet, too: their fill may be told first. False where it was told before. */
function noteTraded({ traded }: LeaderState, { venueOrderId, tradeId, quantity }: LeaderFillReport): boolean {
  const known = traded.get(venueOrderId) ?? { quantity: "0", tradeIds: [] };
  if (known.tradeIds.includes(tradeId)) return false;
  const sum = Decimal.parse(known.quantity).plus(Decimal.parse(quantity)).toString();
  const tradeIds = [...known.tradeIds, tradeId].slice(-TRADE_IDS_KEPT);
  traded.delete(venueOrderId);
  traded.set(venueOrderId, { quantity: sum, tradeIds });
  for (const id of traded.keys()) {
    if (traded.size <= TRADED_KEPT) break;
    traded.delete(id);
  }
  return true;
}

/** What of an order of the leader's is not filled, by its row or by its executions, whichever knows more; a decimal text. */
export function unfilledQuantity(
  { traded }: LeaderState,
  { venueOrderId, quantity, filledQuantity }: LeaderOrderRow,
): string {
  const stated = Decimal.parse(filledQuantity);
  const told = Decimal.parse(traded.get(venueOrderId)?.quantity ?? "0");
  const left = Decimal.parse(quantity).minus(stated.compare(told) < 0 ? told : stated);
  return left.sign > 0 ? left.toString() : "0";
}

/** Whether the executions of it that were told are all of it: what the leader holds has changed by as much. */
export function isExecuted({ orders, traded }: LeaderState, id: VenueOrderId): boolean {
  const [order, told] = [orders?.get(id), traded.get(id)];
  if (order === undefined || told === undefined) return false;
  return Decimal.parse(told.quantity).compare(Decimal.parse(order.quantity)) >= 0;
}

/** The whole list. What it lacks is over, unless the stream told of it while the list was on its way. */
export function applyLeaderOrderList(
  state: State,
  leader: LeaderState,
  { leaderOrders, serverTimeMs }: EventOf<"leader-snapshot-taken">,
): void {
  if (leaderOrders === undefined) {
    leader.orders = null;
    leader.traded = new Map();
    leader.untold.clear();
    return;
  }
  const orders = leader.orders ?? new Map();
  leader.orders = orders;
  const listed = new Set(leaderOrders.map(({ venueOrderId }) => venueOrderId));
  for (const order of leaderOrders)
    if (noteOrder(orders, order)) touchCopies(state, leader, order.instrument);
  for (const [id, { venueTimeMs, instrument }] of orders) {
    if (listed.has(id) || venueTimeMs + SNAPSHOT_SETTLE_MS > serverTimeMs) continue;
    orders.delete(id);
    touchCopies(state, leader, instrument);
  }
}

/** The orders of one instrument that stand at the venue. */
export function standingOrders(leader: LeaderState, instrument: InstrumentId): readonly LeaderOrderRow[] {
  const orders: LeaderOrderRow[] = [];
  for (const order of leader.orders?.values() ?? [])
    if (order.instrument === instrument && isStanding(order.status)) orders.push(order);
  return orders;
}

/** True when it says something new. One that is over stays so, and is kept until a list lacks it. */
function noteOrder(orders: Map<string, LeaderOrderRow>, order: LeaderOrderRow): boolean {
  const known = orders.get(order.venueOrderId);
  if (known !== undefined) {
    if (!isStanding(known.status) || order.venueTimeMs < known.venueTimeMs) return false;
    if (known.status === "working" && order.status === "untriggered") return false;
    if (JSON.stringify(known) === JSON.stringify(order)) return false;
  }
  orders.set(order.venueOrderId, order);
  return true;
}

function isStanding(status: OrderStatus): boolean {
  return status === "working" || status === "untriggered";
}

function touchCopies(state: State, leader: LeaderState, instrument: InstrumentId): void {
  for (const copy of copiesOf(state, leader, instrument)) {
    if (!mirrorsOrders(copy.allocation)) continue;
    if (copy.legs.length === 0) updateWanted(state, copy);
    state.dirty.add(copy.market);
  }
}

/** An order that waits may be the first that a leader has to do with an instrument. */
function copiesOf(state: State, leader: LeaderState, id: InstrumentId): readonly Copy[] {
  const known = leader.copies.get(id);
  if (known !== undefined) return known.copies;
  const instrument = state.instruments.get(id);
  const waits = state.settings.allocations.some(
    (allocation) => allocation.leader === leader.account && allocation.copyPending,
  );
  return waits && instrument !== undefined ? leaderMarket(state, leader, instrument).copies : [];
}
