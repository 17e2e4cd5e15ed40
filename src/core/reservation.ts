/**
 * What a follower's limits remember between two reports of its account: the margin of increases that the venue's figures
 * cannot contain yet, and who waits for room that a reduction or new figures give.
 */
import { termsOf } from "./exposure.ts";
import type { Lots } from "./model/amounts.ts";
import type { ReasonKind } from "./reason.ts";
import { type FollowerLeg, type FollowerState, filledLots, type State, type WorkingOrder } from "./state.ts";
import { legTarget } from "./target.ts";
import { marginOn, worth } from "./worth.ts";

type Remembered = Pick<
  FollowerState,
  "reservations" | "increasesAtMs" | "equityAtMs" | "reducedAtMs" | "awaitsRoom"
>;

export function emptyReservations(): Remembered {
  return { reservations: [], increasesAtMs: [], equityAtMs: 0, reducedAtMs: 0, awaitsRoom: false };
}

/** What an earlier version recorded of it, or nothing. */
export function completedReservations(recorded: Partial<Remembered>): Remembered {
  const empty = emptyReservations();
  return {
    reservations: recorded.reservations ?? empty.reservations,
    increasesAtMs: recorded.increasesAtMs ?? empty.increasesAtMs,
    equityAtMs: recorded.equityAtMs ?? empty.equityAtMs,
    reducedAtMs: recorded.reducedAtMs ?? empty.reducedAtMs,
    awaitsRoom: recorded.awaitsRoom ?? empty.awaitsRoom,
  };
}

/** An increase is on its way. */
export function reserveMargin(state: State, { market }: FollowerLeg, order: WorkingOrder): void {
  const { follower } = market;
  if (follower.limits.freeMarginReserve === null) return;
  const { instrument, ticks, leverageHundredths } = termsOf(state, market);
  if (ticks === null) return;
  const margin = marginOn(worth(instrument, ticks, order.lots), leverageHundredths);
  const reservation = { clientOrderId: order.clientOrderId, margin, closedAtMs: 0 };
  if (follower.reservations.length === 0) follower.reservations = [reservation];
  else follower.reservations.push(reservation);
}

/** An order ended: what of it did not fill ties up nothing. */
export function settleReservation(state: State, order: WorkingOrder): void {
  const follower = state.orders.get(order.clientOrderId)?.market.follower;
  if (follower === undefined) return;
  const filled = filledLots(order);
  if (order.reduceOnly && filled !== 0) follower.reducedAtMs = state.nowMs;
  const place = follower.reservations.findIndex(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  const reservation = follower.reservations[place];
  if (reservation === undefined) return;
  if (filled === 0) follower.reservations.splice(place, 1);
  const size = BigInt(Math.abs(order.lots));
  reservation.margin = Number((BigInt(reservation.margin) * BigInt(filled) + size - 1n) / size);
  reservation.closedAtMs = state.nowMs;
}

/** What the order asks for is another quantity now. */
export function resizeReservation(state: State, order: WorkingOrder, lots: Lots): void {
  const follower = state.orders.get(order.clientOrderId)?.market.follower;
  const reservation = follower?.reservations.find(
    ({ clientOrderId }) => clientOrderId === order.clientOrderId,
  );
  if (reservation === undefined || order.lots === 0) return;
  const [before, now] = [BigInt(Math.abs(order.lots)), BigInt(Math.abs(lots))];
  reservation.margin = Number((BigInt(reservation.margin) * now + before - 1n) / before);
}

/** The account was read as it was at `asOfMs`: what had ended by then is in its figures. */
export function noteFigures(state: State, follower: FollowerState, asOfMs: number): void {
  follower.equityAtMs = Math.max(follower.equityAtMs, asOfMs);
  if (follower.reservations.length > 0)
    follower.reservations = follower.reservations.filter(
      ({ closedAtMs }) => closedAtMs === 0 || closedAtMs > asOfMs,
    );
  wakeForRoom(state, follower);
}

/** Times of a clock that was set back since do not outlast their purpose. */
export function forgetClock(state: State, follower: FollowerState): void {
  const { nowMs } = state;
  for (const reservation of follower.reservations)
    reservation.closedAtMs = Math.min(reservation.closedAtMs, nowMs);
  follower.increasesAtMs = follower.increasesAtMs.map((atMs) => Math.min(atMs, nowMs));
  follower.equityAtMs = Math.min(follower.equityAtMs, nowMs);
  follower.reducedAtMs = Math.min(follower.reducedAtMs, nowMs);
}

export function awaitRoom(follower: FollowerState, reason: ReasonKind): void {
  if (GIVEN_BY_FIGURES.has(reason)) follower.awaitsRoom = true;
}

/** Looks again at what was refused for want of room, or of figures, and was not given up. */
export function wakeForRoom(state: State, follower: FollowerState): void {
  if (!follower.awaitsRoom) return;
  follower.awaitsRoom = false;
  for (const market of follower.markets.values()) {
    const { lastReason } = market;
    if (lastReason === null || !GIVEN_BY_FIGURES.has(lastReason)) continue;
    if (!market.copies.some(({ legs }) => legs.some((part) => legTarget(part) !== part.heldLots))) continue;
    state.dirty.add(market);
    follower.awaitsRoom = true;
  }
}

const GIVEN_BY_FIGURES: ReadonlySet<ReasonKind> = new Set([
  "portfolio-exposure",
  "leader-exposure",
  "strategy-exposure",
  "symbol-exposure",
  "portfolio-leverage",
  "sector-concentration",
  "portfolio-risk",
  "margin-reserve",
  "leader-cap",
  "symbol-cap",
  "equity-unknown",
  "no-price",
]);
