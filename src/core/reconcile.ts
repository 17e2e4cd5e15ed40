/**
 * Room 5: the difference between what a follower should hold and what it owns, as approved orders, recorded denials,
 * questions or waits. Reads the state and changes nothing; the same state gives the same plan. One order at a time per
 * leg: what changes meanwhile is made up by the next plan.
 */
import { isMoot } from "./approval.ts";
import { makeClientOrderId } from "./client-order-id.ts";
import type { DecisionDraft } from "./decision.ts";
import { NO_EXITS, planExits } from "./entry/exit-parity.ts";
import { exitSlippage } from "./entry/exit-slippage.ts";
import { tendRestingEntries } from "./entry/rest.ts";
import { copiesOf, denialOf, pendingDenial } from "./explanation.ts";
import { exitsInDoubt } from "./mirror/exits.ts";
import { NO_STOPS, planStops } from "./mirror/stop-orders.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import {
  ALL_TO_THE_ONLY_ONE,
  growingWish,
  grows,
  isForOne,
  mayCross,
  type Netting,
  net,
  type Wish,
  wishesOf,
} from "./netting.ts";
import type { OrderContext, OrderRequest, OrderTerms } from "./order.ts";
import { hasEntries } from "./pending/entries.ts";
import { NO_PENDING, planPending } from "./pending/pending-orders.ts";
import { askAbout } from "./pending/untold.ts";
import { cancelResting, cancelUnwanted } from "./resting.ts";
import { approveChange, approveIncrease, approveReduction } from "./risk/check-risk.ts";
import { chaseBest } from "./slicing/chase.ts";
import { tendExitSlices } from "./slicing/exits.ts";
import { dropWork, endWork } from "./slicing/worked.ts";
import {
  type Copy,
  type FollowerLeg,
  type FollowerMarket,
  isOpen,
  type OrderShare,
  type State,
} from "./state.ts";
import { asksForLeverage, goalUnder, QUESTION_PATIENCE_MS, type Step, stepWithRests } from "./step.ts";
import { leaderSize, leadingCopy, legsOf, legTarget } from "./target.ts";
import { explain, explainEnded, explainRemoved } from "./why-not.ts";
import { nextLookUpMs } from "./working-order.ts";

/** Adds to `draft` what `market` needs now. */
export function reconcile(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  if (market.follower.venue === null) return explainRemoved(market, draft);
  const ordersBefore = draft.orders.length;
  askAboutOrders(state, market, draft);
  cancelUnwanted(state, market, draft);
  tendRestingEntries(state, market, draft);
  tendExitSlices(state, market, draft);
  chaseBest(state, market, draft);
  reconcileLegs(state, market, draft);
  if (draft.orders.length === ordersBefore) explainEnded(market, draft);
  if (market.follower.confirmedAtMs === 0) return;
  for (const leg of market.legs) {
    askWhichExit(state, leg, draft);
    carryOutStops(state, leg, draft);
    carryOutExits(state, leg, draft);
    carryOutPending(state, leg, draft);
  }
}

function reconcileLegs(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  const { mode, follower } = market;
  if (!hasInterest(market)) return;
  if (follower.confirmedAtMs === 0 && follower.halted === null) return;
  if (mode === null) return describe(state, market, draft);
  let idle = true;
  for (const name of legsOf(mode)) {
    const leg = market.legs.find((candidate) => candidate.leg === name);
    if (leg === undefined) continue;
    const { wishes, step, netting } = planLeg(state, leg, draft);
    explain(state, leg, wishes, step, netting, draft);
    endWork(leg, wishes, step, draft);
    idle &&= step.kind === "none" && wishes.every(isContent);
  }
  if (idle && holdsOwn(market)) asksForLeverage(state, market, draft);
}

export interface LegPlan {
  readonly wishes: readonly Wish[];
  readonly step: Step;
  readonly netting: Netting;
}

/** Adds to `draft` what one leg needs now, but for the reasons; also how a position is explained (explain-path.ts). */
export function planLeg(state: State, leg: FollowerLeg, draft: DecisionDraft): LegPlan {
  const { wishes, step } = stepWithRests(state, leg, wishesOf(state, leg, draft.planned), draft);
  return { wishes, step, netting: carryOut(state, leg, wishes, step, draft) };
}

/** Positions of ours and of nobody else: the terms of a position that is not ours are not touched. */
function holdsOwn({ legs }: FollowerMarket): boolean {
  return legs.some((leg) => leg.ownedLots !== 0) && legs.every((leg) => !isShared(leg));
}

function isShared(leg: FollowerLeg): boolean {
  return leg.foreignLots !== 0 || leg.mismatchSinceMs !== null;
}

function hasInterest(market: FollowerMarket): boolean {
  for (const leg of market.legs)
    if (leg.ownedLots !== 0 || leg.working.size > 0 || leg.mismatchSinceMs !== null || leg.work !== null)
      return true;
  return market.copies.some(
    (copy) =>
      holdsSomething(copy) ||
      (copy.active && (copy.pendingChanges.length > 0 || wantsSomething(copy) || hasEntries(copy))),
  );
}

/** Also where the account holds nothing, as others hold the opposite: what is to go of it crosses. */
function holdsSomething({ legs }: Copy): boolean {
  for (const { heldLots } of legs) if (heldLots !== 0) return true;
  return false;
}

function wantsSomething(copy: Copy): boolean {
  if (!copy.active) return false;
  if (copy.market.mode === null) return leaderSize(copy, "long") !== 0 || leaderSize(copy, "short") !== 0;
  return copy.legs.some((leg) => leg.wantedLots !== 0);
}

function describe(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  if (market.follower.halted !== null) {
    const detail = { cause: market.follower.halted };
    for (const copy of market.copies)
      if (copy.pendingChanges.length > 0 || market.lastReason !== "halted")
        draft.denials.push(denialOf(copy, null, "halted", detail));
    return;
  }
  const { account } = market.follower;
  const instrument = market.instrument.id;
  const againAtMs = state.nowMs + QUESTION_PATIENCE_MS;
  if (market.describeAgainAtMs <= state.nowMs) {
    draft.questions.push({ kind: "describe-market", account, instrument, againAtMs });
  } else draft.waits.push({ market, untilMs: market.describeAgainAtMs });
}

function askAboutOrders(state: State, market: FollowerMarket, draft: DecisionDraft): void {
  for (const leg of market.legs) {
    if (leg.working.size === 0) continue;
    for (const order of leg.working.values()) {
      if (!isOpen(order)) continue;
      if (order.lookUpAtMs > state.nowMs) {
        draft.waits.push({ market, untilMs: order.lookUpAtMs });
        continue;
      }
      draft.questions.push({
        kind: "look-up",
        account: market.follower.account,
        instrument: market.instrument.id,
        clientOrderId: order.clientOrderId,
        againAtMs: nextLookUpMs(state, order),
      });
    }
  }
}

/** Nothing keeps the copy from its goal. */
function isContent({ objection, waits }: Wish): boolean {
  return objection === null && waits === null;
}

function carryOut(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  step: Step,
  draft: DecisionDraft,
): Netting {
  const { market } = leg;
  if (step.kind === "wait" && step.untilMs !== null) draft.waits.push({ market, untilMs: step.untilMs });
  if (step.kind === "deny" && step.untilMs !== undefined) draft.waits.push({ market, untilMs: step.untilMs });
  for (const { waits } of wishes) if (typeof waits === "number") draft.waits.push({ market, untilMs: waits });
  for (const wish of wishes) propose(wish, draft);
  const netting = isForOne(leg, wishes) ? ALL_TO_THE_ONLY_ONE : netted(state, leg, wishes, step);
  if (netting.crossing !== null) draft.crossings.push(netting.crossing);
  if (step.kind === "deny") giveUpShares(leg, step.givesUp, { wishes, netting }, draft);
  for (const wish of wishes) {
    if (step.kind === "deny" && step.givesUpGrowth && grows(wish)) giveUpGrowth(leg, wish, netting, draft);
    else giveUpObjected(leg, wish, step, netting, draft);
  }
  if (step.kind !== "order") {
    if (netting.crossing !== null) draft.planned.add(leg, NO_ORDER, netting);
    return netting;
  }
  if (step.worked !== true) dropWork(leg, draft);
  const { lots, reduceOnly, excess, entry } = step;
  if (excess !== 0) {
    const growing = growingWish(wishes, lots);
    if (growing !== undefined)
      draft.adjustments.push({ copy: growing.copy, leg: leg.leg, kind: "round-up", lots: excess });
  }
  const terms = { lots, reduceOnly, ...entry, part: 0 };
  const request = requestOf(state, leg, terms, netting.shares);
  const order = reduceOnly
    ? approveReduction(leg, request)
    : approveIncrease(state, leg, request, draft.planned);
  draft.orders.push({ market, order, shares: netting.shares });
  draft.planned.add(leg, step, netting);
  return netting;
}

const NO_ORDER = { lots: 0, reduceOnly: true } as const;

function netted(state: State, leg: FollowerLeg, wishes: readonly Wish[], step: Step): Netting {
  const crosses = step.kind !== "wait" && mayCross(state, leg);
  const rests = step.kind !== "order" || step.entry.purpose === "entry-rest";
  return net(leg, wishes, goalUnder(step), { lots: lotsOf(step), crosses, rests });
}

/** Exits of a leader's are in doubt, and what should rest of ours waits for that. */
function askWhichExit(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  const { market } = leg;
  for (const copy of market.copies) {
    if (copy.isPlain || !(copy.allocation.copyStops || copy.allocation.exitParity)) continue;
    const untold = exitsInDoubt(copy, leg.leg, Math.sign(leg.ownedLots));
    if (untold !== null) draft.waits.push({ market, untilMs: askAbout(state, copy.leader, untold, draft) });
  }
}

/** What rests at the venue because of the leader's own exits; they reduce, so that nothing has to permit them. */
function carryOutStops(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  const { market } = leg;
  const plan = planStops(state, leg);
  if (plan === NO_STOPS) return;
  const { cancels, amends, places, waits } = plan;
  for (const order of cancels) cancelResting(state, leg, order, draft);
  for (const [place, stop] of places.entries()) {
    const { purpose, form, lots, copy } = stop;
    const shares = sharesFor(copy, lots);
    const request = requestOf(state, leg, { lots, reduceOnly: true, purpose, form, part: place }, shares);
    draft.orders.push({ market, order: approveReduction(leg, request), shares });
  }
  for (const { order, change } of amends) {
    const { clientOrderId } = order;
    draft.amends.push({
      market,
      clientOrderId,
      change: approveChange(state, leg, order, change, draft.planned),
    });
  }
  for (const untilMs of waits) draft.waits.push({ market, untilMs });
}

/** The same for limit exits: cancelled with the leader's, and placed where it has them. */
function carryOutExits(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  const { market } = leg;
  const plan = planExits(state, leg);
  if (plan === NO_EXITS) return;
  const { cancels, places, waits } = plan;
  for (const order of cancels) cancelResting(state, leg, order, draft);
  for (const [place, { copy, price, lots }] of places.entries()) {
    const shares = sharesFor(copy, lots);
    const form = { kind: "limit", price, timeInForce: "GTC" } as const;
    const terms = { lots, reduceOnly: true, purpose: "rested-exit", form, part: place } as const;
    const order = approveReduction(leg, requestOf(state, leg, terms, shares));
    draft.orders.push({ market, order, shares });
  }
  for (const untilMs of waits) draft.waits.push({ market, untilMs });
}

/** What rests because the leader waits to open or to add; each order meets every limit, as it may fill at any time. */
function carryOutPending(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  const { market } = leg;
  const plan = planPending(state, leg, draft);
  if (plan === NO_PENDING) return;
  const { cancels, amends, place, refusals, waits } = plan;
  for (const order of cancels) cancelResting(state, leg, order, draft);
  if (place !== null) {
    const { copy, lots, form, follows } = place;
    const shares = sharesFor(copy, lots);
    const terms = { lots, reduceOnly: false, purpose: "pending-entry", form, part: 0 } as const;
    const order = approveIncrease(state, leg, requestOf(state, leg, terms, shares), draft.planned);
    draft.orders.push({ market, order, shares, follows });
    draft.planned.add(leg, order, { crossing: null, shares });
  }
  for (const { order, change, follows } of amends) {
    const { clientOrderId } = order;
    const approved = approveChange(state, leg, order, change, draft.planned);
    draft.amends.push({ market, clientOrderId, change: approved, follows });
  }
  for (const { copy, order, ...why } of refusals)
    draft.denials.push(pendingDenial(copy, leg.leg, order, why));
  for (const untilMs of waits) draft.waits.push({ market, untilMs });
}

/** Of an order that is for one copy only; null where the market has no other. */
function sharesFor({ index, market }: Copy, lots: Lots): readonly OrderShare[] | null {
  if (market.copies.length === 1) return null;
  return [{ copy: index, lots: Lots(Math.abs(lots)), givenLots: ZERO_LOTS }];
}

/** What the owner is to be asked, and what need not be asked any more. */
function propose({ copy, part, restrained, asks }: Wish, draft: DecisionDraft): void {
  if (asks !== null) draft.proposals.push(asks);
  else if (isMoot(copy, part, restrained))
    draft.proposals.push({ copy, leg: part.leg, lots: ZERO_LOTS, expiresAtMs: 0 });
}

/** What is ordered, or would be were it not given up. */
function lotsOf(step: Step): Lots {
  if (step.kind === "order") return step.lots;
  return step.kind === "deny" ? step.givesUp : ZERO_LOTS;
}

/** It wants nothing any more: there is nothing that it could give up. */
function isEnded({ active, legs }: Copy): boolean {
  return !active && legs.every(({ wantedLots }) => wantedLots === 0);
}

/** What the whole leg may not have is given up by the copies that asked for it. */
function giveUpShares(
  leg: FollowerLeg,
  lots: Lots,
  { wishes, netting }: Pick<LegPlan, "wishes" | "netting">,
  draft: DecisionDraft,
): void {
  if (lots === 0) return;
  for (const wish of wishes) {
    const { copy } = wish;
    const given = givenUpBy(wish, lots, netting.shares);
    if (given === 0 || isEnded(copy)) continue;
    draft.adjustments.push({ copy, leg: leg.leg, kind: "waive", lots: Lots(given * Math.sign(lots)) });
  }
}

/** What one copy may not have is given up where its limit says so, once what it may have is held. */
function giveUpObjected(
  leg: FollowerLeg,
  wish: Wish,
  step: Step,
  netting: Netting,
  draft: DecisionDraft,
): void {
  const { copy, part, objection, goal, resting } = wish;
  const { shares } = netting;
  if (objection?.waive === undefined || step.kind === "wait" || isYetToRest(wish, step)) return;
  const target = legTarget(part);
  const waived = { copy, leg: leg.leg, kind: "waive" } as const;
  if (step.kind === "order" && copiesOf({ market: leg.market, shares }).includes(copy)) {
    if (objection.waive !== "at-once" || step.restrains) return;
    draft.adjustments.push({ ...waived, lots: beyond(target, goal, resting), reason: objection.reason });
    return;
  }
  giveUpGrowth(leg, wish, netting, draft, step.kind === "deny" ? givenUpBy(wish, step.givesUp, shares) : 0);
}

/** Its entry is to be placed after that of another, or after a pause. */
function isYetToRest({ rests, waits }: Wish, step: Step): boolean {
  return rests?.isAsked === false && (step.kind === "order" || typeof waits === "number");
}

/** What it lacks after what crosses; so many lots (unsigned) of that are given up already. */
function giveUpGrowth(
  { leg }: FollowerLeg,
  { copy, part, resting }: Wish,
  { crossing }: Netting,
  draft: DecisionDraft,
  already = 0,
): void {
  const target = legTarget(part);
  const crossed = crossing?.moves.find((move) => move.copy === copy.index)?.lots ?? ZERO_LOTS;
  const holds = addLots(part.heldLots, crossed);
  const held = Math.sign(holds) === Math.sign(target) ? holds : ZERO_LOTS;
  draft.adjustments.push({ copy, leg, kind: "waive", lots: beyond(target, held, resting + already) });
}

/** What one copy gives up with its share of what all asked for, unsigned: of its growth only, however small what it is to close. */
function givenUpBy(
  { copy: { index }, goal, restrained }: Wish,
  lots: Lots,
  shares: readonly OrderShare[] | null,
): number {
  if (lots === 0) return 0;
  const share = shares === null ? Math.abs(lots) : (shares.find(({ copy }) => copy === index)?.lots ?? 0);
  return Math.min(share, Math.max((goal - restrained) * Math.sign(lots), 0));
}

/** What of a target is neither `had` nor rests. */
function beyond(target: Lots, had: Lots, resting: number): Lots {
  return Lots(subtractLots(target, had) - resting * Math.sign(target));
}

/** The request for one leg in the next decision; also how a recorded order is read back. */
export function requestOf(
  state: State,
  leg: FollowerLeg,
  { lots, reduceOnly, purpose, form, part }: OrderTerms,
  shares: readonly OrderShare[] | null,
): OrderRequest {
  const { market } = leg;
  const { epoch, decisionSequence } = state;
  const decision = decisionSequence + 1;
  return {
    clientOrderId: makeClientOrderId({ epoch, market: market.index, leg: leg.leg, decision, purpose, part }),
    account: market.follower.account,
    instrument: market.instrument.id,
    leg: leg.leg,
    lots,
    reduceOnly,
    purpose,
    form,
    part,
    context: reduceOnly
      ? { ...contextOf(state, market, shares), ...beyondBoundary(state, leg, lots, shares) }
      : contextOf(state, market, shares),
  };
}

/** The leader's side of it is that of the first copy that the order is for. */
function contextOf(state: State, market: FollowerMarket, shares: readonly OrderShare[] | null): OrderContext {
  const first = shares === null ? leadingCopy(market) : copiesOf({ market, shares })[0];
  const change = first?.lastChange ?? null;
  const quote = state.quotes.get(market.instrument.id);
  return {
    leaderPrice: change?.price ?? null,
    leaderTimeMs: change?.venueTimeMs ?? 0,
    leaderReceivedAtMs: change?.receivedAtMs ?? 0,
    decidedAtMs: state.nowMs,
    bid: quote?.bid ?? null,
    ask: quote?.ask ?? null,
    mark: quote?.mark ?? null,
  };
}

function beyondBoundary(
  state: State,
  { market, leg }: FollowerLeg,
  lots: Lots,
  shares: readonly OrderShare[] | null,
): Pick<OrderContext, "exitSlippage"> {
  const found = exitSlippage(state, copiesOf({ market, shares }), leg, Math.sign(lots));
  return found === null ? {} : { exitSlippage: found };
}
