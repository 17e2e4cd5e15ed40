/**
 * What a sizing rule answers: whole quantity steps, counted in lots, or why there is no size. A size that no order or position
 * can have is refused here, before it meets the arithmetic of the hot path.
 */
import { Lots } from "../model/amounts.ts";
import { type Instrument, toWholeSteps } from "../model/instrument.ts";
import type { ReasonKind } from "../reason.ts";
import type { CopyLeg, Opening, Proportion } from "../state.ts";

/** No position is larger than this many times the largest market order. */
export const POSITION_FACTOR_MAX = 1_000;

/** Why a rule cannot give a size. */
export type UnsizedReason = Extract<
  ReasonKind,
  "equity-unknown" | "size-impossible" | "no-price" | "evidence-missing" | "evidence-stale"
>;

export type Size =
  | ({ readonly kind: "sized"; readonly lots: Lots } & Memory)
  | { readonly kind: "unsized"; readonly reason: UnsizedReason };

/** What the rule remembers of the leg until the next size. */
export interface Memory {
  readonly proportion: Proportion | null;
  readonly opening: Opening | null;
}

export const NOTHING_KEPT: Memory = { proportion: null, opening: null };

export function sizedLots(lots: number, instrument: Instrument, memory: Memory = NOTHING_KEPT): Size {
  if (Math.abs(lots) > instrument.maxMarketLots * POSITION_FACTOR_MAX) return unsized("size-impossible");
  const { proportion, opening } = memory;
  return { kind: "sized", lots: toWholeSteps(instrument, Lots(lots)), proportion, opening };
}

export function unsized(reason: UnsizedReason): Size {
  return { kind: "unsized", reason };
}

/** Whether the leader holds, at `leaderLots`, what is left of the position that `leg` was sized by. */
export function isReduction(leg: Pick<CopyLeg, "leaderLots">, leaderLots: Lots): boolean {
  return isSamePosition(leg, leaderLots) && Math.abs(leaderLots) <= Math.abs(leg.leaderLots);
}

/** Whether `leaderLots` belongs to the position that `leg` was sized by: the same side, and never flat since. */
export function isSamePosition(leg: Pick<CopyLeg, "leaderLots">, leaderLots: Lots): boolean {
  return leaderLots !== 0 && Math.sign(leg.leaderLots) === Math.sign(leaderLots);
}
