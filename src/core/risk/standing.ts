/**
 * What rests to add to a position was within every limit when it was placed. Once a price, a withdrawal or a lowered limit has taken
 * what is held and under way more than a twentieth past one, it may not go on resting: it could fill at any time, and nothing but
 * reductions is to follow.
 */
import { copiesOf } from "../explanation.ts";
import { knownLeg } from "../markets.ts";
import { ZERO_LOTS } from "../model/amounts.ts";
import type { OrderPurpose } from "../order.ts";
import { Planned } from "../planned.ts";
import type { ReasonKind } from "../reason.ts";
import {
  type Copy,
  type FollowerLeg,
  type FollowerMarket,
  type FollowerState,
  isOpen,
  type State,
  type WorkingOrder,
} from "../state.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { checkLeaderCap } from "./leader-cap.ts";
import { checkLeaderExposure } from "./leader-exposure.ts";
import { checkMarginReserve } from "./margin-reserve.ts";
import { checkPortfolioExposure } from "./portfolio-exposure.ts";
import { checkPortfolioLeverage } from "./portfolio-leverage.ts";
import { checkSectorConcentration } from "./sector-concentration.ts";
import { checkStrategyExposure } from "./strategy-exposure.ts";
import { checkSymbolCap } from "./symbol-cap.ts";
import { checkSymbolExposure } from "./symbol-exposure.ts";

const LEG_LIMITS = [
  checkPortfolioExposure,
  checkPortfolioLeverage,
  checkSymbolExposure,
  checkSectorConcentration,
  checkMarginReserve,
];
const COPY_LIMITS = [checkLeaderExposure, checkStrategyExposure, checkLeaderCap, checkSymbolCap];

/** Where a figure is not known nothing is known to be passed. */
const UNKNOWN: ReadonlySet<ReasonKind> = new Set([
  "no-price",
  "equity-unknown",
  "evidence-missing",
  "evidence-stale",
]);

/** Why an order that rests for `copies` may not stand any more, or null. What makes the account's position smaller may. */
export function objectionToStanding(
  state: State,
  leg: FollowerLeg,
  order: WorkingOrder,
  copies: readonly Copy[],
  planned: Planned,
): Objection | null {
  if (Math.sign(leg.ownedLots) === -Math.sign(order.lots)) return null;
  const increase: Increase = { lots: ZERO_LOTS, planned, standing: order.lots > 0 ? 1 : -1 };
  for (const limit of LEG_LIMITS) {
    const objection = limit(state, leg, increase);
    if (isPast(objection)) return objection;
  }
  for (const copy of copies) {
    for (const limit of COPY_LIMITS) {
      const objection = limit(state, copy, knownLeg(copy, leg.leg), leg, increase);
      if (isPast(objection)) return objection;
    }
  }
  return null;
}

function isPast(objection: Objection | null): boolean {
  return objection !== null && !UNKNOWN.has(objection.reason);
}

const RESTING: ReadonlySet<OrderPurpose> = new Set(["entry-rest", "slice", "pending-entry"]);

/** New figures of the account, or new limits: markets where something may not go on resting are looked at with this event. */
export function lookAtRests(state: State, follower: FollowerState): void {
  for (const market of follower.markets.values()) lookAtRestsIn(state, market);
}

/** The same where a price is new. */
export function lookAtRestsIn(state: State, market: FollowerMarket): void {
  for (const leg of market.legs) {
    if (leg.working.size === 0) continue;
    for (const order of leg.working.values())
      if (isResting(order) && isOver(state, leg, order)) state.dirty.add(market);
  }
}

function isResting(order: WorkingOrder): boolean {
  return isOpen(order) && !order.reduceOnly && RESTING.has(order.purpose);
}

function isOver(state: State, leg: FollowerLeg, order: WorkingOrder): boolean {
  const copies = copiesOf({ market: leg.market, shares: order.shares });
  return objectionToStanding(state, leg, order, copies, new Planned()) !== null;
}
