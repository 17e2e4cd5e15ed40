/**
 * Pending entries of ours that the leader's orders do not stand for any more: mostly because the leader's filled first. Until they
 * are gone they count as resting for what the leader has now, so that nothing is bought twice.
 */

import { TOLD_MS } from "../mirror/leader-orders.ts";
import { Lots } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  leftOf,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { openOrdersOf } from "../working-order.ts";
import { aheadFor } from "./ahead-lots.ts";
import { type Entry, entriesOf } from "./entries.ts";

/** Those of one copy that are open. */
export function pendingOf(leg: FollowerLeg, copy: Copy): readonly WorkingOrder[] {
  return openOrdersOf(leg, copy, "pending-entry");
}

/** What of an entry should rest, unsigned: without what ours filled already. */
export function wantedLeft({ market }: Copy, part: CopyLeg, { order, lots }: Entry): number {
  const left = Math.max(Math.abs(lots) - aheadFor(part, order.venueOrderId), 0);
  return toWholeSteps(market.instrument, Lots(left));
}

/** Unsigned lots on `side` that no order of the leader's stands for. */
export function strayLots(state: State, leg: FollowerLeg, copy: Copy, part: CopyLeg, side: number): number {
  const own = pendingOf(leg, copy).filter(({ lots }) => Math.sign(lots) === side);
  if (own.length === 0) return 0;
  const entries = entriesOf(state, copy, part);
  let stray = 0;
  for (const order of own) {
    const entry = entries.find((one) => one.order.venueOrderId === order.follows?.order);
    const wanted = entry === undefined ? 0 : wantedLeft(copy, part, entry);
    stray += Math.max(leftOf(order) - wanted, 0);
  }
  return stray;
}

/** Until when growth waits, because the position was told first, and not yet by which order it grew; null: no wait. */
export function untilTold(state: State, leg: FollowerLeg, copy: Copy, side: number): number | null {
  const { lastChange, allocation } = copy;
  if (!allocation.copyPending || lastChange === null || lastChange.price !== null) return null;
  const untilMs = Math.min(lastChange.receivedAtMs, state.nowMs) + TOLD_MS;
  if (untilMs <= state.nowMs) return null;
  return pendingOf(leg, copy).some(({ lots }) => Math.sign(lots) === side) ? untilMs : null;
}
