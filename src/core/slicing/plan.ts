/**
 * How much of a large change goes now, and how: cut into slices that are spread evenly over time. Each first rests as a maker
 * at the best price of its side; what is left of it when its time is over crosses. Each slice is an equal part of what is
 * missing when it begins, so that what the leader adds, or takes back, changes the slices that are still to come.
 */
import type { DecisionDraft } from "../decision.ts";
import { AT_MARKET, type EntryForm } from "../entry/form.ts";
import { worthOf } from "../ledger.ts";
import { leastLots } from "../minimum.ts";
import { Lots, Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { toWholeSteps } from "../model/instrument.ts";
import type { Wish } from "../netting.ts";
import { presentTicks, valuationTicks } from "../quotes.ts";
import type { Objection } from "../risk/check-risk.ts";
import { type FollowerLeg, leftFor, type State, type WorkingOrder } from "../state.ts";
import { legTarget } from "../target.ts";
import { intervalMs, isLarge, type WorkTerms, workTermsOf } from "./terms.ts";
import { LOOK_AGAIN_MS, sliceEndMs, slicesOut, unfilledOf, type Work } from "./work.ts";
import { resultOf } from "./worked.ts";

/** A change that everything else lets pass. */
export interface Workable {
  readonly wishes: readonly Wish[];
  /** Signed; of an increase what rests for it already is no part of it. */
  readonly lots: Lots;
  readonly reduces: boolean;
  /** As it goes without being worked. */
  readonly entry: EntryForm;
}

export type WorkStep =
  /** It is not worked. */
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly lots: Lots; readonly entry: EntryForm }
  | { readonly kind: "stop"; readonly objection: Objection };

const WHOLE: WorkStep = { kind: "whole" };

export function planWork(state: State, leg: FollowerLeg, change: Workable, draft: DecisionDraft): WorkStep {
  const { wishes, lots, reduces, entry } = change;
  if (leg.work === null && wishes.every(({ copy }) => copy.isPlain)) return WHOLE;
  const side = Math.sign(lots);
  const terms = entry.purpose === "entry-rest" ? null : workTermsOf(wishes, side);
  const touch =
    presentTicks(state, leg.market.instrument, side) ?? valuationTicks(state, leg.market.instrument);
  if (terms === null || touch === null) return WHOLE;
  const known = leg.work !== null && leg.work.side === side && leg.work.reduces === reduces ? leg.work : null;
  const out = slicesOut(leg, reduces);
  const resting = unfilledOf(out);
  const missing = reduces ? Math.abs(lots) : Math.abs(lots) + resting - forClosing(wishes, out);
  if (known === null && !isLarge(leg.market.instrument, terms, missing, touch)) return WHOLE;
  const arrival = { missing, touch, mid: middleOf(state, leg, touch) };
  const begun = grown(leg, known ?? beginning(state, leg, terms, { side, reduces }), arrival);
  const work = nextSlice(state, leg, begun, { missing, resting, terms, touch });
  const replaced = known === null && leg.work !== null ? resultOf(leg.work) : null;
  if (work !== leg.work) draft.works.push({ leg, work, done: replaced });
  return sliceStep(state, leg, work, { missing, resting, touch, entry });
}

/** What of slices that add is for what copies close, unsigned: beyond the growth that it is no part of, they ask for it all the same. */
export function forClosing(wishes: readonly Wish[], out: readonly WorkingOrder[]): number {
  let sum = 0;
  for (const { copy, part, restrained } of wishes) {
    const growth = Math.max(Math.abs(legTarget(part)) - Math.abs(restrained), 0);
    const resting = out.reduce((all, order) => all + leftFor(order, copy.index), 0);
    sum += Math.max(resting - growth, 0);
  }
  return sum;
}

function beginning(
  state: State,
  leg: FollowerLeg,
  terms: WorkTerms,
  { side, reduces }: { readonly side: number; readonly reduces: boolean },
): Work {
  const interval = intervalMs(terms);
  return {
    id: state.eventSequence,
    side,
    reduces,
    startedAtMs: state.nowMs,
    slices: terms.slices,
    intervalMs: interval,
    restMs: Math.min(terms.crossAfterMs ?? interval, interval),
    chase: terms.chase,
    slice: 0,
    sliceAtMs: 0,
    sliceGoal: leg.ownedLots,
    wantedLots: Lots(0),
    atTouch: Decimal.zero,
    atMid: Decimal.zero,
    filledLots: Lots(0),
    paid: Decimal.zero,
    fees: Decimal.zero,
  };
}

/** What was not wanted before is measured by the prices of now. */
function grown(
  { market: { instrument } }: FollowerLeg,
  work: Work,
  { missing, touch, mid }: { readonly missing: number; readonly touch: Ticks; readonly mid: Decimal },
): Work {
  const more = missing + work.filledLots - work.wantedLots;
  if (more <= 0) return work;
  return {
    ...work,
    wantedLots: Lots(work.wantedLots + more),
    atTouch: work.atTouch.plus(worthOf(instrument, more, touch)),
    atMid: work.atMid.plus(worthOf(instrument, more, 1).times(mid)),
  };
}

/** In ticks; the touch itself where only one side of the book is known. */
function middleOf(state: State, { market }: FollowerLeg, touch: Ticks): Decimal {
  const [ask, bid] = [presentTicks(state, market.instrument, 1), presentTicks(state, market.instrument, -1)];
  if (ask === null || bid === null) return Decimal.of(BigInt(touch), 0);
  return Decimal.of(BigInt(ask + bid) * 5n, 1);
}

interface Left {
  /** Unsigned: all that is missing, and what of it rests. */
  readonly missing: number;
  readonly resting: number;
  readonly touch: Ticks;
}

/** The work with its next slice, where that is due and nothing of the last one is left. */
function nextSlice(
  state: State,
  leg: FollowerLeg,
  work: Work,
  { missing, resting, terms, touch }: Left & { readonly terms: WorkTerms },
): Work {
  const { instrument } = leg.market;
  const least = Math.min(leastLots(instrument, touch), missing);
  const isUnderWay = work.slice > 0 && (resting > 0 || openOf(leg, work, resting) >= least);
  if (isUnderWay || state.nowMs < nextAtMs(work)) return work;
  // More was added than the slices so far were cut for.
  const restarts = work.slice >= work.slices && isLarge(instrument, terms, missing, touch);
  const slice = restarts ? 1 : work.slice + 1;
  const count = Math.max(work.slices - slice + 1, 1);
  const lots = sliceLots(state, leg, missing, count);
  return { ...work, slice, sliceAtMs: state.nowMs, sliceGoal: Lots(leg.ownedLots + lots * work.side) };
}

function nextAtMs({ slice, sliceAtMs, intervalMs: interval }: Work): number {
  return slice === 0 ? 0 : sliceAtMs + interval;
}

/** What of the slice under way is neither held nor rests. */
function openOf({ ownedLots }: FollowerLeg, { sliceGoal, side }: Work, resting: number): number {
  return (sliceGoal - ownedLots) * side - resting;
}

/** An equal part of `missing`, in whole steps that the venue takes and that leave nothing that it would not. */
function sliceLots(state: State, { market }: FollowerLeg, missing: number, count: number): number {
  const { instrument } = market;
  const price = valuationTicks(state, instrument);
  const least = price === null ? missing : leastLots(instrument, price);
  const even = toWholeSteps(instrument, Lots(Math.ceil(missing / count)));
  const part = Math.min(Math.max(even, least), instrument.maxMarketLots);
  return missing - part < least && missing <= instrument.maxMarketLots ? missing : part;
}

function sliceStep(
  state: State,
  leg: FollowerLeg,
  work: Work,
  { missing, resting, touch, entry }: Left & { readonly entry: EntryForm },
): WorkStep {
  const { instrument } = leg.market;
  const open = toWholeSteps(instrument, Lots(Math.min(openOf(leg, work, resting), missing - resting)));
  const endMs = sliceEndMs(work);
  const sayWorking = (untilMs: number) => working(state, work, missing, untilMs);
  if (open <= 0) return sayWorking(resting > 0 ? endMs : nextAtMs(work));
  const isOver = state.nowMs >= endMs;
  const least = leastLots(instrument, touch);
  // What is left of a slice may be too small by itself, and goes along with the next.
  if (open < least && missing - resting > open) return sayWorking(isOver ? nextAtMs(work) : endMs);
  const lots = Lots(open * work.side);
  if (isOver) return { kind: "part", lots, entry };
  const price = restingPrice(state, leg, work, entry);
  if (price === null) return sayWorking(Math.min(endMs, state.nowMs + LOOK_AGAIN_MS));
  const againAtMs = Math.max(leg.restAgainAtMs, leg.sliceAgainAtMs);
  if (state.nowMs < againAtMs) return sayWorking(Math.min(againAtMs, endMs));
  const form = { kind: "limit", price, timeInForce: "PostOnly" } as const;
  return { kind: "part", lots, entry: { purpose: "slice", form } };
}

/** The best price of its own side, within the cap of what would go at once. */
function restingPrice(state: State, { market }: FollowerLeg, { side }: Work, entry: EntryForm): Ticks | null {
  const best = presentTicks(state, market.instrument, -side);
  if (best === null || entry === AT_MARKET || entry.form.kind !== "limit") return best;
  const cap = entry.form.price;
  return Ticks(side > 0 ? Math.min(best, cap) : Math.max(best, cap));
}

/** Until a time, or, where that is past, until the venue has answered. */
function working(state: State, work: Work, missing: number, untilMs: number): WorkStep {
  const { slice, slices, filledLots } = work;
  const detail = { slice, slices, filledLots, missingLots: missing, untilMs };
  const until = untilMs > state.nowMs ? { untilMs } : {};
  return { kind: "stop", objection: { reason: "working", detail, ...until } };
}
