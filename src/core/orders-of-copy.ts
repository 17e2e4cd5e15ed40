/** Orders for one copy only, exits and pending entries: whose they are, and which of them are open. */

import type { OrderPurpose } from "./order.ts";
import { type Copy, type FollowerLeg, isOpen, type WorkingOrder } from "./state.ts";
import { NO_COPY } from "./virtual.ts";

/**
 * The copy that an order for one copy only is for: an exit, or a pending entry. Undefined for one of a lost tail, of which nobody
 * knows it any more; resting.ts cancels that.
 */
export function copyOf(
  { market }: FollowerLeg,
  { shares, adopted }: Pick<WorkingOrder, "shares" | "adopted">,
): Copy | undefined {
  return adopted ? undefined : market.copies[shares === null ? 0 : (shares[0]?.copy ?? NO_COPY)];
}

/** Those of one purpose that are open and for `copy` only. */
export function openOrdersOf(leg: FollowerLeg, copy: Copy, purpose: OrderPurpose): readonly WorkingOrder[] {
  if (leg.working.size === 0) return NO_ORDERS;
  return [...leg.working.values()].filter(
    (order) => isOpen(order) && order.purpose === purpose && copyOf(leg, order) === copy,
  );
}

const NO_ORDERS: readonly WorkingOrder[] = [];
