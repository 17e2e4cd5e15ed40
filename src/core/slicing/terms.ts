/**
 * Which large changes are worked, and how: what an allocation states, and what counts where several copies share one order.
 */
import { worthOf } from "../ledger.ts";
import type { Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Instrument } from "../model/instrument.ts";
import type { Wish } from "../netting.ts";

export interface WorkTerms {
  /** In the settle coin: what is worth more than this is worked. */
  readonly above: string;
  /** In how many slices, spread evenly over how long. */
  readonly slices: number;
  readonly overMs: number;
  /** Whether a slice that rests follows the best price of its side when that moves away. */
  readonly chase: boolean;
  /** How long a slice rests before what is left of it crosses; 0 crosses at once, null rests until the next is due. */
  readonly crossAfterMs: number | null;
  /** Whether reductions that follow the leader are worked, too. */
  readonly exits: boolean;
}

/** `side` is 1 for a purchase, -1 for a sale. Those of the most impatient of the copies that come nearer to their goals on `side`; null where one of them states none. */
export function workTermsOf(wishes: readonly Wish[], side: number): WorkTerms | null {
  let found: WorkTerms | null = null;
  for (const { copy, goal, part } of wishes) {
    if (Math.sign(goal - part.heldLots) !== side) continue;
    const { work } = copy.allocation;
    if (work === null) return null;
    if (found === null || work.overMs < found.overMs) found = work;
  }
  return found;
}

/** Whether `lots` (unsigned) at `ticks` are worth working. */
export function isLarge(instrument: Instrument, { above }: WorkTerms, lots: number, ticks: Ticks): boolean {
  return worthOf(instrument, lots, ticks).compare(Decimal.parse(above)) > 0;
}

/** From one slice to the next, whole milliseconds. */
export function intervalMs({ overMs, slices }: Pick<WorkTerms, "overMs" | "slices">): number {
  return Math.floor(overMs / slices);
}
