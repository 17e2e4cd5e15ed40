/**
 * What should rest at the follower's venue because a leader's take profits and stop losses rest at its own: of each copy the
 * same share, at the same price. Of those that one way of the price sets off, a copy never has more than it holds, and all
 * copies together never more than we own.
 */
import type { Leg } from "../event.ts";
import { Lots } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import { MARKET, type OrderForm, type OrderPurpose } from "../order.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { leaderSize, legTarget, targetLots } from "../target.ts";
import { split } from "../virtual.ts";
import { type Direction, type Exit, exitsOf } from "./exits.ts";
import { isPassed } from "./fired.ts";

/**
 * For each way of the price. Bybit takes ten conditional orders of a symbol ("Place Order"), of both legs and of the account's
 * owner together. What is beyond these rests nowhere; it is copied when the leader's fires.
 */
const STOPS_MAX = { net: 4, long: 2, short: 2 } as const;

const DIRECTIONS: readonly Direction[] = ["falls", "rises"];

export interface Stop {
  readonly copy: Copy;
  readonly purpose: Extract<OrderPurpose, "take-profit" | "stop">;
  readonly direction: Direction;
  /** At market where its trigger was passed already. */
  readonly form: OrderForm;
  /** Signed, against the position. */
  readonly lots: Lots;
}

/** What copies may have resting of exits, in the market's order of copies, unsigned: what they hold and go on holding. */
export function stoppableLots(leg: FollowerLeg): readonly number[] {
  const side = Math.sign(leg.ownedLots);
  const kept = leg.market.copies.map((copy) => keptLots(copy, leg.leg, side));
  const sum = kept.reduce((all, lots) => all + lots, 0);
  const target = targetLots(leg.market, leg.leg);
  const most = Math.sign(target) === side ? Math.min(Math.abs(leg.ownedLots), Math.abs(target)) : 0;
  return sum > most ? split(most, kept) : kept;
}

function keptLots(copy: Copy, leg: Leg, side: number): number {
  const part = copy.legs.find((candidate) => candidate.leg === leg);
  if (part === undefined || side === 0 || Math.sign(part.heldLots) !== side) return 0;
  const target = legTarget(part);
  return Math.sign(target) === side ? Math.min(Math.abs(part.heldLots), Math.abs(target)) : 0;
}

/** What should rest on `leg`; null for copies of whose leaders nothing is known yet: theirs stay as they are. */
export function stopsFor(
  state: State,
  leg: FollowerLeg,
  copy: Copy,
  stoppable: number,
): readonly Stop[] | null {
  if (!copy.allocation.copyStops || stoppable === 0) return [];
  if (copy.leader.orders === null) return null;
  const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
  if (part === undefined) return [];
  const side = Math.sign(leg.ownedLots);
  const exits = exitsOf(copy, leg.leg, side);
  const place = { leg, copy, part, side, stoppable };
  return DIRECTIONS.flatMap((direction) => stopsOf(state, place, inOrder(exits, direction)));
}

interface Place {
  readonly leg: FollowerLeg;
  readonly copy: Copy;
  readonly part: CopyLeg;
  readonly side: number;
  readonly stoppable: number;
}

/** Those that this way of the price sets off, the one that is met first at the front. */
function inOrder(exits: readonly Exit[], direction: Direction): readonly Exit[] {
  const way = direction === "rises" ? 1 : -1;
  return exits
    .filter(({ form }) => form.direction === direction)
    .sort((one, other) => way * (one.form.trigger - other.form.trigger));
}

/**
 * The copy's share of each, as they would fire one after another. What ours took before the leader's did counts as taken by
 * the first of them, as it does in the target.
 */
function stopsOf(state: State, place: Place, exits: readonly Exit[]): Stop[] {
  const { leg, copy, part, side, stoppable } = place;
  const { instrument } = leg.market;
  const leaderLots = Math.abs(leaderSize(copy, leg.leg));
  const taken = Math.abs(part.stoppedLots);
  const whole = stoppable + taken;
  const stops: Stop[] = [];
  let [placed, ofLeader] = [0, 0];
  for (const { form, leaderLots: ofExit } of exits) {
    ofLeader = Math.min(ofLeader + ofExit, leaderLots);
    const closed = leaderLots === 0 ? 0 : Number((BigInt(whole) * BigInt(ofLeader)) / BigInt(leaderLots));
    const lots = toWholeSteps(instrument, Lots(Math.max(closed - taken, 0) - placed));
    if (lots < Math.max(instrument.minLots, 1) || stops.length === STOPS_MAX[leg.leg]) continue;
    placed += lots;
    const sent = Lots(Math.min(lots, instrument.maxMarketLots) * -side);
    stops.push({
      copy,
      purpose: (form.direction === "rises") === side > 0 ? "take-profit" : "stop",
      direction: form.direction,
      form: isPassed(state, part, form) ? MARKET : form,
      lots: sent,
    });
  }
  return stops;
}
