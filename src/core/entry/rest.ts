/**
 * Entries that rest, at the leader's price or as slices of what is worked: what of a copy's target they stand for, when they are taken back, and what becomes
 * of what did not fill. What rests counts as spoken for: held and resting together never exceed the target. At its deadline, or
 * when somebody else took it out of the book, the rest is given up; what we cancelled for another reason is decided anew.
 */
import type { DecisionDraft } from "../decision.ts";
import { copiesOf } from "../explanation.ts";
import { copyLeg, knownLeg } from "../markets.ts";
import { Lots, ZERO_LOTS } from "../model/amounts.ts";
import { cancelResting } from "../resting.ts";
import type { Objection } from "../risk/check-risk.ts";
import { checkFollowerFreshness, checkLeaderFreshness } from "../risk/freshness.ts";
import { checkPermission } from "../risk/permission.ts";
import { objectionToStanding } from "../risk/standing.ts";
import { checkStopped } from "../risk/stopped.ts";
import { checkEnding } from "../shape/stop-mode.ts";
import { checkHours } from "../shape/trading-hours.ts";
import { sliceEndMs } from "../slicing/work.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  type FollowerMarket,
  isOpen,
  leftFor,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { legTarget, missingLots, waive } from "../target.ts";
import { NO_COPY } from "../virtual.ts";

/** For one that we took back another is placed at once, and after that no more than one in so long: the venue counts orders. */
const ENTRY_PAUSE_MS = 5_000;

/** Lots (unsigned) that may still be bought for `copy` by its entries that rest, or sold where they open a short. */
export function restingLotsOf(leg: FollowerLeg, copy: Copy): number {
  let sum = 0;
  if (leg.working.size === 0) return sum;
  for (const order of leg.working.values()) if (isRestingEntry(order)) sum += leftFor(order, copy.index);
  return sum;
}

/**
 * Of such orders what brings lots of nobody's (virtual.ts) to nothing, signed: it is no part of any copy's goal, and on its way all
 * the same.
 */
export function restingLotsOfNobody(leg: FollowerLeg): Lots {
  let sum = 0;
  if (leg.working.size === 0) return ZERO_LOTS;
  for (const order of leg.working.values())
    if (isRestingEntry(order)) sum += leftFor(order, NO_COPY) * Math.sign(order.lots);
  return Lots(sum);
}

function isRestingEntry(order: WorkingOrder): boolean {
  return isOpen(order) && !order.reduceOnly && (order.purpose === "entry-rest" || order.purpose === "slice");
}

/** Takes back what rests too long, is more than its copies still want, or may not open risk any more. */
export function tendRestingEntries(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    if (leg.working.size === 0) continue;
    const entries = [...leg.working.values()].filter(isRestingEntry);
    for (const order of entries.toReversed()) tend(state, leg, order, draft);
  }
}

function tend(state: State, leg: FollowerLeg, order: WorkingOrder, draft: DecisionDraft): void {
  const copies = copiesOf({ market: leg.market, shares: order.shares });
  const endMs = order.purpose === "slice" ? sliceEndMs(leg.work) : deadlineOf(order, copies);
  const isBarred =
    copies.some((copy) => barOf(state, leg, copy) !== null) ||
    objectionToStanding(state, leg, order, copies, draft.planned) !== null;
  if (state.nowMs >= endMs || isBarred || copies.some((copy) => isTooMuch(leg, copy, order, draft)))
    return cancelResting(state, leg, order, draft);
  draft.waits.push({ market: leg.market, untilMs: endMs });
}

/** By the shortest patience of those that it is for. */
function deadlineOf(order: WorkingOrder, copies: readonly Copy[]): number {
  const patience = copies.map(({ allocation }) => allocation.restMs);
  return order.decidedAtMs + Math.min(...patience);
}

/** Why nothing may open risk for the copy now, however little: what rests would, at any moment. Null where it may. */
export function barOf(state: State, leg: FollowerLeg, copy: Copy): Objection | null {
  return (
    checkPermission(state, leg) ??
    checkFollowerFreshness(state, leg) ??
    checkStopped(state, copy) ??
    checkEnding(state, copy) ??
    checkLeaderFreshness(state, copy) ??
    checkHours(state, copy)
  );
}

/** Whether it is more than its copy lacks of the target, with all that rests for it but what is being cancelled already. */
function isTooMuch(leg: FollowerLeg, copy: Copy, order: WorkingOrder, { cancels }: DecisionDraft): boolean {
  const lacks = lackingLots(knownLeg(copy, leg.leg), order);
  let resting = 0;
  for (const one of leg.working.values()) {
    const isGoing = cancels.some(({ clientOrderId }) => clientOrderId === one.clientOrderId);
    if (isRestingEntry(one) && one.change?.kind !== "cancel" && !isGoing) resting += leftFor(one, copy.index);
  }
  return resting > lacks;
}

/** On its side, unsigned: slices take along what a copy closes, and entries at the leader's price only add. */
function lackingLots(part: CopyLeg, { purpose, lots }: WorkingOrder): number {
  const side = Math.sign(lots);
  const target = legTarget(part);
  if (purpose === "slice") return (target - part.heldLots) * side;
  return Math.sign(target) === side ? missingLots(part) : Number.NEGATIVE_INFINITY;
}

/** An order ended: what it leaves unfilled is given up by the copies whose rule says so, or rests again after a while. Part of the fold. */
export function giveUpUnfilled(state: State, leg: FollowerLeg, order: WorkingOrder): void {
  if (order.reduceOnly || order.adopted) return;
  const copies = copiesOf({ market: leg.market, shares: order.shares });
  if (order.purpose === "entry-rest") {
    const isCancelled = order.change?.kind === "cancel";
    if (isCancelled) leg.entryAgainAtMs = Math.max(leg.entryAgainAtMs + ENTRY_PAUSE_MS, order.decidedAtMs);
    const isOurs = isCancelled && state.nowMs < deadlineOf(order, copies);
    if (!isOurs) for (const copy of copies) give(leg, order, copy, "rest-expired");
  } else if (order.form.kind === "limit" && order.purpose === "rebalance") {
    for (const copy of copies) if (copy.allocation.onRunaway === "take") give(leg, order, copy, "slippage");
  }
}

function give(leg: FollowerLeg, order: WorkingOrder, copy: Copy, reason: "rest-expired" | "slippage"): void {
  const part = copyLeg(copy, leg.leg);
  if (Math.sign(legTarget(part)) !== Math.sign(order.lots)) return;
  const free = missingLots(part) - restingLotsOf(leg, copy);
  const lots = Math.min(leftFor(order, copy.index), free);
  if (lots <= 0) return;
  waive(part, Lots(lots * Math.sign(order.lots)));
  part.waivedFor = reason;
}
