/** What copying cost in fees and funding, as what leaders have to make before anything is left. */
import { DAY_MS } from "../analytics/equity/days.ts";
import type { Happenings } from "./happenings.ts";

/** Fees less funding received: below zero funding brought more than fees took. Spread and impact are in the prices of fills, and not in here. */
export interface Hurdle {
  /** Over the mean equity, a day; null without time or equity. */
  readonly ofEquityPerDay: number | null;
  /** Over the value of all fills, both ways; null where nothing was traded. */
  readonly ofValueTraded: number | null;
}

export function hurdleOf(
  { fees, funding, traded }: Pick<Happenings, "fees" | "funding" | "traded">,
  { equityMean, lengthMs }: { readonly equityMean: number; readonly lengthMs: number },
): Hurdle {
  const costs = fees - funding;
  return {
    ofEquityPerDay: equityMean > 0 && lengthMs > 0 ? costs / equityMean / (lengthMs / DAY_MS) : null,
    ofValueTraded: traded > 0 ? costs / traded : null,
  };
}
