/** How an exposure limit judges an increase: what is used, what is allowed, and how many lots still fit in between. */
import { type Exposure, type Terms, usedOf } from "../exposure.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import type { ExposureMeasure } from "../risk-settings.ts";
import type { FollowerMarket, FollowerState } from "../state.ts";
import { legTarget, targetLots } from "../target.ts";
import { lotsWorth, marginOn, moneyText, valueOnMargin, worth } from "../worth.ts";
import type { Allowance, Allowed } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";

export interface Claim {
  readonly reason: ReasonKind;
  readonly follower: FollowerState;
  readonly allowed: Allowed;
  readonly allowance: Allowance;
  /** What is held and in flight of what the limit is about. */
  readonly exposure: Exposure;
  /** Where the increase is. */
  readonly terms: Terms;
  /** What else there is to say, such as whose exposure it is. */
  readonly detail?: ReasonDetail;
}

/** Null when all of the increase fits. */
export function objectToExposure(claim: Claim, { lots, standing }: Increase): Objection | null {
  const { allowed, allowance, exposure, terms, reason } = claim;
  const { measure, limit, share } = allowed;
  if (allowance.equity === null) return { reason: "equity-unknown", detail: { limit: reason } };
  const unpriced = exposure.unpriced ?? (terms.ticks === null ? terms.instrument.id : null);
  if (unpriced !== null || terms.ticks === null)
    return { reason: "no-price", detail: { limit: reason, instrument: unpriced ?? "" } };
  const used = usedOf(exposure, measure, standing ?? Math.sign(lots));
  const asked = inMeasure(worth(terms.instrument, terms.ticks, lots), measure, terms);
  if (used + asked <= mostOf(limit, standing)) return null;
  const headroom = limit - used;
  const room = Number.isFinite(headroom) ? roomIn(headroom, measure, terms.ticks, terms) : 0;
  const detail = {
    measure,
    unit: terms.instrument.spec.settleCoin,
    value: moneyText(used),
    asked: moneyText(asked),
    limit: moneyText(limit),
    share,
    equity: allowance.equityText ?? "",
    ...claim.detail,
  };
  return { reason, detail, room, ...givenUpUnlessRelieved(claim.follower) };
}

/** What rests was placed within the limit; it is not taken back for every tick of a price since. */
export function mostOf(limit: number, standing: Increase["standing"]): number {
  return standing === undefined ? limit : limit + Math.floor(limit / STANDING_PARTS);
}

/** Of a limit: so much of it may be passed by what rests already. */
const STANDING_PARTS = 20;

/** What is to shrink anyhow, or is known to be otherwise, may make room within moments: nothing is given up before it has. */
export function givenUpUnlessRelieved(follower: FollowerState): Pick<Objection, "waive"> {
  return isToShrink(follower) ? {} : { waive: true };
}

function isToShrink({ markets }: FollowerState): boolean {
  for (const market of markets.values()) {
    for (const { leg, ownedLots, mismatchSinceMs } of market.legs) {
      if (mismatchSinceMs !== null || shrinks(market, ownedLots, targetLots(market, leg))) return true;
    }
    for (const copy of market.copies) {
      if (copy.legs.some((part) => shrinks(market, part.heldLots, legTarget(part)))) return true;
    }
  }
  return false;
}

/** A part below the venue's minimum may stay for good. */
function shrinks({ instrument }: FollowerMarket, held: number, target: number): boolean {
  if (held === 0) return false;
  if (target === 0 || Math.sign(target) !== Math.sign(held)) return true;
  return Math.abs(held) - Math.abs(target) >= instrument.minLots;
}

function inMeasure(value: number, measure: ExposureMeasure, { leverageHundredths }: Terms): number {
  return measure === "margin" ? marginOn(value, leverageHundredths) : value;
}

/** Lots that are worth no more than `headroom`. */
export function roomIn(
  headroom: number,
  measure: ExposureMeasure,
  ticks: number,
  { instrument, leverageHundredths }: Terms,
): number {
  const value = measure === "margin" ? valueOnMargin(headroom, leverageHundredths) : headroom;
  return lotsWorth(instrument, ticks, value);
}
