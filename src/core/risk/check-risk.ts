/**
 * Room 5, the gate: the only maker of approved orders. Reductions pass always; an increase passes when no limit beside
 * this file objects. Limits are one per file; each says why, or null.
 */
import type { ApprovedOrder, OrderRequest } from "../order.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import type { FollowerLeg, State } from "../state.ts";
import { checkForeign } from "./foreign-position.ts";
import { checkFreshness } from "./freshness.ts";
import { checkLeverage } from "./leverage-cap.ts";
import { checkPermission } from "./permission.ts";

export interface Objection {
  readonly reason: ReasonKind;
  readonly detail: ReasonDetail;
}

type Limit = (state: State, leg: FollowerLeg) => Objection | null;

const LIMITS: readonly Limit[] = [checkPermission, checkFreshness, checkForeign, checkLeverage];

/** The first objection to an increase on `leg`, or null. */
export function objectionToIncrease(state: State, leg: FollowerLeg): Objection | null {
  for (const limit of LIMITS) {
    const objection = limit(state, leg);
    if (objection !== null) return objection;
  }
  return null;
}

/** A reduction needs no permission, but it must be one: reduce-only, and at most what we own. */
export function approveReduction(leg: FollowerLeg, request: OrderRequest): ApprovedOrder {
  const reduces = Math.sign(request.lots) === -Math.sign(leg.ownedLots);
  if (!request.reduceOnly || !reduces || Math.abs(request.lots) > Math.abs(leg.ownedLots)) {
    throw new Error(`not a reduction: ${request.clientOrderId} ${request.lots} of ${leg.ownedLots}`);
  }
  return request as ApprovedOrder;
}

/** Approves an increase that `objectionToIncrease` let pass; asserts that it still does. */
export function approveIncrease(state: State, leg: FollowerLeg, request: OrderRequest): ApprovedOrder {
  const objection = objectionToIncrease(state, leg);
  if (objection !== null) throw new Error(`not approved: ${request.clientOrderId} ${objection.reason}`);
  return request as ApprovedOrder;
}

/** An order that was approved before and stands so in the journal. */
export function restoreApproved(request: OrderRequest): ApprovedOrder {
  return request as ApprovedOrder;
}
