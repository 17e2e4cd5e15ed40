/**
 * A part of equity stays free of margin. What is free is the smaller of what the venue said, less the margin of our orders
 * that it cannot have known of, and of what is left of equity after all positions at their leverage: between two reports of an
 * account the same free balance is never spent twice.
 */
import { accountExposure, leverageOf, plannedTerms, termsOf } from "../exposure.ts";
import type { Planned } from "../planned.ts";
import type { FollowerLeg, FollowerState, State } from "../state.ts";
import { marginOn, moneyText, worth } from "../worth.ts";
import { type Allowance, plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { givenUpUnlessRelieved, mostOf, roomIn } from "./room.ts";

export function checkMarginReserve(
  state: State,
  { market }: FollowerLeg,
  { lots, planned, standing }: Increase,
): Objection | null {
  const { follower } = market;
  if (follower.limits.freeMarginReserve === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const reserve = allowance.freeMarginReserve;
  if (reserve === null) return null;
  const terms = plannedTerms(state, market, planned);
  const limit = "margin-reserve";
  if (terms.ticks === null)
    return { reason: "no-price", detail: { limit, instrument: market.instrument.id } };
  const free = freeMargin(state, follower, allowance, planned);
  if (free === null) return { reason: "equity-unknown", detail: { limit } };
  const asked = marginOn(worth(terms.instrument, terms.ticks, lots), terms.leverageHundredths);
  const least = standing === undefined ? reserve.limit : 2 * reserve.limit - mostOf(reserve.limit, standing);
  if (free - asked >= least) return null;
  const room = Number.isFinite(free) ? roomIn(free - reserve.limit, "margin", terms.ticks, terms) : 0;
  const detail = {
    measure: "free margin",
    unit: terms.instrument.spec.settleCoin,
    value: moneyText(free),
    asked: moneyText(asked),
    limit: moneyText(reserve.limit),
    share: reserve.share,
    equity: allowance.equityText ?? "",
    reserved: moneyText(reservedMargin(follower)),
  };
  const relief = isReliefUntold(follower) ? {} : givenUpUnlessRelieved(follower);
  return { reason: limit, detail, room, ...relief };
}

/** In millionths; null when neither equity nor free margin is known. */
export function freeMargin(
  state: State,
  follower: FollowerState,
  { equity, available }: Allowance,
  planned: Planned,
): number | null {
  if (equity === null) return null;
  const own = equity - tiedUp(state, follower, planned);
  if (available === null) return own;
  return Math.min(own, available - reservedMargin(follower) - plannedMargin(state, follower, planned));
}

/** Positions of unknown leverage are left to the venue's own figure, where it gave one. */
function tiedUp(state: State, follower: FollowerState, planned: Planned): number {
  const { margin, unpriced } = accountExposure(state, follower, planned);
  if (unpriced === null && allLeveragesKnown(state, follower)) return margin;
  return follower.available === null || follower.available === "" ? margin : 0;
}

function allLeveragesKnown(state: State, { markets }: FollowerState): boolean {
  for (const market of markets.values()) {
    if (market.leverageHundredths !== null) continue;
    if (leverageOf(state, market) === null && market.legs.some(({ venue }) => venue.lots !== 0)) return false;
  }
  return true;
}

function plannedMargin(state: State, follower: FollowerState, planned: Planned): number {
  let sum = 0;
  for (const { leg, lots, reduceOnly } of planned.of(follower)) {
    if (reduceOnly) continue;
    const { instrument, ticks, leverageHundredths } = termsOf(state, leg.market);
    if (ticks !== null) sum += marginOn(worth(instrument, ticks, lots), leverageHundredths);
  }
  return sum;
}

/** Margin of orders that the last report of the account cannot contain, in millionths. */
export function reservedMargin({ reservations }: FollowerState): number {
  let sum = 0;
  for (const { margin } of reservations) sum += margin;
  return sum;
}

/** Something was sold, and what that set free is not in the venue's figure yet. */
function isReliefUntold({ reducedAtMs, equityAtMs }: FollowerState): boolean {
  return reducedAtMs > equityAtMs;
}
