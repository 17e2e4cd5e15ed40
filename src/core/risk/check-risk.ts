/**
 * Room 5, the gate: the only maker of approved orders. Reductions pass always; an increase passes when no limit beside
 * this file objects. Limits are one per file; each says why, or null. Some are about one leader's copy, before the copies are
 * netted, the others about the account's position.
 */
import { Lots } from "../model/amounts.ts";
import type { ApprovedChange, ApprovedOrder, OrderChange, OrderRequest } from "../order.ts";
import type { Planned } from "../planned.ts";
import type { ReasonDetail, ReasonKind } from "../reason.ts";
import { checkLateEntry } from "../shape/late-entry.ts";
import { checkPositions } from "../shape/max-positions.ts";
import { checkEnding } from "../shape/stop-mode.ts";
import { checkHours } from "../shape/trading-hours.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  filledLots,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { checkCorrelation } from "./correlation.ts";
import { checkForeign } from "./foreign-position.ts";
import { checkFollowerFreshness, checkLeaderFreshness } from "./freshness.ts";
import { checkLeaderCap } from "./leader-cap.ts";
import { checkLeaderExposure } from "./leader-exposure.ts";
import { checkLeverage } from "./leverage-cap.ts";
import { checkMarginReserve } from "./margin-reserve.ts";
import { checkOrderCap } from "./order-cap.ts";
import { checkOrderRate } from "./order-rate.ts";
import { checkPermission } from "./permission.ts";
import { checkPortfolioExposure } from "./portfolio-exposure.ts";
import { checkPortfolioLeverage } from "./portfolio-leverage.ts";
import { checkPortfolioRisk } from "./portfolio-risk.ts";
import { checkSameCoin } from "./same-coin.ts";
import { checkSectorConcentration } from "./sector-concentration.ts";
import { checkStopped } from "./stopped.ts";
import { checkStrategyExposure } from "./strategy-exposure.ts";
import { checkSymbolCap } from "./symbol-cap.ts";
import { checkSymbolExposure } from "./symbol-exposure.ts";

export interface Objection {
  readonly reason: ReasonKind;
  /** The numbers at this moment, limit and value among them. */
  readonly detail: ReasonDetail;
  /** How many lots may be added all the same; absent: none. */
  readonly room?: number;
  /**
   * What may not be added is given up, so that it is not bought later at another price: once what may be added is held, or
   * with the order for that.
   */
  readonly waive?: true | "at-once";
  /** It may be otherwise from this time on. */
  readonly untilMs?: number;
}

/** An increase that is wished for. */
export interface Increase {
  /** Signed, and not nothing but where `standing` is asked. */
  readonly lots: Lots;
  /** What this decision adds elsewhere. */
  readonly planned: Planned;
  /** Of no lots: whether what is held and under way is past a limit so far that an order on this side may not go on resting (standing.ts). */
  readonly standing?: 1 | -1;
}

type CopyLimit = (
  state: State,
  copy: Copy,
  part: CopyLeg,
  leg: FollowerLeg,
  increase: Increase,
) => Objection | null;
type LegLimit = (state: State, leg: FollowerLeg, increase: Increase) => Objection | null;

/** About one copy that wants to grow on one leg. */
const COPY_LIMITS: readonly CopyLimit[] = [
  checkStopped,
  checkEnding,
  checkLeaderFreshness,
  checkSameCoin,
  checkHours,
  checkPositions,
  checkLateEntry,
  checkCorrelation,
  checkLeaderExposure,
  checkStrategyExposure,
  checkPortfolioRisk,
  checkLeaderCap,
  checkSymbolCap,
  checkOrderCap,
];
/** Those that only an allocation can state. */
const STATED_LIMITS: ReadonlySet<CopyLimit> = new Set<CopyLimit>([
  checkHours,
  checkPositions,
  checkLeaderCap,
  checkSymbolCap,
  checkOrderCap,
]);
const PLAIN_COPY_LIMITS = COPY_LIMITS.filter((limit) => !STATED_LIMITS.has(limit));
/** About the account's own position on one leg. */
const LEG_LIMITS: readonly LegLimit[] = [
  checkPermission,
  checkFollowerFreshness,
  checkForeign,
  checkPortfolioExposure,
  checkPortfolioLeverage,
  checkSymbolExposure,
  checkSectorConcentration,
  checkMarginReserve,
  checkOrderRate,
  checkLeverage,
];

/** What speaks against more for `copy`, or null: the first that allows nothing, else the one that leaves the least room. */
export function objectionToCopy(
  state: State,
  copy: Copy,
  part: CopyLeg,
  leg: FollowerLeg,
  increase: Increase,
): Objection | null {
  let tightest: Objection | null = null;
  for (const limit of copy.isPlain ? PLAIN_COPY_LIMITS : COPY_LIMITS) {
    tightest = tighter(tightest, limit(state, copy, part, leg, increase));
    if (tightest !== null && roomOf(tightest) === 0) return tightest;
  }
  return tightest;
}

/** The same for an increase of the account's position on `leg`. */
export function objectionToIncrease(state: State, leg: FollowerLeg, increase: Increase): Objection | null {
  let tightest: Objection | null = null;
  for (const limit of LEG_LIMITS) {
    tightest = tighter(tightest, limit(state, leg, increase));
    if (tightest !== null && roomOf(tightest) === 0) return tightest;
  }
  if (tightest === null) increase.planned.notePassed(leg, increase.lots);
  return tightest;
}

export function roomOf({ room = 0 }: Objection): number {
  return Math.max(room, 0);
}

function tighter(known: Objection | null, next: Objection | null): Objection | null {
  if (known === null || next === null) return known ?? next;
  return roomOf(next) < roomOf(known) ? next : known;
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
export function approveIncrease(
  state: State,
  leg: FollowerLeg,
  request: OrderRequest,
  planned: Planned,
): ApprovedOrder {
  if (planned.hasPassed(leg, request.lots)) return request as ApprovedOrder;
  const objection = objectionToIncrease(state, leg, { lots: request.lots, planned });
  if (objection !== null && Math.abs(request.lots) > roomOf(objection))
    throw new Error(`not approved: ${request.clientOrderId} ${objection.reason}`);
  return request as ApprovedOrder;
}

/** An order that was approved before and stands so in the journal. */
export function restoreApproved(request: OrderRequest): ApprovedOrder {
  return request as ApprovedOrder;
}

/**
 * What speaks against a change of an order that rests, or null. What only reduces passes, and so does less of an entry;
 * whatever else becomes of an entry meets the limits as an increase by what it asks for more.
 */
export function objectionToChange(
  state: State,
  leg: FollowerLeg,
  order: WorkingOrder,
  change: OrderChange,
  planned: Planned,
): Objection | null {
  const more = Math.max((change.quantity ?? 0) - Math.abs(order.lots), 0);
  const isPriced = change.price !== undefined || change.triggerPrice !== undefined;
  if (order.reduceOnly || (more === 0 && !isPriced)) return null;
  const lots = Lots(order.lots < 0 ? -more : more);
  const objection = objectionToIncrease(state, leg, { lots, planned });
  return objection !== null && (more === 0 || more > roomOf(objection)) ? objection : null;
}

/** Approves a change that `objectionToChange` let pass; asserts that it still does, and that a reduction stays one. */
export function approveChange(
  state: State,
  leg: FollowerLeg,
  order: WorkingOrder,
  change: OrderChange,
  planned: Planned,
): ApprovedChange {
  const { clientOrderId, lots, reduceOnly } = order;
  if (change.reduceOnly !== reduceOnly) throw new Error(`not the order's own: ${clientOrderId}`);
  const left = (change.quantity ?? Math.abs(lots)) - filledLots(order);
  const reduces = Math.sign(lots) === -Math.sign(leg.ownedLots) && left <= Math.abs(leg.ownedLots);
  if (reduceOnly && !reduces)
    throw new Error(`not a reduction: ${clientOrderId} ${left} of ${leg.ownedLots}`);
  const objection = objectionToChange(state, leg, order, change, planned);
  if (objection !== null) throw new Error(`not approved: ${clientOrderId} ${objection.reason}`);
  return change as ApprovedChange;
}

/** A change that was approved before and stands so in the journal. */
export function restoreChange(change: OrderChange): ApprovedChange {
  return change as ApprovedChange;
}
