/** How much of a pending entry may rest: it meets every limit of an increase, because it may fill at any time. */
import type { DecisionDraft } from "../decision.ts";
import { leastLots } from "../minimum.ts";
import { Lots } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import { waitOf } from "../netting.ts";
import type { OrderForm } from "../order.ts";
import { NO_OWN_CODE } from "../own-code.ts";
import { hasOpenOrders } from "../ownership.ts";
import { objectionToCopy, objectionToIncrease, roomOf } from "../risk/check-risk.ts";
import { askOwnLimits } from "../risk/extension-limit.ts";
import { type Copy, type CopyLeg, type FollowerLeg, isOpen, type State } from "../state.ts";
import { asksForLeverage, QUESTION_PATIENCE_MS } from "../step.ts";
import { targetLots } from "../target.ts";
import type { Why } from "./refusal.ts";

export interface Place {
  readonly state: State;
  readonly leg: FollowerLeg;
  readonly copy: Copy;
  readonly part: CopyLeg;
  readonly decision: DecisionDraft;
}

export interface Admitted {
  /** Signed; nothing where none may. */
  readonly lots: Lots;
  /** Why it is not all of it. */
  readonly refusal: Why | null;
  /** When to look again without an event; null where nothing is waited for. */
  readonly untilMs: number | null;
}

/** Without a price a limit cannot judge; one is asked for with the next look. */
const PRICE_WAIT_MS = 1_000;

/** Whether an entry may be placed now: nothing is on its way there, and nothing is unclear. */
export function isFree({ state, leg, copy, decision }: Place): boolean {
  const { market } = leg;
  if (leg.mismatchSinceMs !== null || hasOpenOrders(leg) || waitOf(state, copy) === "event") return false;
  if (decision.orders.some(({ market: of, order }) => of === market && order.leg === leg.leg)) return false;
  // The owner's own limits are asked once for each leg of a decision.
  if (decision.own !== NO_OWN_CODE && targetLots(market, leg.leg) !== leg.ownedLots) return false;
  for (const order of leg.working.values())
    if (order.adopted && order.purpose === "pending-entry" && isOpen(order)) return false;
  return true;
}

/**
 * Whether more is held on `side` than is to be, or what filled there has no order of the leader's behind it for now: an entry beside it
 * could fill before the reduction does.
 */
export function isBeyondTarget({ leg, part }: Place, side: number): boolean {
  if (part.ahead.some(({ lots, unbackedSinceMs }) => lots * side > 0 && unbackedSinceMs !== null))
    return true;
  const { market } = leg;
  const beyond = (leg.ownedLots - targetLots(market, leg.leg)) * side;
  return leg.ownedLots * side > 0 && beyond >= Math.max(market.instrument.minLots, 1);
}

/** What of `wanted` (signed) may rest there in `form`. */
export function sizeToPlace(place: Place, form: OrderForm, wanted: number): Admitted {
  const { state, leg, copy, decision } = place;
  const { instrument } = leg.market;
  const least = leastLots(instrument, priceOf(form));
  if (Math.abs(wanted) < least) return refused(belowMinimum(leg, wanted, least));
  const admitted = admit(place, wanted);
  if (Math.abs(admitted.lots) < least)
    return refused(admitted.refusal ?? belowMinimum(leg, wanted, least), admitted.untilMs);
  if (asksForLeverage(state, leg.market, decision))
    return { lots: Lots(0), refusal: null, untilMs: state.nowMs + QUESTION_PATIENCE_MS };
  if (decision.own === NO_OWN_CODE) return admitted;
  const asked = {
    leg,
    lots: admitted.lots,
    leaders: [copy.leader.account],
    planned: decision.planned,
  };
  const granted = askOwnLimits(state, asked, decision);
  if (granted.kind === "stop") return refused(granted.objection);
  return Math.abs(granted.lots) < least
    ? refused(belowMinimum(leg, granted.lots, least))
    : { ...admitted, lots: granted.lots };
}

function refused({ reason, detail }: Why, untilMs: number | null = null): Admitted {
  return { lots: Lots(0), refusal: { reason, detail }, untilMs };
}

function belowMinimum({ market }: FollowerLeg, wanted: number, least: number): Why {
  const lots = Math.abs(wanted);
  const reason = lots < market.instrument.minLots ? "below-minimum-quantity" : "below-minimum-notional";
  return { reason, detail: { lots, leastLots: least } };
}

/** Where it would trade at the worst known; a market order at its trigger. */
function priceOf(form: OrderForm): number {
  if (form.kind === "limit") return form.price;
  return form.kind === "conditional" ? form.trigger : 1;
}

/** What of `wanted` (signed) no limit speaks against. */
export function admit({ state, leg, copy, part, decision }: Place, wanted: number): Admitted {
  const { instrument } = leg.market;
  const size = Math.min(Math.abs(wanted), instrument.maxMarketLots);
  const lots = Lots(size * Math.sign(wanted));
  const { planned } = decision;
  const own = objectionToCopy(state, copy, part, leg, { lots, planned });
  const whole = objectionToIncrease(state, leg, { lots, planned });
  // A leverage above the cap can be lowered first.
  const isLeverage = whole?.reason === "leverage-above-cap";
  if (isLeverage && asksForLeverage(state, leg.market, decision))
    return { lots: Lots(0), refusal: null, untilMs: state.nowMs + QUESTION_PATIENCE_MS };
  const objections = [own, whole].flatMap((one) => (one === null ? [] : [one]));
  const [tightest] = objections.sort((one, other) => roomOf(one) - roomOf(other));
  if (tightest === undefined)
    return { lots: Lots(toWholeSteps(instrument, lots)), refusal: null, untilMs: null };
  const room = Math.min(toWholeSteps(instrument, Lots(roomOf(tightest))), size);
  const { reason, detail } = tightest;
  const untilMs = reason === "no-price" ? state.nowMs + PRICE_WAIT_MS : null;
  const refusal = room < size ? { reason, detail } : null;
  return { lots: Lots(room * Math.sign(wanted)), refusal, untilMs };
}
