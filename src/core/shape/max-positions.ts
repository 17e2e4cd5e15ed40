/**
 * How many positions may be open at a time, of one allocation and of the follower as a whole. It speaks against new ones
 * only, and what a leader opens beyond it is given up. Positions that open in the same decision count in its order, as far as
 * an order or a crossing opens them: one that is only wanted and denied takes nobody's place.
 */
import type { Planned } from "../planned.ts";
import type { Increase, Objection } from "../risk/check-risk.ts";
import { type Copy, type CopyLeg, type FollowerLeg, isOpen, type WorkingOrder } from "../state.ts";

export function checkPositions(
  _state: unknown,
  copy: Copy,
  part: CopyLeg,
  leg: FollowerLeg,
  { planned }: Increase,
): Objection | null {
  if (part.heldLots !== 0) return null;
  const { positionsMax, followerPositionsMax } = copy.allocation;
  if (positionsMax === null && followerPositionsMax === null) return null;
  const own = atMost(positionsMax, "allocation", () => openOfAllocation(copy, part, planned));
  if (own !== null || leg.ownedLots !== 0) return own;
  return atMost(followerPositionsMax, "follower", () => openOfFollower(leg, planned));
}

function atMost(max: number | null, of: string, count: () => number): Objection | null {
  if (max === null) return null;
  const open = count();
  if (open < max) return null;
  return { reason: "max-positions", detail: { of, open, limit: max }, waive: true };
}

/** Legs on which another copy of the allocation holds something, has an order under way, or opens just before this one. */
function openOfAllocation(copy: Copy, part: CopyLeg, planned: Planned): number {
  const { follower } = copy.market;
  const markets = new Set([copy.market, ...planned.of(follower).map(({ leg }) => leg.market)]);
  let open = 0;
  for (const market of follower.markets.values()) {
    for (const other of market.copies) {
      if (other.allocation.id !== copy.allocation.id) continue;
      const growths = markets.has(market) ? planned.ofCopy(other) : [];
      for (const leg of other.legs) {
        if (other === copy && leg === part) continue;
        const opens = growths.some((growth) => growth.leg === leg.leg && growth.lots !== 0);
        if (leg.heldLots !== 0 || isOpening(other, leg) || opens) open += 1;
      }
    }
  }
  return open;
}

/** The same for the account's own positions, whoever asked for them. */
function openOfFollower({ market, leg: name }: FollowerLeg, planned: Planned): number {
  const opening = new Set(planned.of(market.follower).flatMap(({ leg, lots }) => (lots === 0 ? [] : [leg])));
  let open = 0;
  for (const other of market.follower.markets.values()) {
    for (const leg of other.legs) {
      if (other === market && leg.leg === name) continue;
      if (leg.ownedLots !== 0 || hasIncrease(leg.working.values()) || opening.has(leg)) open += 1;
    }
  }
  return open;
}

function isOpening(copy: Copy, { leg: name }: CopyLeg): boolean {
  const leg = copy.market.legs.find((candidate) => candidate.leg === name);
  return [...(leg?.working.values() ?? [])].some((order) => isIncrease(order) && isFor(order, copy));
}

function isFor({ shares }: WorkingOrder, { index }: Copy): boolean {
  return shares === null ? index === 0 : shares.some(({ copy }) => copy === index);
}

function hasIncrease(orders: Iterable<WorkingOrder>): boolean {
  return [...orders].some(isIncrease);
}

function isIncrease(order: WorkingOrder): boolean {
  return isOpen(order) && !order.reduceOnly;
}
