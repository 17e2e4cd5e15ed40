/**
 * What one leg of one follower needs now: an order, a wait, or a reason why not. Reductions come before every limit; an
 * increase meets them all.
 */
import type { DecisionDraft, LeverageClamp } from "./decision.ts";
import { goneByMs, untilExitsGone } from "./entry/exit-parity.ts";
import { AT_MARKET, askingToRest, type EntryForm, entryForm, restingLater } from "./entry/form.ts";
import { restingLotsOfNobody } from "./entry/rest.ts";
import type { RejectionClass } from "./event.ts";
import { awaitsMarginMode } from "./margin-mode.ts";
import { meetMinimum, reducibleLots, unboughtExcess } from "./minimum.ts";
import { untilStopsShrink } from "./mirror/stop-orders.ts";
import { addLots, Lots, subtractLots, ZERO_LOTS } from "./model/amounts.ts";
import type { AccountId } from "./model/identifiers.ts";
import { toWholeSteps } from "./model/instrument.ts";
import { asksFor, growingWish, grows, growthToRest, mayCross, type Wish, waitOf } from "./netting.ts";
import { NO_OWN_CODE } from "./own-code.ts";
import {
  couldCloseTwice,
  hasOpenOrders,
  isContradicted,
  isUnsettled,
  reducibleNow,
  surelyOwned,
} from "./ownership.ts";
import type { ReasonDetail, ReasonKind } from "./reason.ts";
import { cancelResting, conflictingOrders } from "./resting.ts";
import { type Objection, objectionToCopy, objectionToIncrease, roomOf } from "./risk/check-risk.ts";
import { workIncrease } from "./risk/execution-style.ts";
import { askOwnLimits } from "./risk/extension-limit.ts";
import { checkLeaderFreshness } from "./risk/freshness.ts";
import { plannedLeverage, tierClamp } from "./risk/leverage-cap.ts";
import { maySell } from "./slicing/exits.ts";
import { forClosing, planWork, type Workable } from "./slicing/plan.ts";
import { slicesOut } from "./slicing/work.ts";
import { type FollowerLeg, type FollowerMarket, isInFlight, type State, type WorkingOrder } from "./state.ts";
import { targetLots } from "./target.ts";

export const QUESTION_PATIENCE_MS = 5_000;
/** How long a difference between venue and ledger is given to clear up before a snapshot is asked for. */
const MISMATCH_PATIENCE_MS = 1_200;
const SNAPSHOT_RETRY_MS = 1_000;

/** `restrains`: no copy may grow; otherwise each comes to its goal as far as it can. */
export type Step =
  | {
      readonly kind: "order";
      readonly lots: Lots;
      readonly reduceOnly: boolean;
      readonly excess: Lots;
      readonly restrains: boolean;
      readonly entry: EntryForm;
      /** Part of a change that is worked. */
      readonly worked?: true;
    }
  | {
      readonly kind: "wait";
      readonly untilMs: number | null;
      /** Why the venue refused what is to be tried again then. */
      readonly refusal?: RejectionClass;
    }
  | {
      readonly kind: "deny";
      readonly reason: ReasonKind;
      readonly detail: ReasonDetail;
      /** Signed; given up by those who asked for it. */
      readonly givesUp: Lots;
      readonly restrains: boolean;
      /** Whoever wanted to grow gives that up. */
      readonly givesUpGrowth?: true;
      /** When it may be otherwise. */
      readonly untilMs?: number;
    }
  | { readonly kind: "none" };

const NOTHING: Step = { kind: "none" };
const WAIT_FOR_EVENT: Step = { kind: "wait", untilMs: null };

function stepOf(state: State, leg: FollowerLeg, wishes: readonly Wish[], draft: DecisionDraft): Step {
  watchMismatch(state, leg, draft);
  const { ownedLots: owned, market } = leg;
  const goal = goalOf(leg, wishes);
  if (market.follower.confirmedAtMs === 0 && (goal !== owned || targetLots(market, leg.leg) !== owned))
    return denyUnread(leg);
  const conflicts = conflictingOrders(leg, goal, draft);
  for (const order of conflicts) cancelResting(state, leg, order, draft);
  if (hasOpenOrders(leg)) return besideOpenOrders(state, leg, goal, draft);
  if (isHeld(leg, goal)) return NOTHING;
  if (state.nowMs < leg.retryAtMs) return untilRetry(leg);
  if (isReduction(owned, goal))
    return untilMayReduce(state, leg, goal) ?? sell(state, leg, wishes, goal, draft);
  return conflicts.length > 0 ? WAIT_FOR_EVENT : increase(state, leg, wishes, goal, draft);
}

/** Where a step leads each copy. */
export function goalUnder(step: Step): (wish: Wish) => Lots {
  const restrains = (step.kind === "deny" || step.kind === "order") && step.restrains;
  return (wish) => (restrains ? wish.restrained : wish.goal);
}

export interface LegStep {
  readonly wishes: readonly Wish[];
  readonly step: Step;
}

/** The same with one entry more that is to rest, where nothing goes at once, in an account that was read. */
export function stepWithRests(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  draft: DecisionDraft,
): LegStep {
  const step = stepOf(state, leg, wishes, draft);
  const asking = step.kind === "none" || step.kind === "deny" ? askingToRest(wishes) : null;
  if (asking === null || leg.market.follower.confirmedAtMs === 0 || hasOpenOrders(leg))
    return { wishes, step };
  if (state.nowMs < leg.entryAgainAtMs) return { wishes: restingLater(wishes, leg.entryAgainAtMs), step };
  const goal = goalOf(leg, asking);
  // Against what may not be ours any more it would turn the account further than its copies do.
  if (isContradicted(leg) && isReduction(leg.ownedLots, goal)) return { wishes, step };
  return { wishes: asking, step: increase(state, leg, asking, goal, draft) };
}

/** What is to be owned, without what rests. */
function goalOf(leg: FollowerLeg, wishes: readonly Wish[]): Lots {
  return subtractLots(sumOf(wishes, "goal"), restingLotsOfNobody(leg));
}

function sumOf(wishes: readonly Wish[], what: "goal" | "restrained"): Lots {
  let sum = ZERO_LOTS;
  for (const wish of wishes) sum = addLots(sum, wish[what]);
  return sum;
}

/** Halted before its account was read in this run: what our ledger calls ours may be the owner's by now. */
function denyUnread(leg: FollowerLeg): Step {
  const detail = { cause: leg.market.follower.halted ?? "" };
  return { kind: "deny", reason: "halted", detail, givesUp: ZERO_LOTS, restrains: true };
}

function watchMismatch(state: State, leg: FollowerLeg, draft: DecisionDraft): void {
  const doubtedSinceMs = leg.doubtedLots > 0 ? leg.market.follower.confirmedAtMs : null;
  const sinceMs = leg.mismatchSinceMs ?? doubtedSinceMs;
  if (sinceMs === null || hasOpenOrders(leg)) return;
  const dueMs = sinceMs + MISMATCH_PATIENCE_MS;
  if (state.nowMs < dueMs) {
    draft.waits.push({ market: leg.market, untilMs: dueMs });
    return;
  }
  draft.questions.push({ kind: "snapshot", account: leg.market.follower.account });
  draft.waits.push({ market: leg.market, untilMs: state.nowMs + SNAPSHOT_RETRY_MS });
}

/** Next to an entry of unknown fate a reduction of what is confirmed may go, one that was refused after its pause; all else waits. */
function besideOpenOrders(state: State, leg: FollowerLeg, goal: Lots, draft: DecisionDraft): Step {
  for (const order of leg.working.values()) {
    if (isInFlight(order) && (order.reduceOnly || order.status !== "unknown")) return WAIT_FOR_EVENT;
  }
  if (!mayReduce(leg, goal)) return WAIT_FOR_EVENT;
  return state.nowMs < leg.retryAtMs ? untilRetry(leg) : reduceAlone(state, leg, goal, { draft });
}

/** What a reduction has to wait for: that something of ours is surely there, and nothing that rests could close the same once more. */
function untilMayReduce(state: State, leg: FollowerLeg, goal: Lots): Step | null {
  if (mayBeGone(leg)) return { ...untilRetry(leg), untilMs: null };
  if (reducibleTo(leg, goal) === 0) return WAIT_FOR_EVENT;
  const untilMs = untilExitsGone(state, leg, goal) ?? untilStopsShrink(state, leg, goal);
  return untilMs === null ? null : { kind: "wait", untilMs };
}

/** A reduction at once, as soon as nothing that rests could close the same a second time. */
function reduceAlone(
  state: State,
  leg: FollowerLeg,
  goal: Lots,
  { draft, restrains = false }: { readonly draft: DecisionDraft; readonly restrains?: boolean },
): Step {
  return (
    untilMayReduce(state, leg, goal) ??
    untilSlicesGone(state, leg, goal, draft) ??
    reduce(leg, goal, restrains)
  );
}

/**
 * The venue refused to reduce what it does not show as ours: whatever is there by the next try may be the owner's, so that
 * a snapshot is to tell first. It is asked for until it does (watchMismatch).
 */
function mayBeGone({ failures, refusal, mismatchSinceMs }: FollowerLeg): boolean {
  return failures > 0 && refusal === "reduce-only-violation" && mismatchSinceMs !== null;
}

function untilRetry({ retryAtMs, refusal }: FollowerLeg): Extract<Step, { readonly kind: "wait" }> {
  return { kind: "wait", untilMs: retryAtMs, ...(refusal === null ? {} : { refusal }) };
}

/** To the quantity step, which what was bought in an earlier step need not keep. Nothing is left of what is to be closed. */
function isHeld({ market, ownedLots }: FollowerLeg, goal: Lots): boolean {
  if (goal === ownedLots) return true;
  if (goal === 0 || Math.sign(goal) === -Math.sign(ownedLots)) return false;
  return Math.abs(goal - ownedLots) < market.instrument.stepLots;
}

function mayReduce(leg: FollowerLeg, goal: Lots): boolean {
  return isReduction(leg.ownedLots, goal) && !isHeld(leg, goal) && reducibleTo(leg, goal) > 0;
}

/** What of ours is surely there beyond the goal, unsigned: what the venue shows to be gone already is not closed once more. */
function reducibleTo(leg: FollowerLeg, goal: Lots): number {
  const kept = Math.sign(goal) === Math.sign(leg.ownedLots) ? Math.abs(goal) : 0;
  return Math.min(Math.max(surelyOwned(leg) - kept, 0), reducibleNow(leg));
}

function isReduction(owned: Lots, goal: Lots): boolean {
  if (owned === 0) return false;
  return Math.sign(owned) !== Math.sign(goal) || Math.abs(goal) < Math.abs(owned);
}

/**
 * Down to the goal, or to nothing when the goal is on the other side: a flip is two steps. A close takes along what an
 * earlier quantity step left over, unless the venue refused that. Never more than is surely ours beyond the goal: something must be.
 */
function reduce(leg: FollowerLeg, to: Lots, restrains = false): Step {
  const { instrument } = leg.market;
  const goal = Math.sign(to) === Math.sign(leg.ownedLots) ? to : ZERO_LOTS;
  const missing = Lots(reducibleTo(leg, to));
  const wanted = reducibleLots(instrument, missing, {
    closes: goal === 0,
    takesRemainder: !leg.remainderRefused,
  });
  if (wanted === 0) {
    const detail = { lots: missing, minimum: instrument.minLots };
    return { kind: "deny", reason: "below-minimum-quantity", detail, givesUp: ZERO_LOTS, restrains };
  }
  const lots = Math.min(wanted, instrument.maxMarketLots);
  const signed = Lots(leg.ownedLots > 0 ? -lots : lots);
  return { kind: "order", lots: signed, reduceOnly: true, excess: ZERO_LOTS, restrains, entry: AT_MARKET };
}

/** A reduction: all of it at once, or what of one that follows the leader, and is worked, goes now. */
function sell(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  goal: Lots,
  draft: DecisionDraft,
): Step {
  const step = reduce(leg, goal);
  if (step.kind !== "order") return step;
  if (!maySell(leg)) return untilSlicesGone(state, leg, goal, draft) ?? step;
  const next = planWork(state, leg, { wishes, lots: step.lots, reduces: true, entry: AT_MARKET }, draft);
  switch (next.kind) {
    case "whole":
      return untilSlicesGone(state, leg, goal, draft) ?? step;
    case "part":
      return { ...step, lots: next.lots, entry: next.entry, worked: true };
    case "stop": {
      const { reason, detail, untilMs } = next.objection;
      const until = untilMs === undefined ? {} : { untilMs };
      return { kind: "deny", reason, detail, givesUp: ZERO_LOTS, restrains: false, ...until };
    }
  }
}

/** Nothing is closed beside slices that could close the same a second time; waited for briefly. */
function untilSlicesGone(state: State, leg: FollowerLeg, goal: Lots, draft: DecisionDraft): Step | null {
  if (!couldCloseTwice(leg, goal)) return null;
  return untilGone(state, leg, slicesOut(leg, true), draft);
}

/** What slices that add take along of what copies close is not had a second time by an order that goes whole. */
function untilClosingGone(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  draft: DecisionDraft,
): Step | null {
  const out = slicesOut(leg, false);
  return out.length === 0 || forClosing(wishes, out) === 0 ? null : untilGone(state, leg, out, draft);
}

function untilGone(
  state: State,
  leg: FollowerLeg,
  out: readonly WorkingOrder[],
  draft: DecisionDraft,
): Step | null {
  for (const order of out) cancelResting(state, leg, order, draft);
  const untilMs = Math.max(0, ...out.map((order) => goneByMs(state, order)));
  return untilMs > state.nowMs ? { kind: "wait", untilMs } : null;
}

function increase(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  goal: Lots,
  draft: DecisionDraft,
): Step {
  const { instrument } = leg.market;
  if (isUnsettled(leg)) return WAIT_FOR_EVENT;
  const { planned } = draft;
  const side = Math.sign(goal - leg.ownedLots);
  const entry = entryForm(wishes, side);
  const rests = entry.purpose === "entry-rest";
  const wanted = rests
    ? growthToRest(leg, wishes, { side, crosses: mayCross(state, leg) })
    : subtractLots(goal, leg.ownedLots);
  if (wanted === 0) return NOTHING;
  // What could not be bought at its cap says nothing of what may be sold.
  const isHeldUp = entry !== AT_MARKET && leg.missedCap * side >= 0;
  if (isHeldUp && state.nowMs < leg.restAgainAtMs) return { kind: "wait", untilMs: leg.restAgainAtMs };
  const shrinking = rests ? NOBODY : shrinkingOn(side, wishes);
  if (shrinking.length > 0 && shrinking.some(({ copy }) => waitOf(state, copy) === "event"))
    return WAIT_FOR_EVENT;
  const objection = objectionToIncrease(state, leg, { lots: wanted, planned }) ?? staleness(state, shrinking);
  // A leverage above the cap can be lowered first, where everything else allows the order.
  const isLeverage = objection?.reason === "leverage-above-cap";
  const room = objection === null || isLeverage ? Number.POSITIVE_INFINITY : roomOf(objection);
  if (objection !== null && room === 0) return denyGrowth(state, leg, wishes, objection, draft);
  const missing = toWholeSteps(instrument, wanted);
  const allowed =
    Math.abs(missing) > room ? toWholeSteps(instrument, Lots(room * Math.sign(missing))) : missing;
  const sizing = { lots: allowed, unboughtExcess: unboughtBy(wishes) };
  const sized = meetMinimum(state, instrument, sizing, policyOf(wishes, missing));
  const lots = sized.kind === "below" ? 0 : Math.min(Math.abs(sized.lots), instrument.maxMarketLots);
  if (objection !== null && !isLeverage && (lots === 0 || lots > room))
    return denyGrowth(state, leg, wishes, objection, draft);
  if (sized.kind === "below") {
    const { reason, detail } = sized;
    return { kind: "deny", reason, detail, givesUp: sized.skips ? missing : ZERO_LOTS, restrains: false };
  }
  const tooMuch = sized.excess === 0 ? null : objectionToExcess(state, leg, wishes, sized, draft);
  if (tooMuch !== null) return denyGrowth(state, leg, wishes, tooMuch, draft);
  if (asksForLeverage(state, leg.market, draft))
    return { kind: "wait", untilMs: state.nowMs + QUESTION_PATIENCE_MS };
  if (isLeverage) return denyGrowth(state, leg, wishes, objection, draft);
  const signed = Lots(sized.lots > 0 ? lots : -lots);
  const goes = { wishes, lots: signed, whole: sized.lots, excess: sized.excess, entry };
  if (draft.own === NO_OWN_CODE) return inSlices(state, leg, goes, draft);
  const asked = { leg, lots: signed, leaders: askingLeaders(wishes, signed), planned };
  const granted = askOwnLimits(state, asked, draft);
  if (granted.kind === "stop") return denyGrowth(state, leg, wishes, granted.objection, draft);
  const approved = { ...asked, lots: granted.lots, form: entry.form, changedAtMs: changedAt(wishes, signed) };
  const worked = workIncrease(state, approved, draft);
  if (worked.kind === "stop") return denyGrowth(state, leg, wishes, worked.objection, draft);
  const { lots: part, form } = worked;
  const isStyled = draft.styleVerdicts.some((said) => said.leg === leg);
  if (!isStyled) return inSlices(state, leg, { ...goes, lots: part, whole: part }, draft);
  return orderFor(part, sized.excess, form === entry.form ? entry : { ...entry, form });
}

/** Of all copies together, unsigned. */
function unboughtBy(wishes: readonly Wish[]): number {
  let sum = 0;
  for (const { part } of wishes) sum += unboughtExcess(part);
  return sum;
}

interface Going extends Omit<Workable, "reduces"> {
  /** The same, beyond what one order may be. */
  readonly whole: Lots;
  readonly excess: Lots;
}

/** All of it, or what of a large change that is worked goes now. */
function inSlices(state: State, leg: FollowerLeg, going: Going, draft: DecisionDraft): Step {
  const { wishes, lots, whole, excess, entry } = going;
  const next = planWork(state, leg, { wishes, lots: whole, reduces: false, entry }, draft);
  if (next.kind === "stop") return denyGrowth(state, leg, wishes, next.objection, draft);
  if (next.kind === "whole")
    return untilClosingGone(state, leg, wishes, draft) ?? orderFor(lots, excess, entry);
  return { ...orderFor(next.lots, excess, next.entry), worked: true };
}

function orderFor(lots: Lots, excess: Lots, entry: EntryForm): Extract<Step, { readonly kind: "order" }> {
  return { kind: "order", lots, reduceOnly: false, excess, restrains: false, entry };
}

/** Those that do not want to grow and come nearer to their goals on `side` all the same. */
function shrinkingOn(side: number, wishes: readonly Wish[]): readonly Wish[] {
  if (wishes.length === 1 && wishes.every(grows)) return NOBODY;
  return wishes.filter((wish) => !grows(wish) && Math.sign(wish.goal - wish.part.heldLots) === side);
}

const NOBODY: readonly Wish[] = [];

/** When the newest change was told that an order of `lots` follows; 0 where none is known. */
function changedAt(wishes: readonly Wish[], lots: Lots): number {
  const asking = wishes.filter((wish) => asksFor(wish, lots));
  return Math.max(0, ...asking.map(({ copy }) => copy.lastChange?.receivedAtMs ?? 0));
}

/** Those whose copies come nearer to their goals by an order of `lots`. */
function askingLeaders(wishes: readonly Wish[], lots: Lots): readonly AccountId[] {
  return wishes.filter((wish) => asksFor(wish, lots)).map(({ copy }) => copy.leader.account);
}

/** A copy that shrinks may make the account's position grow: stale data about its leader, who is named, opens no risk that way either. */
function staleness(state: State, wishes: readonly Wish[]): Objection | null {
  for (const { copy } of wishes) {
    const stale = checkLeaderFreshness(state, copy);
    if (stale !== null) return { ...stale, detail: { ...stale.detail, leader: copy.leader.account } };
  }
  return null;
}

/** What was rounded up has to fit, too: in the limits of the account, and in those of the copy that gets it. */
function objectionToExcess(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  { lots, excess }: { readonly lots: Lots; readonly excess: Lots },
  { planned }: DecisionDraft,
): Objection | null {
  const whole = objectionToIncrease(state, leg, { lots, planned });
  if (whole !== null && whole.reason !== "leverage-above-cap" && Math.abs(lots) > roomOf(whole)) return whole;
  const asking = growingWish(wishes, lots);
  if (asking === undefined) return null;
  const more = addLots(excess, subtractLots(asking.goal, asking.restrained));
  const own = objectionToCopy(state, asking.copy, asking.part, leg, {
    lots: more,
    planned: planned.without(asking.copy),
  });
  return own !== null && Math.abs(more) > roomOf(own) ? own : null;
}

/** Nobody may grow; what shrinks goes on. */
function denyGrowth(
  state: State,
  leg: FollowerLeg,
  wishes: readonly Wish[],
  objection: Objection,
  draft: DecisionDraft,
): Step {
  const least = sumOf(wishes, "restrained");
  if (mayReduce(leg, least)) return reduceAlone(state, leg, least, { draft, restrains: true });
  const { reason, detail, waive, untilMs } = objection;
  const growth = waive === undefined ? {} : ({ givesUpGrowth: true } as const);
  const until = untilMs === undefined ? {} : { untilMs };
  return { kind: "deny", reason, detail, givesUp: ZERO_LOTS, restrains: true, ...growth, ...until };
}

/** The first copy that asks for more on this side says what becomes of an order that is too small. */
function policyOf(wishes: readonly Wish[], lots: Lots) {
  const asking = growingWish(wishes, lots);
  const turning = asking ?? wishes.find((wish) => grows(wish) && asksFor(wish, lots));
  const first = turning ?? wishes.find(({ copy }) => copy.active);
  const policy = first?.copy.allocation.minimumPolicy ?? ACCUMULATE;
  // What is bought beyond a target needs a copy that asked for it: nobody else's is raised, and none past what a stop leaves.
  const mayRaise = asking !== undefined && asking.part.cuts.length === 0;
  return policy.kind === "round-up" && !mayRaise ? ACCUMULATE : policy;
}

const ACCUMULATE = { kind: "accumulate" } as const;

/** Asks for the leverage to have; true while that, or a margin mode that was asked for, is open. */
export function asksForLeverage(state: State, market: FollowerMarket, draft: DecisionDraft): boolean {
  if (market.follower.halted !== null || market.follower.paused) return false;
  if (awaitsMarginMode(state, market.follower, draft)) return true;
  const wanted = plannedLeverage(state, market, draft.planned);
  if (wanted === null || wanted === market.leverageHundredths || wanted === market.leverageRefusedHundredths)
    return false;
  if (market.leverageAgainAtMs > state.nowMs) return true;
  draft.questions.push({
    kind: "set-leverage",
    account: market.follower.account,
    instrument: market.instrument.id,
    leverageHundredths: wanted,
    ...clampOf(state, market),
    againAtMs: state.nowMs + QUESTION_PATIENCE_MS,
  });
  return true;
}

/** For the record: what the risk tier left of the leverage that was wanted. */
function clampOf(state: State, market: FollowerMarket): { readonly clamp?: LeverageClamp } {
  const clamp = tierClamp(state, market);
  return clamp === null ? {} : { clamp };
}
