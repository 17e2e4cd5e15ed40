/**
 * What a copy holds ahead of its leader: pending entries of ours filled it, and the leader's own did not yet. It only keeps what is
 * held from being reversed; nothing is ever bought because of it.
 */
import { Lots, ZERO_LOTS } from "../model/amounts.ts";
import type { VenueOrderId } from "../model/identifiers.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import type { CopyLeg } from "../state.ts";

export interface AheadLots {
  /** The leader's. */
  readonly order: VenueOrderId;
  /** Signed. */
  readonly lots: Lots;
  /** Of these (same sign), what the owner closed meanwhile: it is given up when the leader's order fills. */
  readonly waivedLots: Lots;
  /** Since when the leader's order stands for less than this; null while it stands for all of it. */
  readonly unbackedSinceMs: number | null;
}

/** Why an order of the leader's does not rest here as it should. */
export interface PendingNote {
  readonly order: VenueOrderId;
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
  /** It is not tried again while the leader's order stands. */
  readonly isFinal: boolean;
  /** A decision has recorded it. */
  readonly isTold: boolean;
}

/**
 * `base` (signed) is the target without it. What the leader's orders do not stand for any more keeps what is held, and has nothing
 * bought beside it. Under a cut, nothing is kept.
 */
export function withAhead({ ahead, cuts, heldLots }: CopyLeg, base: Lots): Lots {
  if (cuts.length > 0) return base;
  let [backed, unbacked] = [base as number, 0];
  for (const { lots, waivedLots, unbackedSinceMs } of ahead) {
    if (unbackedSinceMs === null) backed += lots - waivedLots;
    else unbacked += lots - waivedLots;
  }
  const kept = heldLots - backed;
  const side = Math.sign(unbacked);
  return Lots(backed + Math.min(Math.max(kept * side, 0), Math.abs(unbacked)) * side);
}

/** All of it, signed. */
export function aheadSum({ ahead }: CopyLeg): number {
  return ahead.reduce((all, { lots }) => all + lots, 0);
}

/** What is ahead for one order of the leader's, unsigned. */
export function aheadFor({ ahead }: CopyLeg, order: VenueOrderId): number {
  return Math.abs(ahead.find((one) => one.order === order)?.lots ?? ZERO_LOTS);
}

/** `lots` (signed) of what is held were closed by somebody else: first what is ahead. Returns what that does not cover. */
export function giveUpAhead(part: CopyLeg, lots: Lots): Lots {
  if (part.ahead.length === 0) return lots;
  const side = Math.sign(lots);
  let left = Math.abs(lots);
  part.ahead = part.ahead.map((one) => {
    if (Math.sign(one.lots) !== side) return one;
    const taken = Math.min(left, Math.abs(one.lots - one.waivedLots));
    left -= taken;
    return { ...one, waivedLots: Lots(one.waivedLots + taken * side) };
  });
  return Lots(left * side);
}

/** One note for each order of the leader's: the newest. */
export function note(part: CopyLeg, added: PendingNote): void {
  part.pendingNotes = [...part.pendingNotes.filter(({ order }) => order !== added.order), added];
}
