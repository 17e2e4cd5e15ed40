/**
 * The venue's smallest order, and what to do with an increase below it: leave it until it adds up, give it up, or round
 * it up within a stated excess. Reductions never come here: closing is exempt from the minimum value.
 */
import { Lots } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import type { Instrument } from "./model/instrument.ts";
import { valuationTicks } from "./quotes.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import type { MinimumPolicy } from "./settings.ts";
import type { State } from "./state.ts";

export type Sized =
  | { readonly kind: "enough"; readonly lots: Lots; readonly excess: Lots }
  | {
      readonly kind: "below";
      readonly reason: ReasonKind;
      readonly detail: ReasonDetail;
      /** Whether the policy gives the part up. */
      readonly skips: boolean;
    };

/** `wanted` (signed) if the venue takes it, what the policy makes of it otherwise. */
export function meetMinimum(
  state: State,
  instrument: Instrument,
  wanted: Lots,
  policy: MinimumPolicy,
): Sized {
  const price = valuationTicks(state, instrument);
  if (price === null) return { kind: "below", reason: "no-price", detail: { lots: wanted }, skips: false };
  const least = leastLots(instrument, price);
  const size = Math.abs(wanted);
  if (size >= least) return { kind: "enough", lots: wanted, excess: Lots(0) };
  const reason = size < instrument.minLots ? "below-minimum-quantity" : "below-minimum-notional";
  const detail = { lots: size, leastLots: least, priceTicks: price };
  return applyPolicy(policy, wanted, least, { reason, detail });
}

/** The smallest order that reaches both minima at `price`. */
export function leastLots(instrument: Instrument, price: number): number {
  const { minLots, minNotionalLotTicks, stepLots } = instrument;
  return Math.max(minLots, Math.ceil(minNotionalLotTicks / price / stepLots) * stepLots);
}

/** least <= size x (1 + excessMax), exactly. */
function isWithin(least: number, size: number, excessMax: string): boolean {
  const allowed = Decimal.parse(excessMax)
    .plus(Decimal.one)
    .times(Decimal.of(BigInt(size), 0));
  return Decimal.of(BigInt(least), 0).compare(allowed) <= 0;
}

function applyPolicy(
  policy: MinimumPolicy,
  wanted: Lots,
  least: number,
  refusal: { readonly reason: ReasonKind; readonly detail: ReasonDetail },
): Sized {
  switch (policy.kind) {
    case "accumulate":
      return { kind: "below", ...refusal, skips: false };
    case "skip":
      return { kind: "below", ...refusal, skips: true };
    case "round-up": {
      if (!isWithin(least, Math.abs(wanted), policy.excessMax))
        return { kind: "below", ...refusal, skips: false };
      const lots = wanted > 0 ? least : -least;
      return { kind: "enough", lots: Lots(lots), excess: Lots(lots - wanted) };
    }
  }
}
