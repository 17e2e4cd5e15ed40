/**
 * Several leaders on one position: what each copy may hold now, what crosses inside, and who asks for what of the order that
 * is left. A copy that may not grow does not keep another from shrinking.
 */
import { type Gate, gateOf } from "./approval.ts";
import type { Proposed } from "./decision.ts";
import { laggingLots } from "./entry/exit-parity.ts";
import { type EntryTerms, judgeEntry } from "./entry/judge.ts";
import { restingLotsOf, restingLotsOfNobody } from "./entry/rest.ts";
import { standing } from "./explanation.ts";
import { unboughtExcess } from "./minimum.ts";
import { addLots, Lots, subtractLots, type Ticks, ZERO_LOTS } from "./model/amounts.ts";
import { hasOpenOrders, isUnsettled } from "./ownership.ts";
import { awaitsName, strayLots } from "./pending/stray.ts";
import type { Planned } from "./planned.ts";
import { valuationTicks } from "./quotes.ts";
import { type Objection, objectionToCopy, roomOf } from "./risk/check-risk.ts";
import type { Copy, CopyLeg, FollowerLeg, OrderShare, State } from "./state.ts";
import { legTarget } from "./target.ts";
import { isAwaited } from "./unread.ts";
import { type Crossing, NO_COPY, sharesOf, split, unassignedLots } from "./virtual.ts";

/** What one copy may hold on one leg at this moment. */
export interface Wish {
  readonly copy: Copy;
  readonly part: CopyLeg;
  /** Its target, or as much of it as nothing speaks against. */
  readonly goal: Lots;
  /** The goal without any growth of the copy. */
  readonly restrained: Lots;
  readonly objection: Objection | null;
  /** It may grow from this time on, with a later event, or as its entry rests; null when it does not wait. */
  readonly waits: number | "event" | "rest" | null;
  /** What rests for it already, unsigned: no part of the goal. */
  readonly resting: number;
  /** The worst price of growth that goes at once; null at market. */
  readonly cap: Ticks | null;
  /** Why that waits, where the last order at it came back without a fill. */
  readonly missed: Objection | null;
  /** How much further it may come by resting, and at which price. */
  readonly rests: { readonly goal: Lots; readonly price: Ticks; readonly isAsked: boolean } | null;
  /** What its owner is asked to approve, where that is new. */
  readonly asks: Proposed | null;
}

/** In the copies' order: what one may add counts for the limits of the next. */
export function wishesOf(state: State, leg: FollowerLeg, planned: Planned): Wish[] {
  const wishes: Wish[] = [];
  planned.begin();
  const { copies } = leg.market;
  for (const copy of copies) {
    const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
    if (part === undefined) continue;
    const wish = wishOf(state, leg, copy, part, planned);
    wishes.push(wish);
    if (copies.length > 1 && wish.goal !== wish.restrained)
      planned.grant({ copy, leg: leg.leg, lots: subtractLots(wish.goal, part.heldLots) });
  }
  return wishes;
}

function wishOf(state: State, leg: FollowerLeg, copy: Copy, part: CopyLeg, planned: Planned): Wish {
  const target = legTarget(part);
  const lagging = copy.isPlain ? 0 : laggingLots(state, leg, copy, part);
  const least = restrain(part.heldLots, target);
  const restrained = lagging === 0 ? least : addLots(least, Lots(lagging * Math.sign(part.heldLots)));
  const wish = contentWith(copy, part, restrained);
  if (lagging > 0) return { ...wish, waits: "rest" };
  if (restrained === target) return wish;
  const side = Math.sign(target);
  const stray = copy.isPlain ? 0 : strayLots(state, leg, copy, part, side);
  const resting = restingLotsOf(leg, copy) + stray;
  const missing = Math.abs(target) - Math.abs(restrained) - resting;
  if (missing <= 0) return { ...wish, resting, waits: "rest" };
  const waits = waitOf(state, copy) ?? (awaitsName(leg, copy, side) ? "event" : null);
  if (waits !== null) return { ...wish, resting, waits };
  if (unboughtExcess(part) >= missing && !isUnsettled(leg))
    return { ...wish, resting, objection: nothingAsked(part) };
  // What it wants is by a former rule, or by figures that are gone: that may only shrink.
  if (part.unsized !== null) return { ...wish, resting, objection: standing(copy, part) };
  const lots = Lots(missing * Math.sign(target));
  const objection = objectionToCopy(state, copy, part, leg, { lots, planned });
  const room = objection === null ? missing : Math.min(roomOf(objection), missing);
  if (copy.isPlain) {
    wish.resting = resting;
    wish.objection = objection;
    wish.goal = withRoom(restrained, target, room);
    return wish;
  }
  const gate = room === 0 ? null : gateOf(state, wish, leg, planned);
  const allowed = gate === null ? room : Math.max(roomAt(gate) - resting, 0);
  const isGated = gate !== null && allowed < room;
  const gated = isGated ? atGate(gate) : { objection };
  const entry = judgeEntry(state, copy, part, {
    leg,
    lots: isGated ? allowed : room,
    missing,
    side,
  });
  return entering({ ...wish, resting, ...gated }, entry);
}

/** All that was asked for is held: what an order was rounded up by and did not buy is given up. */
function nothingAsked({ wantedLots }: CopyLeg): Objection {
  return { reason: "at-target", detail: { targetLots: wantedLots }, waive: true };
}

function contentWith(
  copy: Copy,
  part: CopyLeg,
  restrained: Lots,
): { -readonly [Key in keyof Wish]: Wish[Key] } {
  return {
    copy,
    part,
    goal: restrained,
    restrained,
    objection: null,
    waits: null,
    resting: 0,
    cap: null,
    missed: null,
    rests: null,
    asks: null,
  };
}

/** As far, and at the price, that the rules of entries allow. */
function entering(wish: Wish, { room, objection, cap, missed, restsAt }: EntryTerms): Wish {
  const goal = withRoom(wish.restrained, legTarget(wish.part), room);
  if (restsAt !== null)
    return { ...wish, waits: wish.waits ?? "rest", rests: { goal, price: restsAt, isAsked: false } };
  return { ...wish, goal, cap, missed, objection: objection ?? wish.objection };
}

function roomAt(gate: Gate): number {
  return gate.kind === "waits" ? gate.room : roomOf(gate.objection);
}

/** What its owner did not approve waits for that, or is refused. */
function atGate(gate: Gate): Partial<Wish> {
  if (gate.kind === "objects") return { objection: gate.objection };
  return { waits: gate.untilMs, asks: gate.asks };
}

export function grows({ part, restrained }: Wish): boolean {
  return restrained !== legTarget(part);
}

/** The first that grows on the side of `lots` now, and does not wait with that: what is rounded up is its own. */
export function growingWish(wishes: readonly Wish[], lots: Lots): Wish | undefined {
  return wishes.find((wish) => wish.goal !== wish.restrained && asksFor(wish, lots));
}

/** Whether an order of `lots` brings its copy nearer to its goal. */
export function asksFor({ goal, part }: Wish, lots: Lots): boolean {
  return Math.sign(goal - part.heldLots) === Math.sign(lots);
}

/** `target` as far as it is nearer to nothing than `held`. */
function restrain(held: Lots, target: Lots): Lots {
  if (held === 0 || Math.sign(held) !== Math.sign(target)) return Lots(0);
  return Math.abs(target) > Math.abs(held) ? held : target;
}

function withRoom(restrained: Lots, target: Lots, room: number): Lots {
  const size = Math.min(Math.abs(target), Math.abs(restrained) + Math.max(room, 0));
  return Lots(size * Math.sign(target));
}

/** Deliberate delay, and leaders of whom nothing is confirmed, or what is known of them is contradicted or incomplete. */
export function waitOf(state: State, copy: Copy): Wish["waits"] {
  if (copy.active && copy.leader.confirmedAtMs === 0) return "event";
  if (copy.active && isAwaited(copy.leader, copy.leaderInstrument.id)) return "event";
  for (const holding of copy.leader.holdings.get(copy.leaderInstrument.id)?.values() ?? [])
    if (copy.active && holding.disputed) return "event";
  return copy.active && copy.increaseNotBeforeMs > state.nowMs ? copy.increaseNotBeforeMs : null;
}

export interface Netting {
  readonly crossing: Crossing | null;
  /** Null where the leg has one copy only, which has it all. */
  readonly shares: readonly OrderShare[] | null;
}

export const ALL_TO_THE_ONLY_ONE: Netting = { crossing: null, shares: null };

/** Whether one copy has the whole leg, and all that is held of it. */
export function isForOne(leg: FollowerLeg, wishes: readonly Wish[]): boolean {
  return leg.market.copies.length === 1 && wishes[0]?.part.heldLots === leg.ownedLots;
}

/** Copies may cross where the market has a price, and not beside an open order. */
export function mayCross(state: State, leg: FollowerLeg): boolean {
  return valuationTicks(state, leg.market.instrument) !== null && !hasOpenOrders(leg);
}

/** How the copies come to their goals: what crosses, and the shares of an order of `lots`: of growth only where it `rests`, or is given up. */
export function net(
  leg: FollowerLeg,
  wishes: readonly Wish[],
  goalOf: (wish: Wish) => Lots,
  { lots, crosses, rests }: { readonly lots: Lots; readonly crosses: boolean; readonly rests: boolean },
): Netting {
  const needs = needsOf(leg, wishes, goalOf, crosses);
  const crossed = needs.flatMap(({ copy, moved }) => (moved === 0 ? [] : [{ copy, lots: Lots(moved) }]));
  const asked = rests ? needs.map((need) => ({ ...need, lots: growthOf(need, Math.sign(lots)) })) : needs;
  return {
    crossing: crossed.length === 0 ? null : { leg, moves: crossed },
    shares: lots === 0 ? null : sharesOf(asked, lots, growingWish(wishes, lots)?.copy.index),
  };
}

/**
 * What may rest on `side` for all together, signed: what crosses does not, nor what brings a copy nearer to nothing. That goes at once
 * as soon as it can, and would be had twice.
 */
export function growthToRest(
  leg: FollowerLeg,
  wishes: readonly Wish[],
  { side, crosses }: { readonly side: number; readonly crosses: boolean },
): Lots {
  let sum = 0;
  for (const need of needsOf(leg, wishes, ({ goal }) => goal, crosses))
    sum += Math.sign(need.lots) === side ? growthOf(need, side) : need.lots;
  return Lots(Math.max(sum * side, 0) * side);
}

/** What one copy, or none, asks for after what crosses, signed. */
interface Need {
  readonly copy: number;
  readonly lots: number;
  readonly moved: number;
  /** What of the whole, before anything crossed, brings it nearer to nothing, signed. */
  readonly closes: number;
}

function needsOf(
  leg: FollowerLeg,
  wishes: readonly Wish[],
  goalOf: (wish: Wish) => Lots,
  crosses: boolean,
): Need[] {
  const free = Lots(-unassignedLots(leg));
  const whole = wishes.map((wish) => ({
    copy: wish.copy.index,
    lots: subtractLots(goalOf(wish), wish.part.heldLots),
    closes: subtractLots(wish.restrained, wish.part.heldLots),
  }));
  const all = [
    { copy: NO_COPY, lots: subtractLots(free, restingLotsOfNobody(leg)), closes: ZERO_LOTS },
    ...whole,
  ];
  const moves = crosses ? crossMoves(all) : [];
  return all.map(({ copy, lots, closes }, index) => {
    const moved = moves[index] ?? 0;
    return { copy, lots: lots - moved, moved, closes };
  });
}

/** Its growth on `side`, signed: what closes crosses first. */
function growthOf({ lots, moved, closes }: Need, side: number): number {
  if (Math.sign(lots) !== side) return 0;
  const closing = Math.max(closes * side - Math.max(moved * side, 0), 0);
  return Math.max(lots * side - closing, 0) * side;
}

function crossMoves(needs: readonly { readonly lots: number }[]): number[] {
  const bought = needs.map(({ lots }) => Math.max(lots, 0));
  const sold = needs.map(({ lots }) => Math.max(-lots, 0));
  const crossed = Math.min(sum(bought), sum(sold));
  if (crossed === 0) return [];
  const [gained, lost] = [split(crossed, bought), split(crossed, sold)];
  return needs.map((_, index) => (gained[index] ?? 0) - (lost[index] ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
