/**
 * The cap on slippage: an increase pays at most so many basis points more than the leader did (a sale that opens gets at most so
 * much less). Judged at the decision on what a buyer pays or a seller gets now; a price that is better than the leader's is
 * never refused. What goes at once goes as an immediate limit order at the cap, so that the venue enforces it, too.
 */
import { Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { type Instrument, priceText } from "../model/instrument.ts";
import { presentTicks, valuationTicks } from "../quotes.ts";
import type { ReasonDetail } from "../reason.ts";
import type { Objection } from "../risk/check-risk.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { leaderPrice, type MeanPrice } from "./leader-price.ts";
import { slippageCapOf } from "./rules.ts";

/** How what a copy lacks may be had. */
export type Entry =
  /** At market. */
  | { readonly kind: "free" }
  /** At once, at this price or a better one. */
  | { readonly kind: "capped"; readonly limit: Ticks; readonly mean: MeanPrice; readonly bpsMax: string }
  /** By waiting at the leader's price. */
  | { readonly kind: "rests"; readonly price: Ticks }
  | { readonly kind: "refused"; readonly objection: Objection };

const FREE: Entry = { kind: "free" };
const BPS = Decimal.of(10_000n, 0);

/** `lots` (unsigned, above zero) are what is missing on `side`: 1 buys, -1 sells. */
export function judgeSlippage(
  state: State,
  copy: Copy,
  part: CopyLeg,
  { lots, side }: { readonly lots: number; readonly side: number },
): Entry {
  const bpsMax = slippageCapOf(copy);
  if (bpsMax === null) return FREE;
  const { instrument } = copy.market;
  const mean = leaderPrice(copy, part, lots, valuationTicks(state, instrument));
  if (mean === null) return FREE;
  const limit = capTicks(instrument, mean, { bpsMax, side });
  const present = presentTicks(state, instrument, side);
  if (present === null || (present - limit) * side <= 0) return { kind: "capped", limit, mean, bpsMax };
  switch (copy.allocation.onRunaway) {
    case "take":
      return { kind: "capped", limit, mean, bpsMax };
    case "rest":
      return { kind: "rests", price: capTicks(instrument, mean, { bpsMax: "0", side }) };
    case "skip": {
      const detail = numbersOf(instrument, mean, { present, bpsMax, side });
      return { kind: "refused", objection: { reason: "slippage", detail, waive: true } };
    }
  }
}

/**
 * Why an increase at its cap is not to be had now though no price that we know says so: the last one came back without a fill,
 * and the next waits. Null where none did.
 */
export function missedCap(
  state: State,
  leg: FollowerLeg,
  { limit, mean, bpsMax }: Extract<Entry, { readonly kind: "capped" }>,
  side: number,
): Objection | null {
  if (leg.missedCap !== side || state.nowMs >= leg.restAgainAtMs) return null;
  const { instrument } = leg.market;
  const present = presentTicks(state, instrument, side);
  const numbers = numbersOf(instrument, mean, { present, bpsMax, side });
  return { reason: "slippage", detail: { capPrice: priceText(instrument, limit), ...numbers } };
}

/** Without the present price where that is not known. */
function numbersOf(
  instrument: Instrument,
  mean: MeanPrice,
  {
    present,
    bpsMax,
    side,
  }: { readonly present: Ticks | null; readonly bpsMax: string; readonly side: number },
): ReasonDetail {
  const leaderPrice = mean.cost.dividedBy(mean.weight, PRICE_PLACES, "half-even").toString();
  if (present === null) return { leaderPrice, bpsMax };
  const bps = slippageBps(instrument, mean, { ticks: present, side });
  return { price: priceText(instrument, present), leaderPrice, bps, bpsMax };
}

/** Places of a mean price that is shown. */
export const PRICE_PLACES = 8;

/** The worst price within the cap: on the grid, and never worse than exactly the cap. */
export function capTicks(
  instrument: Instrument,
  { cost, weight }: MeanPrice,
  { bpsMax, side }: { readonly bpsMax: string; readonly side: number },
): Ticks {
  const bps = Decimal.parse(bpsMax);
  const factor = side > 0 ? BPS.plus(bps) : BPS.minus(bps);
  const worst = cost.times(factor);
  const perTick = weight.times(BPS).times(instrument.tickSize);
  const ticks = Number(worst.dividedBy(perTick, 0, side > 0 ? "floor" : "ceiling").units);
  return Ticks(side > 0 ? Math.min(ticks, instrument.maxTicks) : Math.max(ticks, instrument.minTicks));
}

/** By how many basis points `ticks` are worse than the mean, to a hundredth, as a decimal text; negative is better. */
export function slippageBps(
  { tickSize }: Instrument,
  { cost, weight }: MeanPrice,
  { ticks, side }: { readonly ticks: Ticks; readonly side: number },
): string {
  const price = Decimal.of(BigInt(ticks * side), 0)
    .times(tickSize)
    .times(weight);
  const worse = price.minus(side > 0 ? cost : cost.negated());
  return worse.times(BPS).dividedBy(cost, 2, "half-even").toString();
}
