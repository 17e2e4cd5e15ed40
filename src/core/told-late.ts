/**
 * Executions that are told in another order than they were made in, while venue and ledger differ: what the position was in between is
 * worked out anew, in the venue's order. What an owner closed of ours before they opened their own there is gone, though the
 * opening was told first; and what they opened before they closed some of it again took nothing of ours.
 */
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import { commonPart } from "./ownership.ts";
import { type FollowerLeg, filledLots } from "./state.ts";

/** No more is surely ours than what was left of it after each execution since the venue's last statement. */
export function retellShown(leg: FollowerLeg): void {
  const { venue, ownedLots, shownBefore } = leg;
  const fills = [...venue.pending].sort((one, other) => one.sequence - other.sequence);
  const untold = untoldLots(leg);
  let own = subtractLots(ownedLots, untold);
  for (const { lots, isOurs } of fills) if (isOurs === true) own = subtractLots(own, lots);
  let held = venue.confirmedLots;
  own = commonPart(own, shownBefore?.lots ?? held);
  own = commonPart(own, held);
  for (const { lots, isOurs } of fills) {
    held = addLots(held, lots);
    own = commonPart(isOurs === true ? addLots(own, lots) : own, held);
  }
  own = commonPart(addLots(own, untold), ownedLots);
  leg.shownLots = own === ownedLots ? null : own;
}

/** What the ledger has by the venue's totals, and no execution of it was told, signed. */
function untoldLots(leg: FollowerLeg): Lots {
  let sum = ZERO_LOTS;
  for (const order of leg.working.values()) {
    const untold = filledLots(order) - order.tradedLots;
    sum = addLots(sum, Lots(order.lots < 0 ? -untold : untold));
  }
  return sum;
}
