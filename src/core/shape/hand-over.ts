/** Stop mode leave: gives what a copy holds to the owner of the account. */
import { bookAtMark } from "../ledger.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "../model/amounts.ts";
import { hasOpenOrders, setOff } from "../ownership.ts";
import type { Copy, CopyLeg, FollowerMarket, State } from "../state.ts";

/**
 * What copies that are to be left hold becomes the owner's, once no order of ours is open there. Until then they want what
 * they hold, so that nothing is sent for them.
 */
export function handOver(state: State, market: FollowerMarket): void {
  for (const copy of market.copies) {
    if (copy.ending !== "leave") continue;
    const open = market.legs.filter(hasOpenOrders).map(({ leg }) => leg);
    for (const part of copy.legs) {
      if (open.includes(part.leg)) keep(part, part.heldLots);
      else giveAway(state, copy, part);
    }
    if (copy.legs.every(({ leg }) => !open.includes(leg))) copy.ending = null;
  }
}

/** At the price of the moment, so that what comes of it later is the owner's. */
function giveAway(state: State, copy: Copy, part: CopyLeg): void {
  const { market } = copy;
  const given = { instrument: market.instrument, lots: Lots(-part.heldLots) };
  for (const booked of [market, copy]) bookAtMark(state, booked, "taken", given);
  const leg = market.legs.find((candidate) => candidate.leg === part.leg);
  const before = leg?.ownedLots ?? ZERO_LOTS;
  if (leg !== undefined) {
    leg.ownedLots = subtractLots(leg.ownedLots, part.heldLots);
    leg.foreignLots = addLots(leg.foreignLots, part.heldLots);
  }
  part.heldLots = ZERO_LOTS;
  keep(part, ZERO_LOTS);
  if (leg !== undefined) setOff(state, leg, before);
}

function keep(part: CopyLeg, lots: Lots): void {
  Object.assign(part, {
    wantedLots: lots,
    waivedLots: ZERO_LOTS,
    stoppedLots: ZERO_LOTS,
    excessLots: ZERO_LOTS,
    lateLots: ZERO_LOTS,
    trades: [],
    ahead: [],
    pendingNotes: [],
  });
  Object.assign(part, { waivedFor: null, unsized: null, proportion: null, opening: null });
  part.leaderLots = Lots(0);
}
