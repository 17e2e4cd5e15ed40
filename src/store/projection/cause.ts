/**
 * What led to an order beside what leaders changed: a command of the owner, a stop, the end of a relation. Read from the state in
 * which it was decided, so that what a command began is still known for the orders that finish it.
 */
import type { PlannedOrder } from "../../core/decision.ts";
import type { Event } from "../../core/event.ts";
import { copiesOf } from "../../core/explanation.ts";
import { cutOf } from "../../core/guard/stop.ts";
import type { Copy, CopyLeg, State } from "../../core/state.ts";
import { legTarget } from "../../core/target.ts";
import type { OrderCause } from "../store.ts";

export function causeOf(planned: PlannedOrder, event: Event, state: State): OrderCause {
  const { order } = planned;
  if (order.purpose !== "rebalance" && order.purpose !== "close") return order.purpose;
  const copies = copiesOf(planned).flatMap((copy) =>
    copy.legs.flatMap((part) => (part.leg === order.leg ? [{ copy, part }] : [])),
  );
  const lowered = copies.flatMap(({ copy, part }) => loweredBy(state, copy, part) ?? []);
  const [cause] = order.reduceOnly || lowered.length === copies.length ? lowered : [];
  return cause ?? eventCause(event);
}

/** Why a copy is to hold less than its leader says. */
function loweredBy(state: State, copy: Copy, part: CopyLeg): OrderCause | null {
  const stop = cutOf(copy, part);
  if (stop !== null) return stop.guard;
  if (!isAllocated(state, copy)) return "uncopy";
  return isGivenUp(part) ? "close-command" : null;
}

function isAllocated({ settings }: State, { leader, market }: Copy): boolean {
  return settings.allocations.some(
    (one) => one.leader === leader.account && one.follower === market.follower.account,
  );
}

/** The owner waived all of it, and it is held yet. */
function isGivenUp(part: CopyLeg): boolean {
  return part.wantedLots !== 0 && part.waivedFor === null && legTarget(part) === 0 && part.heldLots !== 0;
}

function eventCause(event: Event): OrderCause {
  if (event.kind === "settings-changed") return "settings";
  if (event.kind !== "command-issued") return "";
  const { kind } = event.command;
  return kind === "resume" || kind === "release" || kind === "approve" ? kind : "";
}
