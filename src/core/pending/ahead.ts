/**
 * What pending entries of ours filled before the leader's own fill was heard counts as ahead of the target (ahead-lots.ts). The
 * leader's fill makes it even. What the leader took back unfilled is closed after a short grace, as the news of a fill and of an
 * order's end come in any order. All of it is part of the fold.
 */

import { copyLeg } from "../markets.ts";
import { Lots } from "../model/amounts.ts";
import type { VenueOrderId } from "../model/identifiers.ts";
import { lotsFrom } from "../model/instrument.ts";
import type { Followed } from "../order.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  type FollowerMarket,
  isInFlight,
  leftFor,
  leftOf,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { baseTarget, waive } from "../target.ts";
import { aheadFor, aheadSum, note } from "./ahead-lots.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { outlivedLots } from "./stray.ts";
import { tolerance } from "./tolerance.ts";
import { inDoubtUntilRead } from "./untold.ts";

/** So long what the leader's order does not stand for any more is kept. */
export const AHEAD_GRACE_MS = 3_000;

/**
 * A pending entry of ours filled `lots` (unsigned) for one copy: what of it is beyond its target is ahead. What the leader's other orders
 * added to the target by filling is for ours that stand for those, which may have filled unheard.
 */
export function noteAhead(
  leg: FollowerLeg,
  order: WorkingOrder,
  { copy: copyIndex, lots }: { readonly copy: number; readonly lots: number },
): void {
  const copy = leg.market.copies[copyIndex];
  if (copy === undefined || lots === 0 || order.follows === null) return;
  const part = copyLeg(copy, leg.leg);
  const side = Math.sign(order.lots);
  const comes = part.heldLots + comingLots(leg, copyIndex) + outlivedLots(leg, copy, order) * side;
  const beyond = (comes - baseTarget(part) - aheadSum(part)) * side;
  const backed = backedLots(copy, order, order.follows) - leftOf(order) - aheadFor(part, order.follows.order);
  const ahead = Math.min(Math.max(beyond, 0), Math.max(backed, 0), lots);
  if (ahead > 0) add(part, order.follows.order, ahead * side);
}

/**
 * What of ours, unsigned, stands for what was not told to be executed of the leader's order. For the rest the target has grown, and got
 * smaller again where the leader closed some of it meanwhile.
 */
function backedLots({ leader, leaderInstrument }: Copy, { lots }: WorkingOrder, follows: Followed): number {
  const [row, told] = [leader.orders?.get(follows.order), leader.traded.get(follows.order)];
  if (row === undefined || told === undefined) return Number.POSITIVE_INFINITY;
  const whole = lotsFrom(leaderInstrument, row.quantity);
  const stoodFor = lotsFrom(leaderInstrument, follows.quantity);
  const executed = lotsFrom(leaderInstrument, told.quantity);
  if (whole === undefined || !stoodFor || executed === undefined) return Number.POSITIVE_INFINITY;
  const since = Math.max(executed - Math.max(whole - stoodFor, 0), 0);
  const left = Math.max(stoodFor - since, 0);
  return Number((BigInt(Math.abs(lots)) * BigInt(left) + BigInt(stoodFor) - 1n) / BigInt(stoodFor));
}

function add(part: CopyLeg, order: VenueOrderId, lots: number): void {
  const known = part.ahead.find((one) => one.order === order);
  const entry = known ?? { order, lots: Lots(0), waivedLots: Lots(0), unbackedSinceMs: null };
  const others = part.ahead.filter((one) => one !== known);
  part.ahead = [...others, { ...entry, lots: Lots(entry.lots + lots) }];
}

/** What orders on their way to the target are about to change it by, signed. */
function comingLots(leg: FollowerLeg, copyIndex: number): number {
  let coming = 0;
  for (const order of leg.working.values()) {
    if (!isInFlight(order) || order.purpose === "pending-entry") continue;
    coming += leftFor(order, copyIndex) * Math.sign(order.lots);
  }
  return coming;
}

/** The leader's position moved by `lots` (signed, here), by a fill of `order` where that is known: so much is even. */
export function makeEven(part: CopyLeg, lots: number, order: VenueOrderId | undefined): void {
  if (part.ahead.length === 0 || lots === 0) return;
  const side = Math.sign(lots);
  let [left, waived] = [Math.abs(lots), 0];
  part.ahead = part.ahead.flatMap((one) => {
    if (Math.sign(one.lots) !== side || (order !== undefined && one.order !== order)) return [one];
    const used = Math.min(left, Math.abs(one.lots));
    const given = Math.min(used, Math.abs(one.waivedLots));
    left -= used;
    waived += given;
    const rest = Lots(one.lots - used * side);
    return rest === 0 ? [] : [{ ...one, lots: rest, waivedLots: Lots(one.waivedLots - given * side) }];
  });
  if (waived > 0) waive(part, Lots(waived * side));
}

/** Ends what the leader's orders do not stand for any more, and forgets what was said of orders that are gone. */
export function settlePending(state: State, market: FollowerMarket): void {
  for (const copy of market.copies)
    for (const part of copy.legs) {
      if (part.ahead.length === 0 && part.pendingNotes.length === 0) continue;
      // A cut closes it, and what comes after the cut is for the leader's position to say.
      if (part.cuts.length > 0) part.ahead = [];
      settle(state, copy, part);
    }
}

function settle(state: State, copy: Copy, part: CopyLeg): void {
  const entries = entriesOf(state, copy, part);
  const standing = new Set(entries.map(({ order }) => order.venueOrderId));
  part.pendingNotes = part.pendingNotes.filter(({ order, isTold }) => !isTold || standing.has(order));
  for (const one of part.ahead) {
    const entry = entries.find(({ order }) => order.venueOrderId === one.order);
    const surplus = surplusOf(copy, one.lots, entry);
    const isSettled = surplus === 0 && !mayHaveFilled(copy, one.order);
    if (isSettled) replace(part, { ...one, unbackedSinceMs: null });
    else if (one.unbackedSinceMs === null) replace(part, { ...one, unbackedSinceMs: state.nowMs });
    else if (surplus > 0 && state.nowMs >= one.unbackedSinceMs + AHEAD_GRACE_MS) end(part, one, surplus);
  }
}

/** The leader's position moved, and it was not told by which order: while it may have been this one, the target has grown by it already. */
function mayHaveFilled({ leader }: Copy, order: VenueOrderId): boolean {
  const row = leader.orders?.get(order);
  return row !== undefined && inDoubtUntilRead(leader, row) !== null;
}

/** Unsigned: by how much it is more than the leader's order would come to. */
function surplusOf(copy: Copy, lots: Lots, entry: Entry | undefined): number {
  if (entry === undefined) return Math.abs(lots);
  if (entry.unsized !== null) return 0;
  const surplus = Math.max(Math.abs(lots) - Math.abs(entry.lots), 0);
  return surplus <= tolerance(copy, entry.lots) ? 0 : surplus;
}

type One = CopyLeg["ahead"][number];

function replace(part: CopyLeg, one: One): void {
  part.ahead = part.ahead.map((known) => (known.order === one.order ? one : known));
}

function end(part: CopyLeg, one: One, surplus: number): void {
  const side = Math.sign(one.lots);
  const lots = Lots(one.lots - surplus * side);
  const waivedLots = Lots(Math.min(Math.abs(one.waivedLots), Math.abs(lots)) * side);
  if (lots === 0) part.ahead = part.ahead.filter(({ order }) => order !== one.order);
  else replace(part, { ...one, lots, waivedLots, unbackedSinceMs: null });
  const detail = { order: one.order, lots: surplus * side };
  note(part, { order: one.order, reason: "leader-did-not-fill", detail, isFinal: false, isTold: false });
}
