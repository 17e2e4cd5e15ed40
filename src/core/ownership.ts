/**
 * We touch only what we own. Compares the ledger of our own fills with what the venue shows, on one leg. Owned is the
 * smaller of both on the same side; the rest is foreign. Because the two are learned over different paths, a difference
 * is established only when nothing of ours is open and a later snapshot still shows it.
 */

import { SNAPSHOT_SETTLE_MS } from "./holding.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import { mayRest } from "./order.ts";
import {
  type FollowerLeg,
  filledLots,
  isInFlight,
  isOpen,
  leftOf,
  type State,
  type WorkingOrder,
} from "./state.ts";
import { loseLots } from "./virtual.ts";

/** Notes whether venue and ledger agree; call after every change of either. */
export function compareWithVenue(state: State, leg: FollowerLeg): void {
  const { ownedLots, foreignLots, venue } = leg;
  const difference = venue.lots - ownedLots;
  // On two sides they are one sum and nobody's position: more was closed than was ours, as by an order of a lost tail.
  if (difference === foreignLots && Math.sign(ownedLots) * Math.sign(foreignLots) >= 0) {
    noteAgreed(leg);
    return;
  }
  if (difference === 0) {
    leg.foreignLots = ZERO_LOTS;
    noteAgreed(leg);
    state.dirty.add(leg.market);
    return;
  }
  noteShown(leg);
  leg.mismatchSinceMs ??= state.nowMs;
  state.dirty.add(leg.market);
}

function noteAgreed(leg: FollowerLeg): void {
  leg.mismatchSinceMs = null;
  leg.shownLots = null;
  leg.shownBefore = null;
}

/**
 * The venue shows less of ours than the ledger has, and it is no addition of ours that it lacks. Who took it away may be settled only
 * later, when the owner holds something of their own there again.
 */
function noteShown(leg: FollowerLeg): void {
  const { venue, ownedLots, shownLots, shownBefore } = leg;
  if (shownBefore?.sequence !== venue.confirmedSequence)
    leg.shownBefore = { lots: shownAtStatement(leg), sequence: venue.confirmedSequence };
  if (awaitsAddition(leg) || venue.disputed) return;
  const shown = commonPart(venue.lots, ownedLots);
  if (shown !== ownedLots) leg.shownLots = shownLots === null ? shown : commonPart(shown, shownLots);
}

/** Without what executions of ours after the venue's last statement did to it. */
function shownAtStatement({ venue, shownLots }: FollowerLeg): Lots | null {
  let lots = shownLots;
  for (const fill of venue.pending)
    if (lots !== null && fill.isOurs === true) lots = subtractLots(lots, fill.lots);
  return lots;
}

/**
 * How much of what we own the venue is known to have, unsigned: all of it, unless it showed less since both differ. Of that, orders of
 * ours may have closed some since, by the venue's totals, that no execution tells the place of.
 */
export function surelyOwned(leg: FollowerLeg): number {
  const { ownedLots } = leg;
  const shownLots = shownNow(leg);
  if (shownLots === null) return Math.abs(ownedLots);
  const closed = Math.abs(untoldLots(leg, -Math.sign(ownedLots)));
  return Math.max(Math.abs(commonPart(ownedLots, shownLots)) - closed, 0);
}

/** What the venue shows while it contradicts itself counts for the moment, and is not remembered. */
function shownNow(leg: FollowerLeg): Lots | null {
  const { venue, ownedLots, shownLots, mismatchSinceMs } = leg;
  if (!venue.disputed || mismatchSinceMs === null || awaitsAddition(leg)) return shownLots;
  const shown = commonPart(venue.lots, shownLots ?? ownedLots);
  return shown === ownedLots ? shownLots : shown;
}

/** What the ledger has on `side` by the venue's totals, and no execution of it was told, signed. */
export function untoldLots({ working }: FollowerLeg, side: number): Lots {
  let sum = 0;
  for (const order of working.values())
    if (Math.sign(order.lots) === side) sum += filledLots(order) - order.tradedLots;
  return Lots(sum * side);
}

/**
 * A snapshot is in. Where executions are still being read that nobody streamed, one of them may have closed of ours what the venue shows
 * less of, also beside an owner's part on the same side, which hides that.
 */
export function noteDoubt(state: State, leg: FollowerLeg, awaitsExecutions: boolean): void {
  const { ownedLots, foreignLots, venue, doubtedLots } = leg;
  const gone = awaitsExecutions ? (ownedLots + foreignLots - venue.lots) * Math.sign(ownedLots) : 0;
  leg.doubtedLots = Lots(Math.max(gone, 0));
  if (leg.doubtedLots !== doubtedLots) state.dirty.add(leg.market);
}

/** An execution of ours was told that the venue's statement contains already: what it closed of `before` is in doubt no longer. */
export function noteTold(leg: FollowerLeg, before: Lots): void {
  const closed = Math.abs(before) - Math.abs(commonPart(before, leg.ownedLots));
  leg.doubtedLots = Lots(Math.max(leg.doubtedLots - closed, 0));
}

/** The same, unsigned, for who would close it now: without what may have been closed already. */
export function reducibleNow(leg: FollowerLeg): number {
  return Math.max(Math.min(surelyOwned(leg), Math.abs(leg.ownedLots) - leg.doubtedLots), 0);
}

/** Fills of ours: `lots` signed. What the venue showed before they added to the ledger says nothing of them. */
export function addOwned(leg: FollowerLeg, lots: Lots): void {
  const before = leg.ownedLots;
  leg.ownedLots = addLots(before, lots);
  if (leg.ownedLots === 0 || commonPart(leg.ownedLots, before) === leg.ownedLots) return;
  leg.shownLots = null;
  leg.shownBefore = null;
}

/**
 * A snapshot that was asked for at `requestedAtMs` is in: what still differs is a fact, but while executions are being read that nobody
 * streamed: one of a lost tail of the journal may explain it, and what it closed would be given up and then counted once more.
 */
export function establishOwnership(
  state: State,
  leg: FollowerLeg,
  {
    requestedAtMs,
    awaitsExecutions = false,
  }: { readonly requestedAtMs: number; readonly awaitsExecutions?: boolean },
): void {
  if (leg.mismatchSinceMs === null || mayHaveFilled(leg, requestedAtMs)) return;
  if (awaitsFills(leg, requestedAtMs)) return;
  const virgin = leg.ownedLots === 0 && leg.working.size === 0;
  if (!virgin && requestedAtMs < leg.mismatchSinceMs + SNAPSHOT_SETTLE_MS) return;
  if (!virgin && awaitsExecutions) return;
  if (hasOpenOrders(leg)) return noteShown(leg);
  divide(state, leg, leg.venue.lots);
  noteAgreed(leg);
  state.dirty.add(leg.market);
}

/**
 * What copies on opposite sides make is one position on one side: given to the owner, one of them takes from the others what
 * it had set off, for of that nothing is there to be held or closed. No more is ours than the `before` that was.
 */
export function setOff(state: State, leg: FollowerLeg, before: Lots): void {
  const { ownedLots, foreignLots } = leg;
  if (commonPart(ownedLots, before) === ownedLots && Math.sign(ownedLots) * Math.sign(foreignLots) >= 0)
    return;
  divide(state, leg, commonPart(addLots(ownedLots, foreignLots), before));
  leg.foreignLots = subtractLots(addLots(ownedLots, foreignLots), leg.ownedLots);
}

/** Of a position of `held` lots ours is what we surely own on its side, and the rest is foreign. */
function divide(state: State, leg: FollowerLeg, held: Lots): void {
  const kept = commonPart(held, commonPart(leg.ownedLots, leg.shownLots ?? leg.ownedLots));
  const lost = subtractLots(leg.ownedLots, kept);
  if (lost !== 0) loseLots(state, leg, lost);
  leg.ownedLots = kept;
  leg.foreignLots = subtractLots(held, kept);
}

/** Whether the venue shows more than our fills and open orders can explain: somebody else trades here. */
export function showsForeign(leg: FollowerLeg): boolean {
  const excess = leg.venue.lots - leg.foreignLots - leg.ownedLots;
  if (excess === 0) return false;
  let [most, least] = [0, 0];
  for (const order of leg.working.values()) {
    if (!isOpen(order)) continue;
    const rest = leftOf(order);
    if (order.lots > 0) most += rest;
    else least -= rest;
  }
  if (excess > most) return leg.venue.lots > 0;
  if (excess < least) return leg.venue.lots < 0;
  return false;
}

/** The venue's total of an order was just told and its executions were not: the position may lack what the ledger has. */
function awaitsFills(leg: FollowerLeg, requestedAtMs: number): boolean {
  for (const { tradedLots, reportedLots, closedAtMs } of leg.working.values())
    if (tradedLots < reportedLots && requestedAtMs < closedAtMs + SNAPSHOT_SETTLE_MS) return true;
  return false;
}

/** An order of ours may have added to what is held, or may do so yet, and the venue's holding may lack that. */
function awaitsAddition(leg: FollowerLeg): boolean {
  for (const order of leg.working.values())
    if (!order.reduceOnly && (isOpen(order) || order.tradedLots < order.reportedLots)) return true;
  return false;
}

/** An order that rests and that the snapshot did not list may have been filled, which explains a difference. */
function mayHaveFilled(leg: FollowerLeg, requestedAtMs: number): boolean {
  for (const order of leg.working.values())
    if (isOpen(order) && mayRest(order.form) && order.listedAtMs < requestedAtMs) return true;
  return false;
}

/**
 * Whether a reduction to `goal` could close more than is to go, beside exits of ours that still rest: one to a part could, and a whole
 * one where the venue shows more on our side than is ours, for there reduce-only does not stop it at nothing.
 */
export function couldCloseTwice({ ownedLots, foreignLots, venue }: FollowerLeg, goal: Lots): boolean {
  const side = Math.sign(ownedLots);
  return Math.sign(goal) === side || foreignLots * side > 0 || (venue.lots - ownedLots) * side > 0;
}

/**
 * What we hold for ours may not be there: venue and ledger differ, or a snapshot lacked the position once. No exit is placed on it, and
 * no entry against it.
 */
export function isContradicted({ mismatchSinceMs, venue }: FollowerLeg): boolean {
  return mismatchSinceMs !== null || venue.disputed;
}

/**
 * The venue shows more than ours, which may be somebody else's trade or news that is on its way: nothing is added before
 * it is known. The wait for it, and its end, are watchMismatch's (step.ts).
 */
export function isUnsettled(leg: FollowerLeg): boolean {
  return leg.foreignLots === 0 && leg.mismatchSinceMs !== null && showsForeign(leg);
}

/** Whether an order is on its way that changes the position now (`isInFlight`); those that rest are none. */
export function hasOpenOrders(leg: FollowerLeg): boolean {
  if (leg.working.size === 0) return false;
  for (const order of leg.working.values()) if (isInFlight(order)) return true;
  return false;
}

/** Net quantity of the orders in flight that is not filled yet, signed: what the position is about to change by. */
export function inFlightLots(leg: FollowerLeg): Lots {
  let sum = ZERO_LOTS;
  for (const order of leg.working.values()) if (isInFlight(order)) sum = addLots(sum, unfilledLots(order));
  return sum;
}

/**
 * What may fill at any time while it rests, signed: `entries` would add to the position or open one, `exits` only reduce.
 * Orders in flight are in neither.
 */
export interface RestingLots {
  readonly entries: Lots;
  readonly exits: Lots;
}

export function restingLots(leg: FollowerLeg): RestingLots {
  let [entries, exits] = [ZERO_LOTS, ZERO_LOTS];
  for (const order of leg.working.values()) {
    if (!isOpen(order) || isInFlight(order)) continue;
    if (order.reduceOnly) exits = addLots(exits, unfilledLots(order));
    else entries = addLots(entries, unfilledLots(order));
  }
  return { entries, exits };
}

function unfilledLots(order: WorkingOrder): Lots {
  const rest = leftOf(order);
  return Lots(order.lots < 0 ? -rest : rest);
}

export function commonPart(left: Lots, right: Lots): Lots {
  if (Math.sign(left) !== Math.sign(right)) return ZERO_LOTS;
  return Math.abs(left) < Math.abs(right) ? left : right;
}
