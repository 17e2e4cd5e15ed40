/**
 * Which of our orders may go on resting at a venue, and taking back those that may not: what was found again after a lost
 * tail (nobody knows any more whom it was for), entries of copies that ended, exits with nothing left to reduce, and, before a
 * reversal, whatever belongs to the side that is left. What is still wanted is asked for anew by the rule that wants it.
 */
import type { DecisionDraft } from "./decision.ts";
import { copiesOf } from "./explanation.ts";
import type { Lots } from "./model/amounts.ts";
import { mayRest } from "./order.ts";
import { hasOpenOrders, restingLots } from "./ownership.ts";
import { type FollowerLeg, type FollowerMarket, isOpen, type State, type WorkingOrder } from "./state.ts";
import { isChangeable } from "./working-order.ts";

/** Cancels what rests in `market` and is not wanted any more. */
export function cancelUnwanted(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    if (leg.working.size === 0) continue;
    for (const order of leg.working.values())
      if (rests(order) && !isWanted(leg, order)) cancelResting(state, leg, order, draft);
  }
}

/** Asks the venue to cancel an order that rests, once it is known to be there; asks again while it stands. */
export function cancelResting(
  state: State,
  leg: FollowerLeg,
  order: WorkingOrder,
  draft: DecisionDraft,
): void {
  const { market } = leg;
  const { clientOrderId, change } = order;
  if (draft.cancels.some((cancel) => cancel.clientOrderId === clientOrderId)) return;
  if (isChangeable(state, order)) draft.cancels.push({ market, clientOrderId });
  else if (change !== null) draft.waits.push({ market, untilMs: change.againAtMs });
}

/**
 * What has to be gone before the leg comes to `goal`. While it holds the other side: that side's entries and exits, which go
 * along with its close. Once it is flat: exits that would reduce what is to be opened, and what is being cancelled, by this
 * decision too.
 */
export function conflictingOrders(
  leg: FollowerLeg,
  goal: Lots,
  { cancels }: Pick<DecisionDraft, "cancels">,
): readonly WorkingOrder[] {
  const side = Math.sign(goal);
  if (leg.working.size === 0) return NONE;
  if (side === 0 || Math.sign(leg.ownedLots) === side) return NONE;
  return [...leg.working.values()].filter((order) => {
    if (!rests(order)) return false;
    const orderSide = Math.sign(order.lots);
    if (order.reduceOnly) return orderSide === side;
    if (orderSide === side) return false;
    if (leg.ownedLots !== 0 || order.change?.kind === "cancel") return true;
    return cancels.some(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  });
}

const NONE: readonly WorkingOrder[] = [];

function rests(order: WorkingOrder): boolean {
  return isOpen(order) && mayRest(order.form);
}

function isWanted(leg: FollowerLeg, order: WorkingOrder): boolean {
  if (order.adopted) return false;
  if (order.reduceOnly) return hasSomethingToReduce(leg, order);
  return copiesOf({ market: leg.market, shares: order.shares }).some(({ active }) => active);
}

/** Also what is about to be bought, or may be at any time. */
function hasSomethingToReduce(leg: FollowerLeg, { lots }: WorkingOrder): boolean {
  if (Math.sign(leg.ownedLots) === -Math.sign(lots)) return true;
  return leg.ownedLots === 0 && (hasOpenOrders(leg) || restingLots(leg).entries !== 0);
}
