/**
 * Reductions are worked only where the owner says so, and only what follows the leader: a stop, a cut, a close, a panic, an
 * allocation that ends and a turn of the leader go at once, and take back what rests of a worked one first.
 */
import type { DecisionDraft } from "../decision.ts";
import { copiesOf } from "../explanation.ts";
import { knownLeg } from "../markets.ts";
import { cancelResting } from "../resting.ts";
import type { Copy, FollowerLeg, FollowerMarket, State, WorkingOrder } from "../state.ts";
import { legTarget, targetLots } from "../target.ts";
import { sliceEndMs, slicesOut, unfilledOf } from "./work.ts";

/** Whether a reduction of the leg may take its time. */
export function maySell(leg: FollowerLeg): boolean {
  const { market, ownedLots } = leg;
  if (market.follower.stops.length > 0 || market.copies.every(({ isPlain }) => isPlain)) return false;
  const goal = targetLots(market, leg.leg);
  if (goal !== 0 && Math.sign(goal) !== Math.sign(ownedLots)) return false;
  return market.copies.every((copy) => followsLeader(copy, leg));
}

/** Whether nothing but the leader's own size says what the copy is to hold. */
function followsLeader(copy: Copy, { leg }: FollowerLeg): boolean {
  const part = knownLeg(copy, leg);
  if (!copy.active) return part.heldLots === 0;
  if (copy.ending !== null || copy.allocation.work?.exits !== true) return false;
  const { cuts, stoppedLots, waivedLots } = part;
  return cuts.length === 0 && stoppedLots === 0 && waivedLots === 0 && !turns(part.heldLots, legTarget(part));
}

function turns(held: number, target: number): boolean {
  return target !== 0 && Math.sign(target) === -Math.sign(held);
}

/**
 * What the copies that `out` is for lack on its side, unsigned: all of it is to go, also where another copy would grow on the other
 * side and may not.
 */
function missingFor(leg: FollowerLeg, out: readonly WorkingOrder[]): number {
  const side = Math.sign(out[0]?.lots ?? 0);
  const asking = new Set(out.flatMap(({ shares }) => copiesOf({ market: leg.market, shares })));
  let sum = 0;
  for (const copy of asking) {
    const part = knownLeg(copy, leg.leg);
    sum += Math.max((legTarget(part) - part.heldLots) * side, 0);
  }
  return sum;
}

/** Takes back the slices of a reduction whose time is over, or that close more than is to be closed, or may not wait. */
export function tendExitSlices(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    const out = slicesOut(leg, true);
    if (out.length === 0) continue;
    const excess = Math.abs(leg.ownedLots) - Math.abs(targetLots(market, leg.leg));
    const endMs = sliceEndMs(leg.work);
    const isTooMuch = unfilledOf(out) > Math.max(excess, missingFor(leg, out));
    const isUnwanted = leg.work?.reduces !== true || isTooMuch || !maySell(leg);
    if (state.nowMs < endMs && !isUnwanted) draft.waits.push({ market, untilMs: endMs });
    else for (const order of out) cancelResting(state, leg, order, draft);
  }
}
