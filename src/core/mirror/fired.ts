/**
 * Stops of ours that fired before the leader's did. What they closed is not bought again: it stays out of the target until the
 * leader closes as much itself. A stop whose trigger the venue calls passed goes at market instead.
 */

import { copyLeg } from "../markets.ts";
import { Lots, type Ticks } from "../model/amounts.ts";
import type { ConditionalForm } from "../order.ts";
import { giveUpAhead } from "../pending/ahead-lots.ts";
import {
  type CopyLeg,
  type FollowerLeg,
  isInFlight,
  leftFor,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { legTarget } from "../target.ts";

/** So long a trigger counts as passed; after that the venue is asked anew. */
const PASSED_MS = 5_000;

/** A trigger that the price is beyond, as the venue said when it refused it. */
export interface PassedTrigger {
  readonly trigger: Ticks;
  readonly direction: "rises" | "falls";
  readonly untilMs: number;
}

/** A stop of ours closed so many lots (unsigned) of one copy: what of it its target still has is taken out. */
export function noteFired(leg: FollowerLeg, order: WorkingOrder, copyIndex: number, closed: number): void {
  const copy = leg.market.copies[copyIndex];
  if (copy === undefined || closed === 0) return;
  const part = copyLeg(copy, leg.leg);
  part.passedTriggers = [];
  const side = order.lots < 0 ? 1 : -1;
  const lots = Math.abs(giveUpAhead(part, Lots(closed * side)));
  const target = legTarget(part) * side;
  const left = Math.max(part.heldLots * side - leavingLots(leg, copyIndex, side), 0);
  const ahead = Math.min(Math.max(target - left, 0), lots);
  if (ahead === 0) return;
  part.stoppedFor = reasonOf(order);
  part.stoppedLots = Lots(part.stoppedLots + ahead * side);
}

function reasonOf({ purpose, form }: WorkingOrder): CopyLeg["stoppedFor"] {
  if (purpose === "rested-exit") return "exit-filled";
  return form.kind === "market" ? "trigger-passed" : "stop-fired";
}

/** What reductions on their way are about to close of it, unsigned. */
function leavingLots(leg: FollowerLeg, copyIndex: number, side: number): number {
  let leaving = 0;
  for (const order of leg.working.values()) {
    if (!isInFlight(order) || Math.sign(order.lots) !== -side) continue;
    leaving += leftFor(order, copyIndex);
  }
  return leaving;
}

/** The venue did not take a stop, or its new trigger, because the price is beyond it. */
export function notePassed(
  state: State,
  leg: FollowerLeg,
  { form, shares }: WorkingOrder,
  trigger: Ticks | null,
): void {
  if (form.kind !== "conditional") return;
  for (const copy of leg.market.copies) {
    if (shares !== null && !shares.some((share) => share.copy === copy.index)) continue;
    const part = copyLeg(copy, leg.leg);
    const passed: PassedTrigger = {
      trigger: trigger ?? form.trigger,
      direction: form.direction,
      untilMs: state.nowMs + PASSED_MS,
    };
    part.passedTriggers = [...part.passedTriggers.filter(({ untilMs }) => untilMs > state.nowMs), passed];
  }
}

export function isPassed(
  { nowMs }: State,
  { passedTriggers }: CopyLeg,
  { trigger, direction }: ConditionalForm,
): boolean {
  return passedTriggers.some(
    (one) => one.untilMs > nowMs && one.trigger === trigger && one.direction === direction,
  );
}
