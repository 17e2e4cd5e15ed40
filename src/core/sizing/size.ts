/**
 * What a sizing rule answers: whole quantity steps, counted in lots, or why there is no size. A size that no order or position
 * can have is refused here, before it meets the arithmetic of the hot path.
 */
import { Lots } from "../model/amounts.ts";
import { type Instrument, toWholeSteps } from "../model/instrument.ts";
import type { ReasonKind } from "../reason.ts";
import type { Proportion } from "../state.ts";

/** No position is larger than this many times the largest market order. */
export const POSITION_FACTOR_MAX = 1_000;

export type Size =
  | { readonly kind: "sized"; readonly lots: Lots; readonly proportion: Proportion | null }
  | { readonly kind: "unsized"; readonly reason: Extract<ReasonKind, "equity-unknown" | "size-impossible"> };

export function sizedLots(lots: number, instrument: Instrument, proportion: Proportion | null): Size {
  if (Math.abs(lots) > instrument.maxMarketLots * POSITION_FACTOR_MAX)
    return { kind: "unsized", reason: "size-impossible" };
  return { kind: "sized", lots: toWholeSteps(instrument, Lots(lots)), proportion };
}
