/**
 * Executions while venue and ledger differ, that are told in another order than they were made in, or beside ours: what the position
 * was in between is worked out anew, in the venue's order. What an owner closed of ours before they opened their own there is gone, though the
 * opening was told first; and what they opened before they closed some of it again took nothing of ours.
 */
import { inVenueOrder, possibleOn } from "./holding.ts";
import { addLots, subtractLots } from "./model/amounts.ts";
import { commonPart, untoldLots } from "./ownership.ts";
import type { FollowerLeg } from "./state.ts";

/** No more is surely ours than what was left of it after each execution since the venue's last statement. */
export function retellShown(leg: FollowerLeg): void {
  const { venue, ownedLots, shownBefore } = leg;
  const fills = inVenueOrder(venue.pending);
  // The statement may lack what ours added by the venue's totals; what ours closed by them it is taken to have.
  const added = untoldLots(leg, Math.sign(ownedLots));
  let own = subtractLots(ownedLots, added);
  for (const { lots, isOurs } of fills) if (isOurs === true) own = subtractLots(own, lots);
  let held = venue.confirmedLots;
  own = commonPart(commonPart(own, shownBefore?.lots ?? held), held);
  for (const { lots, isOurs } of fills) {
    held = possibleOn(leg.leg, addLots(held, lots));
    own = commonPart(isOurs === true ? addLots(own, lots) : own, held);
  }
  own = commonPart(addLots(own, added), ownedLots);
  leg.shownLots = own === ownedLots ? null : own;
}
