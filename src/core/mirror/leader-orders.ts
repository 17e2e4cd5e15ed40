/**
 * What a leader has resting at its venue, folded from reports and snapshots that overlap, repeat and arrive in any order: the
 * venue's newest statement of each order counts. Kept only for leaders whose orders are told; of the others nothing is known.
 */
import type { EventOf, LeaderFillReport, LeaderOrderRow, OrderStatus } from "../event.ts";
import { SNAPSHOT_SETTLE_MS } from "../holding.ts";
import type { InstrumentId } from "../model/identifiers.ts";
import { mirrorsOrders } from "../settings.ts";
import type { LeaderState, State } from "../state.ts";

/** One report of the private stream. */
export function applyLeaderOrder(
  state: State,
  leader: LeaderState,
  { order }: EventOf<"leader-order-reported">,
): void {
  leader.orders ??= new Map();
  if (noteOrder(leader.orders, order)) touchCopies(state, leader, order.instrument);
}

/** A fill of an exit is the first news that it fired: from then on it is no trigger that the price has yet to reach. */
export function noteLeaderFill(leader: LeaderState, { venueOrderId, venueTimeMs }: LeaderFillReport): void {
  const order = leader.orders?.get(venueOrderId);
  if (order === undefined || order.status !== "untriggered") return;
  leader.orders?.set(venueOrderId, {
    ...order,
    status: "working",
    venueTimeMs: Math.max(venueTimeMs, order.venueTimeMs),
  });
}

/** The whole list. What it lacks is over, unless the stream told of it while the list was on its way. */
export function applyLeaderOrderList(
  state: State,
  leader: LeaderState,
  { leaderOrders, serverTimeMs }: EventOf<"leader-snapshot-taken">,
): void {
  if (leaderOrders === undefined) {
    leader.orders = null;
    return;
  }
  const orders = leader.orders ?? new Map();
  leader.orders = orders;
  const listed = new Set(leaderOrders.map(({ venueOrderId }) => venueOrderId));
  for (const order of leaderOrders) noteOrder(orders, order);
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
  for (const copy of leader.copies.get(instrument)?.copies ?? [])
    if (mirrorsOrders(copy.allocation)) state.dirty.add(copy.market);
}
