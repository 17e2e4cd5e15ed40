/**
 * How what a copy lacks may be had now, by the rules of entries: not when it is too late, not where the price has run away
 * too far. Judged last, on what every limit and the owner's approval let pass. Reductions never come here.
 */
import type { Ticks } from "../model/amounts.ts";
import { type Objection, roomOf } from "../risk/check-risk.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { judgeSlippage, missedCap } from "./slippage.ts";
import { checkTooLate } from "./too-late.ts";

export interface EntryTerms {
  /** How many of the lots may be had. */
  readonly room: number;
  readonly objection: Objection | null;
  /** At once, and no worse than this; null at market. */
  readonly cap: Ticks | null;
  /** Why the next try at the cap waits; null where it does not. */
  readonly missed: Objection | null;
  /** By waiting at this price; null where it may be had at once. */
  readonly restsAt: Ticks | null;
}

interface EntryAsked {
  readonly leg: FollowerLeg;
  readonly lots: number;
  readonly missing: number;
  readonly side: number;
}

/** `missing` (unsigned) is all that the copy lacks on `side`, `lots` what of it may be had as far as others say. */
export function judgeEntry(
  state: State,
  copy: Copy,
  part: CopyLeg,
  { leg, lots, missing, side }: EntryAsked,
): EntryTerms {
  const late = checkTooLate(state, copy, part, missing);
  const room = late === null ? lots : Math.min(lots, roomOf(late));
  const terms = { room, objection: room < lots ? late : null, cap: null, missed: null, restsAt: null };
  if (room === 0) return terms;
  const entry = judgeSlippage(state, copy, part, { lots: late === null ? missing : roomOf(late), side });
  switch (entry.kind) {
    case "free":
      return terms;
    case "capped":
      return { ...terms, cap: entry.limit, missed: missedCap(state, leg, entry, side) };
    case "rests":
      return { ...terms, restsAt: entry.price };
    case "refused":
      return { ...terms, room: 0, objection: entry.objection };
  }
}
