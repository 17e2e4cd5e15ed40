/**
 * The venue's smallest order, and what to do with an increase below it: leave it until it adds up, give it up, or round
 * it up within a stated excess. Reductions never come here: closing is exempt from the minimum value.
 */
import { Lots, ZERO_LOTS } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, toWholeSteps } from "./model/instrument.ts";
import { valuationTicks } from "./quotes.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import type { MinimumPolicy } from "./settings.ts";
import type { CopyLeg, State } from "./state.ts";
import { legTarget } from "./target.ts";

export type Sized =
  | { readonly kind: "enough"; readonly lots: Lots; readonly excess: Lots }
  | {
      readonly kind: "below";
      readonly reason: ReasonKind;
      readonly detail: ReasonDetail;
      /** Whether the policy gives the part up. */
      readonly skips: boolean;
    };

/** An increase as the copies ask for it. */
export interface Wanted {
  /** Signed. */
  readonly lots: Lots;
  /** How much of that an earlier order was rounded up by and did not buy, unsigned: no reason to round up again. */
  readonly unboughtExcess: number;
}

/** `lots` if the venue takes them, what the policy makes of them otherwise. */
export function meetMinimum(
  state: State,
  instrument: Instrument,
  wanted: Wanted,
  policy: MinimumPolicy,
): Sized {
  const { lots } = wanted;
  const price = valuationTicks(state, instrument);
  if (price === null) return { kind: "below", reason: "no-price", detail: { lots }, skips: false };
  return meetMinimumAt(price, instrument, wanted, policy);
}

/** The same at a price (in ticks) that is known. */
export function meetMinimumAt(
  price: number,
  instrument: Instrument,
  wanted: Wanted,
  policy: MinimumPolicy,
): Sized {
  const { lots } = wanted;
  const least = leastLots(instrument, price);
  const size = Math.abs(lots);
  if (size >= least) return { kind: "enough", lots, excess: Lots(0) };
  const reason = size < instrument.minLots ? "below-minimum-quantity" : "below-minimum-notional";
  const detail = { lots: size, leastLots: least, priceTicks: price };
  return applyPolicy(policy, wanted, least, { reason, detail });
}

/**
 * Of the `missing` lots (unsigned) that a position is to be reduced by, what an order can be made of; 0 where that is too little. Only a
 * close may be below the minimum quantity, and takes along what an earlier quantity step left over where `takesRemainder`.
 */
export function reducibleLots(
  instrument: Instrument,
  missing: Lots,
  { closes, takesRemainder }: { readonly closes: boolean; readonly takesRemainder: boolean },
): Lots {
  const wanted = closes && takesRemainder ? missing : toWholeSteps(instrument, missing);
  return wanted < instrument.minLots && !closes ? ZERO_LOTS : wanted;
}

/** What `leg` lacks of its target only because an order was rounded up that did not fill, unsigned. */
export function unboughtExcess(leg: CopyLeg): number {
  if (leg.excessLots === 0) return 0;
  const target = legTarget(leg);
  const side = Math.sign(target);
  const asked = legTarget({ ...leg, excessLots: ZERO_LOTS });
  return Math.max(Math.abs(target) - Math.max(asked * side, leg.heldLots * side, 0), 0);
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
  wanted: Wanted,
  least: number,
  refusal: { readonly reason: ReasonKind; readonly detail: ReasonDetail },
): Sized {
  switch (policy.kind) {
    case "accumulate":
      return { kind: "below", ...refusal, skips: false };
    case "skip":
      return { kind: "below", ...refusal, skips: true };
    case "round-up": {
      const asked = Math.abs(wanted.lots) - wanted.unboughtExcess;
      if (asked <= 0 || !isWithin(least, asked, policy.excessMax))
        return { kind: "below", ...refusal, skips: false };
      const lots = wanted.lots > 0 ? least : -least;
      return { kind: "enough", lots: Lots(lots), excess: Lots(lots - wanted.lots) };
    }
  }
}
