/**
 * Slices that rest follow the best price of their side when that moves away from them, never past the cap on slippage of a copy
 * that they are for. Looked at once a second, which is how often a price reaches the core for a market that waits.
 */
import type { DecisionDraft } from "../decision.ts";
import { judgeSlippage } from "../entry/slippage.ts";
import { copiesOf } from "../explanation.ts";
import { knownLeg } from "../markets.ts";
import { Ticks } from "../model/amounts.ts";
import { presentTicks } from "../quotes.ts";
import { cancelResting } from "../resting.ts";
import { approveChange, objectionToChange } from "../risk/check-risk.ts";
import type { FollowerLeg, FollowerMarket, State, WorkingOrder } from "../state.ts";
import { missingLots } from "../target.ts";
import { isChangeable } from "../working-order.ts";
import { LOOK_AGAIN_MS, slicesOut } from "./work.ts";

/** Moves what rests of the changes that are worked in `market`; what is being cancelled stays as it is. */
export function chaseBest(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    if (leg.work === null) continue;
    for (const order of slicesOut(leg, leg.work.reduces)) {
      if (!leg.work.chase || draft.cancels.some((cancel) => cancel.clientOrderId === order.clientOrderId))
        continue;
      draft.waits.push({ market, untilMs: state.nowMs + LOOK_AGAIN_MS });
      if (isChangeable(state, order)) follow(state, leg, order, draft);
    }
  }
}

function follow(state: State, leg: FollowerLeg, order: WorkingOrder, draft: DecisionDraft): void {
  const { form, clientOrderId, reduceOnly } = order;
  const price = form.kind === "limit" ? followedPrice(state, leg, order, form.price) : null;
  if (price === null) return;
  const { market } = leg;
  const change = { price, reduceOnly };
  if (objectionToChange(state, leg, order, change, draft.planned) !== null)
    return cancelResting(state, leg, order, draft);
  draft.amends.push({
    market,
    clientOrderId,
    change: approveChange(state, leg, order, change, draft.planned),
  });
}

/** The best price of its side as far as that is allowed; null where the order stays as it is. */
function followedPrice(state: State, leg: FollowerLeg, order: WorkingOrder, from: Ticks): Ticks | null {
  const side = Math.sign(order.lots);
  let price = presentTicks(state, leg.market.instrument, -side);
  if (price === null) return null;
  for (const copy of order.reduceOnly ? [] : copiesOf({ market: leg.market, shares: order.shares })) {
    const part = knownLeg(copy, leg.leg);
    const lots = missingLots(part);
    const entry = lots === 0 ? null : judgeSlippage(state, copy, part, { lots, side });
    if (entry === null || entry.kind === "rests" || entry.kind === "refused") return null;
    if (entry.kind === "capped")
      price = Ticks(side > 0 ? Math.min(price, entry.limit) : Math.max(price, entry.limit));
  }
  return (price - from) * side > 0 ? price : null;
}
