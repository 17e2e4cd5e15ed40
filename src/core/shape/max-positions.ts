/**
 * How many positions may be open at a time, of one allocation and of the follower as a whole. It speaks against new ones
 * only, and what a leader opens beyond it is given up. Positions that open in the same decision count in its order.
 */
import type { Objection } from "../risk/check-risk.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  isOpen,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { legTarget } from "../target.ts";

export function checkPositions(state: State, copy: Copy, part: CopyLeg, leg: FollowerLeg): Objection | null {
  if (part.heldLots !== 0) return null;
  const { positionsMax, followerPositionsMax } = copy.allocation;
  if (positionsMax === null && followerPositionsMax === null) return null;
  const own = atMost(positionsMax, "allocation", () => openOfAllocation(state, copy, part));
  if (own !== null || leg.ownedLots !== 0) return own;
  return atMost(followerPositionsMax, "follower", () => openOfFollower(state, leg));
}

function atMost(max: number | null, of: string, count: () => number): Objection | null {
  if (max === null) return null;
  const open = count();
  if (open < max) return null;
  return { reason: "max-positions", detail: { of, open, limit: max }, waive: true };
}

/** Legs on which another copy of the allocation holds something, has an order under way, or opens just before this one. */
function openOfAllocation(state: State, copy: Copy, part: CopyLeg): number {
  const earlier = decidedBefore(state, copy.market);
  let open = 0;
  for (const market of copy.market.follower.markets.values()) {
    for (const other of market.copies) {
      if (other.allocation.id !== copy.allocation.id) continue;
      for (const leg of other.legs) {
        if (other === copy && leg === part) continue;
        const comesFirst =
          earlier.has(market) ||
          (market === copy.market && isBefore({ copy: other, leg }, { copy, leg: part }));
        if (leg.heldLots !== 0 || isOpening(other, leg) || (comesFirst && legTarget(leg) !== 0)) open += 1;
      }
    }
  }
  return open;
}

/** The same for the account's own positions, whoever asked for them. */
function openOfFollower(state: State, { market, leg: name }: FollowerLeg): number {
  const earlier = decidedBefore(state, market);
  let open = 0;
  for (const other of market.follower.markets.values()) {
    for (const leg of other.legs) {
      if (other === market && leg.leg === name) continue;
      const comesFirst = earlier.has(other) || (other === market && name === "short");
      const wants = () =>
        other.copies.some((copy) => copy.legs.some((part) => part.leg === leg.leg && legTarget(part) !== 0));
      if (leg.ownedLots !== 0 || hasIncrease(leg.working.values()) || (comesFirst && wants())) open += 1;
    }
  }
  return open;
}

/** Markets that the decision being made looked at already. */
function decidedBefore(state: State, market: Copy["market"]): ReadonlySet<Copy["market"]> {
  const earlier = new Set<Copy["market"]>();
  for (const dirty of state.dirty) {
    if (dirty === market) break;
    if (dirty.follower === market.follower) earlier.add(dirty);
  }
  return earlier;
}

interface Place {
  readonly copy: Copy;
  readonly leg: CopyLeg;
}

/** Legs are decided on long first, and on each leg the copies in their order. */
function isBefore(one: Place, other: Place): boolean {
  if (one.leg.leg !== other.leg.leg) return one.leg.leg === "long";
  return one.copy.index < other.copy.index;
}

function isOpening(copy: Copy, { leg: name }: CopyLeg): boolean {
  const leg = copy.market.legs.find((candidate) => candidate.leg === name);
  return [...(leg?.working.values() ?? [])].some((order) => isIncrease(order) && isFor(order, copy));
}

function isFor({ shares }: WorkingOrder, { index }: Copy): boolean {
  return shares === null || shares.some(({ copy }) => copy === index);
}

function hasIncrease(orders: Iterable<WorkingOrder>): boolean {
  return [...orders].some(isIncrease);
}

function isIncrease(order: WorkingOrder): boolean {
  return isOpen(order) && !order.reduceOnly;
}
