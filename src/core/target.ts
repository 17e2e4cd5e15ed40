/**
 * Room 4: what each follower should hold. Maps a leader's legs onto the follower's position mode, sizes them, and keeps
 * the waived part (refused, skipped or closed by the owner) out of the target.
 */
import { tradesAfter } from "./entry/leader-price.ts";
import { isPriced } from "./entry/rules.ts";
import type { Leg, PositionMode } from "./event.ts";
import { cutTarget, endFlatCuts } from "./guard/stop.ts";
import { copyLeg } from "./markets.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import { withAhead } from "./pending/ahead-lots.ts";
import { growth, outstanding } from "./shape/late-entry.ts";
import { type LeaderLegs, leftOutLots, onLeg, shapedLots, turnedLeg } from "./shape/side.ts";
import { ratcheted } from "./shape/stop-mode.ts";
import { isSamePosition } from "./sizing/size.ts";
import { leavesBand, size } from "./sizing/sizing.ts";
import type { Copy, CopyLeg, FollowerMarket, State } from "./state.ts";

/** A price of the moment is asked for with the next look at a market. */
const PRICE_WAIT_MS = 100;

const ONE_WAY_LEGS: readonly Leg[] = ["net"];
const HEDGE_LEGS: readonly Leg[] = ["long", "short"];

export function legsOf(mode: PositionMode): readonly Leg[] {
  return mode === "one-way" ? ONE_WAY_LEGS : HEDGE_LEGS;
}

/** Recomputes what `copy` wants of each of the follower's legs after the leader's holding changed. */
export function updateWanted(state: State, copy: Copy): void {
  const { mode } = copy.market;
  if (mode === null || !copy.active) return;
  for (const name of legsOf(mode)) {
    const leg = copyLeg(copy, name);
    const leaderLots = leaderSize(copy, name);
    if (leaderLots === leg.leaderLots && leg.unsized === null) continue;
    const before = leg.wantedLots;
    sizeLeg(state, copy, leg, leaderLots);
    if (copy.lateNext) noteLate(copy, leg, before);
  }
  copy.lateNext &&= copy.legs.some((leg) => leg.unsized !== null);
  if (copy.ending === "with-leader" && copy.legs.every((leg) => leg.wantedLots === 0)) finish(state, copy);
}

/** The leader is flat: a copy that went down with it is at its end, and changes of later events are no matter of it (markets.ts). */
function finish(state: State, copy: Copy): void {
  copy.active = false;
  copy.ending = null;
  state.finished.push(copy);
}

/** The allocation is back before its end was: what the copy gave up meanwhile is for the start mode to decide. */
export function rejoin(state: State, copy: Copy): void {
  copy.ending = null;
  copy.active = true;
  noteLateNext(state, copy);
  for (const leg of copy.legs) {
    leg.leaderLots = ZERO_LOTS;
    leg.waivedFor = null;
    // No news to `updateWanted`, as nothing is what it starts from.
    if (leaderSize(copy, leg.leg) === 0) sizeLeg(state, copy, leg, ZERO_LOTS);
  }
  updateWanted(state, copy);
}

/** What the next sizing adds is for the start mode to decide; the market is looked at again soon, with the price of then. */
export function noteLateNext(state: State, copy: Copy): void {
  if (copy.allocation.startMode === "all") return;
  copy.lateNext = true;
  const { index } = copy.market;
  state.agenda.set(
    index,
    Math.min(state.agenda.get(index) ?? Number.POSITIVE_INFINITY, state.nowMs + PRICE_WAIT_MS),
  );
}

/** What was added to `before` is late: given up, or judged by its price before it is bought. */
function noteLate({ allocation }: Copy, leg: CopyLeg, before: Lots): void {
  const late = growth(before, leg);
  if (allocation.startMode === "new-only") waive(leg, Lots(late * Math.sign(leg.wantedLots)));
  else if (allocation.startMode === "not-worse") leg.lateLots = addLots(leg.lateLots, late);
}

/** Sizes every leg anew although the leader did not move: the rule's settings changed. */
export function resize(state: State, copy: Copy): void {
  for (const leg of copy.legs) {
    leg.proportion = null;
    sizeLeg(state, copy, leg, leaderSize(copy, leg.leg));
  }
  updateWanted(state, copy);
}

/** Sizes every leg in the steps that the instruments have now; what was fixed stays, as no figure moved. */
export function resizeInSteps(state: State, copy: Copy): void {
  for (const leg of copy.legs) sizeLeg(state, copy, leg, leaderSize(copy, leg.leg));
}

/** The copy is on the other side from now on: what was given up on one side stays given up on the other. */
export function turn(copy: Copy): void {
  const before = copy.legs.map((leg) => ({ ...leg }));
  for (const leg of copy.legs) {
    const opposite = before.find((one) => one.leg === turnedLeg(leg.leg, { inverse: true }));
    if (opposite === undefined) continue;
    leg.wantedLots = Lots(-opposite.wantedLots);
    leg.waivedLots = Lots(-opposite.waivedLots);
    leg.stoppedLots = Lots(-opposite.stoppedLots);
    leg.lateLots = opposite.lateLots;
    leg.leaderLots = Lots(-opposite.leaderLots);
    leg.opening = opposite.opening;
    leg.waivedFor = opposite.waivedFor;
    leg.trades = [];
    leg.ahead = [];
    leg.pendingNotes = [];
    leg.excessLots = ZERO_LOTS;
    leg.approvedLots = ZERO_LOTS;
    leg.proposal = null;
  }
}

/**
 * A figure that sizing reads is new (capital, evidence, a price): sizes what lacked it, and what left its rebalance band. True
 * when a target moved.
 */
export function followFigures(state: State, copy: Copy): boolean {
  if (copy.rule.kind === "multiplier" || !copy.active) return false;
  const before = copy.legs.map(legTarget);
  for (const leg of copy.legs) {
    if (leg.unsized !== null) sizeLeg(state, copy, leg, leaderSize(copy, leg.leg));
    else if (leavesBand(state, copy, leg)) {
      leg.proportion = null;
      sizeLeg(state, copy, leg, leg.leaderLots);
    }
  }
  updateWanted(state, copy);
  return copy.legs.some((leg, index) => legTarget(leg) !== before[index]);
}

/** The copy ends: it wants nothing any more. */
export function wantNothing(copy: Copy): void {
  for (const leg of copy.legs) {
    leg.ahead = [];
    leg.pendingNotes = [];
    moveWanted(leg, ZERO_LOTS, ZERO_LOTS);
    leg.unsized = null;
    leg.proportion = null;
    leg.opening = null;
    leg.proposal = null;
  }
}

/** The account keeps its positions otherwise from now on: what was given up stays given up on the new legs. */
export function changeMode(state: State, copy: Copy, mode: PositionMode): void {
  const old = copy.legs.filter((leg) => !legsOf(mode).includes(leg.leg));
  copy.legs = copy.legs.filter((leg) => legsOf(mode).includes(leg.leg));
  updateWanted(state, copy);
  for (const { waivedLots, stoppedLots, waivedFor } of old) {
    for (const leg of copy.legs) {
      waive(leg, addLots(waivedLots, stoppedLots));
      if (leg.waivedLots !== 0) leg.waivedFor ??= waivedFor;
    }
  }
}

function sizeLeg(state: State, copy: Copy, leg: CopyLeg, leaderLots: Lots): void {
  const sized = size(state, copy, leg, leaderLots);
  leg.unsized = sized.kind === "unsized" ? sized.reason : null;
  if (sized.kind === "unsized") return followDown(leg, leaderLots);
  leg.proportion = sized.proportion;
  leg.opening = sized.opening;
  const lots = copy.ending === "with-leader" ? ratcheted(leg, sized.lots) : sized.lots;
  if (!isPriced(copy)) return moveWanted(leg, lots, leaderLots);
  const before = { wantedLots: leg.wantedLots, missing: missingLots(leg) };
  moveWanted(leg, lots, leaderLots);
  leg.trades = tradesAfter(state, copy, leg, before);
}

/** What a copy's leg still lacks of its target, unsigned. */
export function missingLots(leg: CopyLeg): number {
  const target = legTarget(leg);
  return Math.max(Math.abs(target) - Math.abs(leastOf(leg.heldLots, target)), 0);
}

/** Where the rule gives no size nothing is added; but what the leader closed is closed in step, and the other side never kept. */
function followDown(leg: CopyLeg, leaderLots: Lots): void {
  if (!isSamePosition(leg, leaderLots)) {
    moveWanted(leg, ZERO_LOTS, ZERO_LOTS);
    leg.proportion = null;
    leg.opening = null;
  } else if (Math.abs(leaderLots) < Math.abs(leg.leaderLots)) {
    const left = (BigInt(leg.wantedLots) * BigInt(leaderLots)) / BigInt(leg.leaderLots);
    moveWanted(leg, Lots(Number(left)), leaderLots);
  }
}

/** The part of the leader's size that belongs on one of the follower's legs, with its sign there, in the leader's lots. */
export function leaderSize(copy: Copy, leg: Leg): Lots {
  const legs = leaderLegs(copy);
  return copy.isPlain ? onLeg(legs, leg) : shapedLots(copy.allocation, legs, leg);
}

/** What the leader holds on the side that is not copied, as it would show on one of the follower's legs. */
export function leftOutSize(copy: Copy, leg: Leg): Lots {
  return leftOutLots(copy.allocation, leaderLegs(copy), leg);
}

export function leaderLegs({ leader, leaderInstrument }: Copy): LeaderLegs {
  const legs = leader.holdings.get(leaderInstrument.id);
  if (legs === undefined) return FLAT_LEGS;
  return {
    net: legs.get("net")?.lots ?? ZERO_LOTS,
    long: legs.get("long")?.lots ?? ZERO_LOTS,
    short: legs.get("short")?.lots ?? ZERO_LOTS,
  };
}

const FLAT_LEGS: LeaderLegs = { net: ZERO_LOTS, long: ZERO_LOTS, short: ZERO_LOTS };

/** What the follower should hold on one leg: the netted targets of all copies. */
export function targetLots(market: FollowerMarket, leg: Leg): Lots {
  let sum = ZERO_LOTS;
  for (const copy of market.copies) {
    const part = copy.legs.find((candidate) => candidate.leg === leg);
    if (part !== undefined) sum = addLots(sum, legTarget(part));
  }
  return sum;
}

/** The copy whose settings decide where only one can: the first that is in force. */
export function leadingCopy(market: FollowerMarket): Copy | undefined {
  return market.copies.find((copy) => copy.active);
}

export function legTarget(leg: CopyLeg): Lots {
  const base = baseTarget(leg);
  return leg.ahead.length === 0 ? base : withAhead(leg, base);
}

/** The target without what is held ahead of the leader. */
export function baseTarget(leg: CopyLeg): Lots {
  const { waivedLots, stoppedLots } = leg;
  return stoppedLots === 0
    ? cutTarget(leg)
    : cutTarget({ ...leg, waivedLots: addLots(waivedLots, stoppedLots) });
}

/** A new size by the rule: waiver and excess shrink with it and end when it is flat or on the other side. */
export function moveWanted(leg: CopyLeg, wanted: Lots, leaderLots: Lots): void {
  leg.excessLots = shrunkExcess(leg, wanted);
  const waived = shrunkWaiver(leg, wanted);
  leg.stoppedLots = shrunkStopped(leg, wanted, waived);
  leg.waivedLots = waived;
  if (leg.waivedLots === 0) leg.waivedFor = null;
  leg.lateLots = isSameSide(leg.wantedLots, wanted)
    ? Lots(Math.min(outstanding(leg), Math.abs(wanted)))
    : ZERO_LOTS;
  if (isOver(leg, wanted, leaderLots)) endFlatCuts(leg);
  leg.wantedLots = wanted;
  leg.leaderLots = leaderLots;
  leg.approvedLots = leastOf(leg.approvedLots, legTarget(leg));
}

/** The leader's position is over, or is another one now; not where our size of it only rounds to nothing. */
function isOver(leg: CopyLeg, wanted: Lots, leaderLots: Lots): boolean {
  if (isSameSide(leg.leaderLots, leaderLots)) return false;
  return wanted === 0 || !isSameSide(leg.wantedLots, wanted);
}

/** The smaller of two signed sizes on the same side; nothing where they are on different ones. */
export function leastOf(one: Lots, other: Lots): Lots {
  if (Math.sign(one) !== Math.sign(other)) return ZERO_LOTS;
  return Math.abs(one) < Math.abs(other) ? one : other;
}

function isSameSide(before: Lots, wanted: Lots): boolean {
  return Math.sign(before) === Math.sign(wanted);
}

/**
 * Gives up `lots` (signed like the wanted size) of a leg's target, at most all of it: first what was bought beyond the
 * rule's size, then the rule's. Returns what was not given up.
 */
export function waive(leg: CopyLeg, lots: Lots): Lots {
  if (lots === 0 || Math.sign(lots) !== Math.sign(leg.wantedLots)) return lots;
  const side = Math.sign(lots);
  const surplus = Math.min(Math.abs(lots), Math.abs(leg.excessLots));
  leg.excessLots = subtractLots(leg.excessLots, Lots(surplus * side));
  const room = Math.abs(leg.wantedLots) - Math.abs(leg.waivedLots) - Math.abs(leg.stoppedLots);
  const taken = Math.min(Math.abs(lots) - surplus, room);
  leg.waivedLots = addLots(leg.waivedLots, Lots(taken * side));
  leg.approvedLots = leastOf(leg.approvedLots, legTarget(leg));
  return Lots(lots - (surplus + taken) * side);
}

/** Rounded up, so that a leader's reduction never lets a waived part be bought. */
function shrunkWaiver(leg: CopyLeg, wanted: Lots): Lots {
  if (leg.waivedLots === 0) return ZERO_LOTS;
  if (wanted === 0 || Math.sign(wanted) !== Math.sign(leg.wantedLots)) return ZERO_LOTS;
  const [before, after] = [Math.abs(leg.wantedLots), Math.abs(wanted)];
  if (after >= before) return leg.waivedLots;
  const product = BigInt(Math.abs(leg.waivedLots)) * BigInt(after);
  const shrunk = Number((product + BigInt(before) - 1n) / BigInt(before));
  return Lots(shrunk * Math.sign(wanted));
}

/** What the leader closes now, our stops closed already: they are even again by so much. */
function shrunkStopped(leg: CopyLeg, wanted: Lots, waived: Lots): Lots {
  if (leg.stoppedLots === 0 || wanted === 0 || !isSameSide(leg.wantedLots, wanted)) return ZERO_LOTS;
  const before = Math.abs(leg.wantedLots) - Math.abs(leg.waivedLots);
  const closed = Math.max(before - (Math.abs(wanted) - Math.abs(waived)), 0);
  return Lots(Math.max(Math.abs(leg.stoppedLots) - closed, 0) * Math.sign(wanted));
}

/** The excess is used up by an increase, so that rounding up is never followed by a sale of the same quantity. */
function shrunkExcess(leg: CopyLeg, wanted: Lots): Lots {
  if (leg.excessLots === 0 || wanted === 0 || Math.sign(wanted) !== Math.sign(leg.wantedLots))
    return ZERO_LOTS;
  const [before, after] = [Math.abs(leg.wantedLots), Math.abs(wanted)];
  const excess = Math.abs(leg.excessLots);
  const shrunk =
    after >= before ? Math.max(0, excess - (after - before)) : Math.floor((excess * after) / before);
  return Lots(shrunk * Math.sign(wanted));
}
