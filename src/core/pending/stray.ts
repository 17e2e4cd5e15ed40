/**
 * Pending entries of ours that the leader's orders do not stand for any more: mostly because the leader's filled first. Until they
 * are gone they count as resting for what the leader has now, so that nothing is bought twice.
 */

import { isExecuted } from "../mirror/leader-orders.ts";
import { Lots } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import { openOrdersOf } from "../orders-of-copy.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  leftOf,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { aheadFor } from "./ahead-lots.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { inDoubtUntilRead } from "./untold.ts";

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

/**
 * Unsigned lots of ours, but of one, that are open on its side for orders of the leader's of which all was told to be executed: the target
 * has grown by as much.
 */
export function outlivedLots(leg: FollowerLeg, copy: Copy, but: WorkingOrder): number {
  let lots = 0;
  for (const order of pendingOf(leg, copy)) {
    if (order === but || Math.sign(order.lots) !== Math.sign(but.lots) || order.change?.kind === "amend")
      continue;
    if (order.follows !== null && isExecuted(copy.leader, order.follows.order)) lots += leftOf(order);
  }
  return lots;
}

/**
 * Whether growth waits for news of the leader: its position grew on `side`, it is not told by which order, and an order of ours rests
 * for one of those that it may have been.
 */
export function awaitsName(leg: FollowerLeg, copy: Copy, side: number): boolean {
  const { allocation, leader } = copy;
  if (!allocation.copyPending || leader.untold.size === 0) return false;
  return pendingOf(leg, copy).some(({ lots, follows }) => {
    const order = follows === null ? undefined : leader.orders?.get(follows.order);
    return Math.sign(lots) === side && order !== undefined && inDoubtUntilRead(leader, order) !== null;
  });
}
