/**
 * Exit parity: where a leader's limit exit rests, the follower's rests too, scaled, at the same price. When the leader's fills
 * first, ours may go on resting for a time, and then what is left goes at market; when ours fills first, that is not bought
 * back. What the leader closes otherwise is followed at once. Cancelled with the leader's; anything of another size is
 * cancelled and placed anew: with all that rests, also what is about to go, never more than is to rest. While it is not told whether
 * the leader's exit filled, nothing is placed: at the leader's price it would fill, and close the same a second time.
 */
import type { LeaderOrderRow } from "../event.ts";
import { waitingChanges } from "../explanation.ts";
import { closedLots, exitsInDoubt } from "../mirror/exits.ts";
import { standingOrders, TOLD_MS } from "../mirror/leader-orders.ts";
import { mirroredTicks } from "../mirror/mirrored-price.ts";
import { stoppableLots } from "../mirror/stops.ts";
import { Lots, type Ticks } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import { openOrdersOf } from "../orders-of-copy.ts";
import { couldCloseTwice, hasOpenOrders, isContradicted } from "../ownership.ts";
import type { Untold } from "../pending/untold.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  leftOf,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { leaderSize, legTarget } from "../target.ts";
import { CHANGE_PATIENCE_MS, isChangeable } from "../working-order.ts";

/** Of one copy; beyond it exits rest nowhere and are followed at market. */
const EXITS_MAX = 5;
/** A reduction waits so long for an exit that would close the same a second time. */
const CANCEL_PATIENCE_MS = 1_000;

export interface RestedExit {
  readonly copy: Copy;
  readonly price: Ticks;
  /** Signed, against the position. */
  readonly lots: Lots;
}

export interface ExitPlan {
  readonly cancels: readonly WorkingOrder[];
  readonly places: readonly RestedExit[];
  readonly waits: readonly number[];
}

interface Draft {
  readonly cancels: WorkingOrder[];
  readonly places: RestedExit[];
  readonly waits: number[];
}

/** Nothing rests, and nothing is to. */
export const NO_EXITS: ExitPlan = { cancels: [], places: [], waits: [] };

export function planExits(state: State, leg: FollowerLeg): ExitPlan {
  const { copies } = leg.market;
  const asks = copies.some(({ isPlain, allocation }) => !isPlain && allocation.exitParity);
  if (!asks && leg.working.size === 0) return NO_EXITS;
  const draft: Draft = { cancels: [], places: [], waits: [] };
  const stoppable = asks ? stoppableLots(leg) : [];
  for (const copy of copies) {
    const own = openOrdersOf(leg, copy, "rested-exit");
    if (copy.allocation.exitParity && copy.leader.orders === null) continue;
    if (copy.allocation.exitParity)
      planCopy(state, leg, { copy, own, most: stoppable[copy.index] ?? 0 }, draft);
    else draft.cancels.push(...own);
  }
  return draft;
}

interface Own {
  readonly copy: Copy;
  readonly own: readonly WorkingOrder[];
  readonly most: number;
}

function planCopy(state: State, leg: FollowerLeg, { copy, own, most }: Own, draft: Draft): void {
  const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
  if (part === undefined) return;
  const untold = exitsInDoubt(copy, leg.leg, Math.sign(leg.ownedLots));
  const wanted = untold !== null && isLate(state, part, untold) ? [] : exitsFor(leg, copy, part, most);
  const all = wanted.reduce((sum, { left }) => sum + left, 0);
  const graceMs = graceUntilMs(state, copy, part);
  if (graceMs > state.nowMs) draft.waits.push(graceMs);
  let spare = graceMs > state.nowMs ? excessLots(part) : 0;
  for (const order of own) {
    const left = leftOf(order);
    const want = wanted.find((exit) => isAt(order, exit.price));
    const isGoing = order.change?.kind === "cancel";
    const used = want === undefined || isGoing ? 0 : Math.min(left, want.left);
    if (isGoing || left - used > spare) {
      draft.cancels.push(order);
      continue;
    }
    spare -= left - used;
    if (want !== undefined) want.left -= used;
  }
  const room = untold === null ? all - own.reduce((sum, order) => sum + leftOf(order), 0) : 0;
  place(state, leg, copy, wanted, { room, draft });
}

/** It is not told which order made the leader's position smaller: what rests goes before as much is sold at market. */
function isLate({ nowMs }: State, part: CopyLeg, { toldAtMs }: Untold): boolean {
  return excessLots(part) > 0 && nowMs >= toldAtMs + TOLD_MS;
}

function isAt({ form }: WorkingOrder, price: Ticks): boolean {
  return form.kind === "limit" && form.price === price;
}

interface Wanted {
  readonly price: Ticks;
  /** Unsigned, without what rests already. */
  left: number;
}

/** The copy's share of each limit exit of its leader, as they would fill one after another. */
function exitsFor(leg: FollowerLeg, copy: Copy, part: CopyLeg, most: number): Wanted[] {
  const side = Math.sign(leg.ownedLots);
  const leaderLots = Math.abs(leaderSize(copy, leg.leg));
  const taken = Math.abs(part.stoppedLots);
  const wanted: Wanted[] = [];
  let [placed, ofLeader] = [0, 0];
  for (const { price, lots } of leaderExits(copy, leg, side)) {
    if (leaderLots === 0 || most === 0 || wanted.length === EXITS_MAX) break;
    ofLeader = Math.min(ofLeader + lots, leaderLots);
    const closed = Number((BigInt(most + taken) * BigInt(ofLeader)) / BigInt(leaderLots));
    const own = toWholeSteps(leg.market.instrument, Lots(Math.max(closed - taken, 0) - placed));
    if (own < Math.max(leg.market.instrument.minLots, 1)) continue;
    placed += own;
    wanted.push({ price, left: own });
  }
  return wanted;
}

/** In the follower's ticks, the one that is met first at the front. An inverse copy's could not rest: it would fill at once. */
function leaderExits(
  copy: Copy,
  leg: FollowerLeg,
  side: number,
): readonly { readonly price: Ticks; readonly lots: number }[] {
  if (copy.allocation.inverse || side === 0) return [];
  return standingOrders(copy.leader, copy.leaderInstrument.id)
    .flatMap((order) => {
      if (!isLimitExit(order)) return [];
      const lots = closedLots(copy, leg.leg, side, order);
      const price = mirroredTicks(copy, order.price, side > 0 ? "floor" : "ceiling");
      return lots === null || price === null ? [] : [{ price, lots }];
    })
    .sort((one, other) => (one.price - other.price) * side);
}

/** An order that rests in the book by itself: no take profit, and no trigger. */
function isLimitExit({ status, orderKind, orderType, triggerPrice }: LeaderOrderRow): boolean {
  return status === "working" && orderKind === "order" && orderType === "limit" && triggerPrice === "";
}

function place(
  state: State,
  leg: FollowerLeg,
  copy: Copy,
  wanted: readonly Wanted[],
  { room: most, draft }: { readonly room: number; readonly draft: Draft },
): void {
  if (copy.leader.confirmedAtMs === 0 || isContradicted(leg) || hasOpenOrders(leg)) return;
  const { instrument } = leg.market;
  let room = most;
  for (const { price, left } of wanted) {
    const lots = Math.min(toWholeSteps(instrument, Lots(Math.min(left, room))), instrument.maxMarketLots);
    if (lots < Math.max(instrument.minLots, 1)) continue;
    if (state.nowMs < leg.restAgainAtMs) {
      draft.waits.push(leg.restAgainAtMs);
      return;
    }
    room -= lots;
    draft.places.push({ copy, price, lots: Lots(-lots * Math.sign(leg.ownedLots)) });
  }
}

/** Held beyond the target, on its side, unsigned. */
function excessLots(part: CopyLeg): number {
  const target = legTarget(part);
  const side = Math.sign(part.heldLots);
  if (target !== 0 && Math.sign(target) !== side) return 0;
  return Math.max(Math.abs(part.heldLots) - Math.abs(target), 0);
}

/** Until when ours may rest on after the leader's limit exit filled; 0 where it closed anything otherwise. */
function graceUntilMs(state: State, copy: Copy, part: CopyLeg): number {
  const changes = waitingChanges(copy, part.leg);
  const [first] = changes;
  if (first === undefined || !copy.allocation.exitParity) return 0;
  if (!changes.every(({ byRestedExit }) => byRestedExit === true)) return 0;
  return Math.min(first.receivedAtMs, state.nowMs) + copy.allocation.exitRestMs;
}

/** What a copy may go on holding beyond its target (unsigned), because an exit of ours at the leader's price stands for it. */
export function laggingLots(state: State, leg: FollowerLeg, copy: Copy, part: CopyLeg): number {
  if (!copy.allocation.exitParity || graceUntilMs(state, copy, part) <= state.nowMs) return 0;
  let resting = 0;
  for (const order of openOrdersOf(leg, copy, "rested-exit"))
    if (order.change?.kind !== "cancel" && order.status === "accepted") resting += leftOf(order);
  return Math.min(excessLots(part), resting);
}

/** Until when a reduction waits, because an exit that is to go could close the same a second time; null: no wait. */
export function untilExitsGone(state: State, leg: FollowerLeg, goal: Lots): number | null {
  if (!couldCloseTwice(leg, goal)) return null;
  const gone = planExits(state, leg).cancels.map((order) => goneByMs(state, order));
  const untilMs = Math.max(namedByMs(leg), ...gone);
  return untilMs > state.nowMs ? untilMs : null;
}

/** By when it is told whether a leader's exit made its position smaller, where ours may have filled with it; 0: nothing rests. */
function namedByMs(leg: FollowerLeg): number {
  let untilMs = 0;
  for (const copy of leg.market.copies) {
    if (copy.isPlain || openOrdersOf(leg, copy, "rested-exit").length === 0) continue;
    const untold = exitsInDoubt(copy, leg.leg, Math.sign(leg.ownedLots));
    if (untold !== null) untilMs = Math.max(untilMs, untold.toldAtMs + TOLD_MS);
  }
  return untilMs;
}

/** When a cancellation counts as long enough waited for. */
export function goneByMs(state: State, order: WorkingOrder): number {
  const { change, decidedAtMs } = order;
  if (isChangeable(state, order) && change === null) return state.nowMs + CANCEL_PATIENCE_MS;
  return (change === null ? decidedAtMs : change.againAtMs - CHANGE_PATIENCE_MS) + CANCEL_PATIENCE_MS;
}
