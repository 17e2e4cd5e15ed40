/**
 * What each leader's copies hold of one account's position. The account has one position per leg; beside it every copy has a
 * virtual one, and these always sum to what we own there, with what belongs to no copy (an order taken back from a lost tail)
 * as the rest. Opposite wishes cross inside; a fill is shared out among the copies that asked for it.
 */
import type { Leg } from "./event.ts";
import { noteOpening } from "./guard/position-stop.ts";
import { bookAtMark, type Weights } from "./ledger.ts";
import { copyLeg } from "./markets.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import { giveUpAhead } from "./pending/ahead-lots.ts";
import type { Copy, CopyLeg, FollowerLeg, OrderShare, State, WorkingOrder } from "./state.ts";
import { legTarget, waive } from "./target.ts";

/** Lots that move between the copies of one leg, without an order: by the copy's index, signed, in sum nothing. */
export interface Crossing {
  readonly leg: FollowerLeg;
  /** Index -1 is what belongs to no copy. */
  readonly moves: readonly { readonly copy: number; readonly lots: Lots }[];
}

export const NO_COPY = -1;

export function heldLots(copy: Copy, leg: Leg): Lots {
  return copy.legs.find((part) => part.leg === leg)?.heldLots ?? ZERO_LOTS;
}

/** What we own on the leg and no copy holds. */
export function unassignedLots(leg: FollowerLeg): Lots {
  let rest = leg.ownedLots;
  for (const copy of leg.market.copies) rest = subtractLots(rest, heldLots(copy, leg.leg));
  return rest;
}

/**
 * `total` lots in proportion to `weights` (whole, not negative), exactly: rounded down, then one more each from the first on
 * while there is room. What is more than all weights together is not given out.
 */
export function split(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (total >= sum) return [...weights];
  const parts = weights.map((weight) => floorOfProduct(total, weight, sum));
  let rest = total - parts.reduce((all, part) => all + part, 0);
  for (let index = 0; rest > 0 && index < parts.length; index += 1) {
    const part = parts[index] ?? 0;
    if (part >= (weights[index] ?? 0)) continue;
    parts[index] = part + 1;
    rest -= 1;
  }
  return parts;
}

function floorOfProduct(total: number, weight: number, sum: number): number {
  const product = total * weight;
  if (Number.isSafeInteger(product)) return Math.floor(product / sum);
  return Number((BigInt(total) * BigInt(weight)) / BigInt(sum));
}

/**
 * Newly filled lots (unsigned) of an order go to the copies that asked for it, in proportion to what they still lack. Returns
 * who got how much.
 */
export function creditCopies(leg: FollowerLeg, order: WorkingOrder, gained: number): Weights {
  const side = order.lots < 0 ? -1 : 1;
  const [first] = leg.market.copies;
  if (order.shares === null) {
    if (first !== undefined) move(first, leg.leg, gained * side);
    return [{ copy: 0, weight: gained }];
  }
  const given = split(
    gained,
    order.shares.map(({ lots, givenLots }) => lots - givenLots),
  );
  order.shares.forEach((share, index) => {
    const lots = given[index] ?? 0;
    share.givenLots = addLots(share.givenLots, Lots(lots));
    const copy = leg.market.copies[share.copy];
    if (copy !== undefined) move(copy, leg.leg, lots * side);
  });
  const weights = order.shares.map(({ copy }, index) => ({ copy, weight: given[index] ?? 0 }));
  const shared = given.reduce((sum, lots) => sum + lots, 0);
  return shared === gained ? weights : [...weights, { copy: NO_COPY, weight: gained - shared }];
}

/**
 * The venue does not hold `lost` (signed) of ours any more: closed by the owner, or liquidated. Taken from the copies on that
 * side in proportion to what they hold, at the mark, and given up by them, but for what was to go anyway.
 */
export function loseLots(state: State, leg: FollowerLeg, lost: Lots): void {
  const { market } = leg;
  const side = Math.sign(lost);
  const unassigned = unassignedLots(leg);
  const free = Math.sign(unassigned) === side ? Math.abs(unassigned) : 0;
  const holders = market.copies.filter((copy) => Math.sign(heldLots(copy, leg.leg)) === side);
  const rest = Math.max(Math.abs(lost) - free, 0);
  const parts = split(
    rest,
    holders.map((copy) => Math.abs(heldLots(copy, leg.leg))),
  );
  const { instrument } = market;
  bookAtMark(state, market, "taken", { instrument, lots: Lots(-lost) });
  holders.forEach((copy, index) => {
    const taken = Lots((parts[index] ?? 0) * side);
    const part = copyLeg(copy, leg.leg);
    const due = beyondTarget(part);
    move(copy, leg.leg, -taken);
    bookAtMark(state, copy, "taken", { instrument, lots: Lots(-taken) });
    const lots = giveUpAhead(part, Lots(Math.max(Math.abs(taken) - due, 0) * side));
    waive(part, lots);
  });
}

/** What of it is to be closed for good, unsigned: what a stop cuts may be wanted again, and what its owner closed is not. */
function beyondTarget(part: CopyLeg): number {
  const target = legTarget({ ...part, cuts: [] });
  const kept = Math.sign(target) === Math.sign(part.heldLots) ? Math.abs(target) : 0;
  return Math.max(Math.abs(part.heldLots) - kept, 0);
}

export function cross(state: State, { leg, moves }: Crossing): void {
  for (const { copy: index, lots } of moves) {
    const copy = leg.market.copies[index];
    if (copy === undefined) continue;
    move(copy, leg.leg, lots);
    bookAtMark(state, copy, "cash", { instrument: leg.market.instrument, lots });
  }
}

/** Who gets how much of an order of `lots`: in proportion to needs (signed) of the same sign. More than they need is for `excessTo`. */
export function sharesOf(
  needs: readonly { readonly copy: number; readonly lots: number }[],
  lots: Lots,
  excessTo?: number,
): OrderShare[] {
  const asking = needs.filter((need) => Math.sign(need.lots) === Math.sign(lots));
  const weights = asking.map((need) => Math.abs(need.lots));
  const parts = split(Math.abs(lots), weights);
  const given = parts.reduce((sum, part) => sum + part, 0);
  const excess = Math.abs(lots) - given;
  const place = Math.max(
    asking.findIndex(({ copy }) => copy === excessTo),
    0,
  );
  return asking.map(({ copy }, index) => ({
    copy,
    lots: Lots((parts[index] ?? 0) + (index === place ? excess : 0)),
    givenLots: ZERO_LOTS,
  }));
}

function move(copy: Copy, leg: Leg, lots: number): void {
  const part = copyLeg(copy, leg);
  part.heldLots = addLots(part.heldLots, Lots(lots));
  noteOpening(copy);
}
