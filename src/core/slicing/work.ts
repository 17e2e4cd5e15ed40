/**
 * The state of a large change that is worked on one leg, and what its fills add to it. It begins and moves on by recorded
 * decisions (plan.ts), gathers what its orders paid as that is booked, and ends with a record (worked.ts).
 */
import { toDecimal } from "../ledger.ts";
import { addLots, Lots } from "../model/amounts.ts";
import type { Decimal } from "../model/decimal.ts";
import { type FollowerLeg, isOpen, leftOf, type WorkingOrder } from "../state.ts";

export interface Work {
  /** Number of the event that it began with; its orders carry it. */
  readonly id: number;
  /** 1 buys, -1 sells. */
  readonly side: number;
  readonly reduces: boolean;
  readonly startedAtMs: number;
  /** How it goes, as stated when it began. */
  readonly slices: number;
  readonly intervalMs: number;
  /** How long a slice rests before what is left of it crosses. */
  readonly restMs: number;
  readonly chase: boolean;
  /** Which slice is under way, from 1, since when, and what is held (signed) once it is filled. */
  readonly slice: number;
  readonly sliceAtMs: number;
  readonly sliceGoal: Lots;
  /** All that was wanted so far, unsigned. */
  readonly wantedLots: Lots;
  /** What crossing all of that at once would have paid, and its worth at the middle: at the prices when it was first wanted. */
  readonly atTouch: Decimal;
  readonly atMid: Decimal;
  /** By its orders so far; unsigned. */
  readonly filledLots: Lots;
  readonly paid: Decimal;
  readonly fees: Decimal;
}

/** So often a price reaches the core for a market that waits. */
export const LOOK_AGAIN_MS = 1_000;

/** What rests, or is on its way to, of a worked change that reduces, or adds. */
export function slicesOut(leg: FollowerLeg, reduces: boolean): readonly WorkingOrder[] {
  if (leg.working.size === 0) return NONE;
  return [...leg.working.values()].filter(
    (order) => isOpen(order) && order.purpose === "slice" && order.reduceOnly === reduces,
  );
}

const NONE: readonly WorkingOrder[] = [];

/** Unsigned. */
export function unfilledOf(orders: readonly WorkingOrder[]): number {
  return orders.reduce((sum, order) => sum + leftOf(order), 0);
}

/** When what is left of the slice crosses; at once where nothing is worked any more. */
export function sliceEndMs(work: Work | null): number {
  return work === null ? 0 : work.sliceAtMs + work.restMs;
}

/** An order was booked: by how much it filled, what that was worth and cost (corrections may be negative). */
export function noteWorked(
  leg: FollowerLeg,
  { workId }: WorkingOrder,
  { gained, worth, fee }: { readonly gained: number; readonly worth: Decimal; readonly fee: Decimal },
): void {
  const { work } = leg;
  if (work === null || workId !== work.id) return;
  leg.work = {
    ...work,
    filledLots: addLots(work.filledLots, Lots(gained)),
    paid: work.paid.plus(worth),
    fees: work.fees.plus(fee),
  };
}

/** The change that an order that is opened now is a part of; null where it is of none. */
export function workOf(
  { work }: FollowerLeg,
  { lots, reduceOnly, purpose }: Pick<WorkingOrder, "lots" | "reduceOnly" | "purpose">,
): number | null {
  if (work === null || (purpose !== "slice" && purpose !== "rebalance")) return null;
  return reduceOnly === work.reduces && Math.sign(lots) === work.side ? work.id : null;
}

/** The clock may have been set back since the last run: the slice under way is none of the future. */
export function restartWork(leg: FollowerLeg, nowMs: number): void {
  const { work } = leg;
  if (work === null || work.sliceAtMs <= nowMs) return;
  leg.work = { ...work, sliceAtMs: nowMs, startedAtMs: Math.min(work.startedAtMs, nowMs) };
}

/** As a checkpoint or the journal keeps it. */
export function restoreWork(record: Work | null | undefined): Work | null {
  if (record === null || record === undefined) return null;
  const { atTouch, atMid, paid, fees } = record;
  return {
    ...record,
    atTouch: toDecimal(atTouch),
    atMid: toDecimal(atMid),
    paid: toDecimal(paid),
    fees: toDecimal(fees),
  };
}
