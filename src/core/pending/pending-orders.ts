/**
 * The difference between the pending entries that should rest on a leg because the leader's do, and those that do: what is
 * cancelled, changed in place and placed, and why an order of the leader's does not rest here. Smaller, or at another price, is a
 * change in place; larger is a new order, which meets every limit as a whole. One is placed at a time, beside nothing in flight.
 */
import type { DecisionDraft } from "../decision.ts";
import { barOf } from "../entry/rest.ts";
import { isPassed } from "../mirror/fired.ts";
import { Lots, type Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { VenueOrderId } from "../model/identifiers.ts";
import type { Followed, OrderChange, OrderForm } from "../order.ts";
import { objectionToChange } from "../risk/check-risk.ts";
import { checkForeign } from "../risk/foreign-position.ts";
import { objectionToStanding } from "../risk/standing.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  filledLots,
  isOpen,
  leftOf,
  type State,
  type WorkingOrder,
} from "../state.ts";
import { isChangeable } from "../working-order.ts";
import { admit, isBeyondTarget, isFree, type Place, sizeToPlace } from "./admission.ts";
import { AHEAD_GRACE_MS } from "./ahead.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { refusalOf, type Why } from "./refusal.ts";
import { pendingOf, wantedLeft } from "./stray.ts";
import { tolerance } from "./tolerance.ts";
import { askAbout, inDoubtUntilRead, untoldOf } from "./untold.ts";

export interface Refusal extends Why {
  readonly copy: Copy;
  /** The leader's. */
  readonly order: VenueOrderId;
}

export interface PlacedEntry {
  readonly copy: Copy;
  readonly form: OrderForm;
  /** Signed. */
  readonly lots: Lots;
  readonly follows: Followed;
}

export interface PendingPlan {
  readonly cancels: readonly WorkingOrder[];
  readonly amends: readonly {
    readonly order: WorkingOrder;
    readonly change: OrderChange;
    readonly follows: Followed;
  }[];
  readonly place: PlacedEntry | null;
  readonly refusals: readonly Refusal[];
  readonly waits: readonly number[];
}

/** So long one rests before a larger one takes its place, where the leader's is the same: the venue counts orders. */
const GROW_PAUSE_MS = 5_000;

/** Nothing rests, and nothing is to. */
export const NO_PENDING: PendingPlan = { cancels: [], amends: [], place: null, refusals: [], waits: [] };

type Draft = {
  -readonly [Key in keyof PendingPlan]: PendingPlan[Key] extends readonly (infer One)[]
    ? One[]
    : PendingPlan[Key];
} & {
  /** Of this kind so far. */
  readonly counts: { limits: number; conditionals: number };
};

export function planPending(state: State, leg: FollowerLeg, decision: DecisionDraft): PendingPlan {
  const { copies } = leg.market;
  const asks = copies.some(({ isPlain, allocation }) => !isPlain && allocation.copyPending);
  if (!asks && !hasPending(leg)) return NO_PENDING;
  const counts = { limits: 0, conditionals: 0 };
  const draft: Draft = { cancels: [], amends: [], place: null, refusals: [], waits: [], counts };
  for (const copy of copies) {
    const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
    if (part !== undefined) planCopy({ state, leg, copy, part, decision }, draft);
  }
  return draft;
}

function hasPending({ working }: FollowerLeg): boolean {
  if (working.size === 0) return false;
  for (const order of working.values()) if (order.purpose === "pending-entry" && isOpen(order)) return true;
  return false;
}

function planCopy(place: Place, draft: Draft): void {
  const { state, leg, copy, part } = place;
  const own = pendingOf(leg, copy);
  for (const { order, reason, detail, isTold } of part.pendingNotes)
    if (!isTold) draft.refusals.push({ copy, order, reason, detail });
  for (const { unbackedSinceMs } of part.ahead)
    if (unbackedSinceMs !== null) draft.waits.push(unbackedSinceMs + AHEAD_GRACE_MS);
  if (!copy.active || !copy.allocation.copyPending) {
    draft.cancels.push(...own);
    return;
  }
  if (copy.leader.orders === null) return;
  if (copy.leader.confirmedAtMs === 0) return keepForNow(place, own, draft);
  const bar = barOf(state, leg, copy) ?? besideForeign(state, leg);
  const matched = new Set<WorkingOrder>();
  draft.counts.limits = 0;
  for (const entry of entriesOf(state, copy, part)) {
    askInDoubt(place, entry, draft);
    const ours = own.find(({ follows }) => follows?.order === entry.order.venueOrderId);
    if (ours !== undefined) matched.add(ours);
    const refusal = bar ?? refusalOf(leg, copy, part, entry, draft.counts) ?? pastLimit(place, ours);
    if (refusal !== null) {
      refuse(place, entry, refusal, draft);
      if (ours !== undefined) draft.cancels.push(ours);
    } else if (ours === undefined) placeEntry(place, entry, draft);
    else adjust(place, ours, entry, draft);
  }
  draft.cancels.push(...own.filter((order) => !matched.has(order)));
}

/** The leader was not read yet in this run: what rests stays for as long as what is known of a leader counts. */
function keepForNow({ state }: Place, own: readonly WorkingOrder[], draft: Draft): void {
  for (const order of own) {
    if (order.acceptedAtMs === 0) continue;
    const untilMs = order.acceptedAtMs + state.settings.leaderStaleAfterMs;
    if (state.nowMs >= untilMs) draft.cancels.push(order);
    else draft.waits.push(untilMs);
  }
}

function pastLimit({ state, leg, copy, decision }: Place, ours: WorkingOrder | undefined): Why | null {
  return ours === undefined ? null : objectionToStanding(state, leg, ours, [copy], decision.planned);
}

/** Nothing is added beside a position that is not ours, once that is established. */
function besideForeign(state: State, leg: FollowerLeg): Why | null {
  return leg.foreignLots === 0 ? null : checkForeign(state, leg);
}

function askInDoubt({ state, copy: { leader }, decision }: Place, { order }: Entry, draft: Draft): void {
  const untold = untoldOf(leader, order);
  if (untold !== null) draft.waits.push(askAbout(state, leader, untold, decision));
}

/** Said once for each order of the leader's, and again when it is for another reason. */
function refuse(
  { copy, part }: Place,
  { order: { venueOrderId: order } }: Entry,
  { reason, detail }: Why,
  draft: Draft,
): void {
  if (part.pendingNotes.some((known) => known.order === order && known.reason === reason)) return;
  draft.refusals.push({ copy, order, reason, detail });
}

function placeEntry(place: Place, entry: Entry, draft: Draft): void {
  const { state, leg, copy, part } = place;
  const { form } = entry;
  const wanted = wantedNow(copy, part, entry, 0);
  if (form === null || wanted === 0 || draft.place !== null || !isFree(place)) return;
  if (isBeyondTarget(place, entry.side)) return;
  if (state.nowMs < leg.restAgainAtMs) {
    draft.waits.push(leg.restAgainAtMs);
    return;
  }
  if (form.kind === "conditional" && isPassed(state, part, form)) {
    draft.waits.push(...part.passedTriggers.map(({ untilMs }) => untilMs));
    return;
  }
  const sized = sizeToPlace(place, form, wanted * entry.side);
  if (sized.untilMs !== null) draft.waits.push(sized.untilMs);
  if (sized.refusal !== null) refuse(place, entry, sized.refusal, draft);
  if (sized.lots !== 0) draft.place = { copy, form, lots: sized.lots, follows: followed(entry) };
}

/** The same as far as one order may have it, and no more than rests while the leader's may be filled. */
function wantedNow(copy: Copy, part: CopyLeg, entry: Entry, left: number): number {
  const wanted = Math.min(wantedLeft(copy, part, entry), copy.market.instrument.maxMarketLots);
  return inDoubtUntilRead(copy.leader, entry.order) === null ? wanted : Math.min(wanted, left);
}

function followed({ order, quantity }: Entry): Followed {
  return { order: order.venueOrderId, quantity };
}

function adjust(place: Place, ours: WorkingOrder, entry: Entry, draft: Draft): void {
  const { state, leg, copy, part, decision } = place;
  const left = leftOf(ours);
  const wanted = wantedNow(copy, part, entry, left);
  const edited = isEdited(ours, entry);
  const isOff = edited ? wanted !== left : Math.abs(wanted - left) > tolerance(copy, entry.lots);
  const prices = entry.form === null ? null : priceChange(ours.form, entry.form);
  if (prices === null || (isOff && wanted < Math.max(leg.market.instrument.minLots, 1)))
    return void draft.cancels.push(ours);
  const growsAtMs = ours.decidedAtMs + GROW_PAUSE_MS;
  if (isOff && wanted > left && !edited && state.nowMs < growsAtMs) draft.waits.push(growsAtMs);
  else if (isOff && wanted > left) {
    const more = admit(place, (wanted - left) * entry.side);
    if (more.lots !== 0) return void draft.cancels.push(ours);
    if (more.refusal !== null) refuse(place, entry, more.refusal, draft);
  }
  const quantity = isOff && wanted < left ? { quantity: Lots(filledLots(ours) + wanted) } : {};
  const change = { ...prices, ...quantity, reduceOnly: false };
  if (Object.keys(change).length === 1) return;
  if (!isChangeable(state, ours)) {
    if (ours.change !== null) draft.waits.push(ours.change.againAtMs);
    return;
  }
  const objection = objectionToChange(state, leg, ours, change, decision.planned);
  if (objection === null) return void draft.amends.push({ order: ours, change, follows: followed(entry) });
  refuse(place, entry, objection, draft);
  draft.cancels.push(ours);
}

/** Whether the leader's order asks for another quantity than ours was sized by; figures that move are no edit. */
function isEdited({ follows }: WorkingOrder, { quantity }: Entry): boolean {
  return follows === null || Decimal.parse(follows.quantity).compare(Decimal.parse(quantity)) !== 0;
}

/** What has to change to come from one form to the other; null where the venue cannot do that in place. */
function priceChange(from: OrderForm, to: OrderForm): Pick<OrderChange, "price" | "triggerPrice"> | null {
  if (from.kind === "limit" && to.kind === "limit") return priceOf(from.price, to.price);
  if (from.kind !== "conditional") return null;
  // The leader's was triggered, and rests in the book now.
  if (to.kind === "limit")
    return from.becomes.kind === "limit" ? priceOf(from.becomes.price, to.price) : null;
  if (to.kind !== "conditional" || from.by !== to.by || from.direction !== to.direction) return null;
  const moved = from.trigger === to.trigger ? {} : { triggerPrice: to.trigger };
  if (from.becomes.kind !== "limit" || to.becomes.kind !== "limit")
    return from.becomes.kind === to.becomes.kind ? moved : null;
  if (from.becomes.timeInForce !== to.becomes.timeInForce) return null;
  return { ...moved, ...priceOf(from.becomes.price, to.becomes.price) };
}

function priceOf(from: Ticks, to: Ticks): Pick<OrderChange, "price"> {
  return from === to ? {} : { price: to };
}
