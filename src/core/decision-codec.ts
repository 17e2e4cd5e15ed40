/**
 * Decisions as compact JSON for the journal. Orders are flat numbers, because a thousand of them are written before the
 * first is sent; ids and context follow from the state, in which the decision's event is folded already.
 */
import { PURPOSES } from "./client-order-id.ts";
import type {
  Adjustment,
  AdoptedOrder,
  Decision,
  Denial,
  PlannedAmend,
  PlannedCancel,
  PlannedOrder,
  Proposed,
  Question,
  Wait,
  WorkMove,
} from "./decision.ts";
import type { Leg } from "./event.ts";
import { denialOf, pendingDenial } from "./explanation.ts";
import type { Verdict } from "./guard/stop.ts";
import { followerLeg } from "./markets.ts";
import { Lots, Ticks, ZERO_LOTS } from "./model/amounts.ts";
import { AccountId, ClientOrderId, type InstrumentId, VenueOrderId } from "./model/identifiers.ts";
import { MARKET, type OrderForm, type OrderPurpose } from "./order.ts";
import { decodeForm, encodeForm } from "./order-form-codec.ts";
import type { OwnCode } from "./own-code.ts";
import type { ReasonDetail, ReasonKind, Refusal } from "./reason.ts";
import { requestOf } from "./reconcile.ts";
import { restoreApproved, restoreChange } from "./risk/check-risk.ts";
import type { StyleVerdict } from "./risk/execution-style.ts";
import type { LimitVerdict } from "./risk/extension-limit.ts";
import { restoreWork, type Work } from "./slicing/work.ts";
import type { Worked } from "./slicing/worked.ts";
import type { Copy, FollowerLeg, FollowerMarket, OrderShare, State } from "./state.ts";
import { type Crossing, NO_COPY } from "./virtual.ts";

const LEGS: readonly Leg[] = ["net", "long", "short"];
const ORDER_NUMBERS = 4;

interface DenialRecord {
  /** Market and place of the copy; absent for pairs that do not copy the instrument. */
  readonly m?: number;
  readonly c?: number;
  /** Its leg; absent when it is about all. */
  readonly l?: number;
  /** The leader's pending order that it is about. */
  readonly p?: string;
  /** Place of the change among the event's changes, and the follower, for those. */
  readonly n?: number;
  readonly f?: string;
  readonly r: ReasonKind;
  readonly d: ReasonDetail;
}

type AmendRecord = readonly [
  market: number,
  id: string,
  price: number | null,
  quantity: number | null,
  trigger: number | null,
  reduceOnly: number,
  /** What of the leader's order is unfilled, and which one it is, for one that stands for that. */
  quantityOfLeader?: string,
  orderOfLeader?: string,
];

interface VerdictRecord extends LimitVerdict {
  /** Market and leg. */
  readonly m: number;
  readonly l: number;
}

interface StyleRecord extends StyleVerdict {
  /** Market and leg. */
  readonly m: number;
  readonly l: number;
}

interface WorkRecord extends Place {
  readonly work: Work | null;
  readonly done: Worked | null;
}

interface DecisionRecord {
  /** market, leg, lots, reduceOnly for each order. */
  readonly o?: readonly number[];
  /** place of the order, purpose, part, then its form (order-form-codec.ts); for orders that are more than a rebalance at market. */
  readonly f?: readonly (readonly number[])[];
  /** place of the order, the leader's order that it stands for, and what of that is unfilled. */
  readonly l?: readonly (readonly [number, string, string])[];
  /** market, client order id. */
  readonly c?: readonly (readonly [number, string])[];
  /** market, client order id, then price, quantity and trigger where they change, and 1 for an order that only reduces. */
  readonly e?: readonly AmendRecord[];
  /** place of the order, then copy and lots for each share; for orders that are for several copies. */
  readonly s?: readonly (readonly number[])[];
  /** market, leg, then copy and lots for each that gains or loses by a crossing. */
  readonly x?: readonly (readonly number[])[];
  readonly n?: readonly DenialRecord[];
  readonly q?: readonly Question[];
  /** market, leg and copy in one (leg + 3 x copy), 0 waive | 1 round-up, lots. */
  readonly a?: readonly number[];
  /** market, leg and copy in one, lots, time of expiry: what the owner is asked to approve. */
  readonly p?: readonly number[];
  /** place of the adjustment and reason, for those that have one of their own. */
  readonly y?: readonly (readonly [number, ReasonKind])[];
  /** What the owner's own limits had against orders. */
  readonly v?: readonly VerdictRecord[];
  /** How the owner's own styles worked orders. */
  readonly z?: readonly StyleRecord[];
  /** market, client order id of what was adopted. */
  readonly d?: readonly (readonly [number, string])[];
  /** What is worked on a leg from here on, and what came of what ended. */
  readonly k?: readonly WorkRecord[];
  /** market, time. */
  readonly w?: readonly number[];
  readonly g?: readonly Verdict[];
  readonly r?: Refusal;
}

/** `state` is the one that the decision was made on, committed or not. */
export function encodeDecision(state: State, decision: Decision): string {
  const record: { -readonly [Key in keyof DecisionRecord]: DecisionRecord[Key] } = {};
  if (decision.orders.length > 0) record.o = orderNumbers(decision.orders);
  const forms = formNumbers(decision.orders);
  if (forms.length > 0) record.f = forms;
  if (decision.cancels.length > 0)
    record.c = decision.cancels.map(({ market, clientOrderId }) => [market.index, clientOrderId]);
  if (decision.amends.length > 0) record.e = decision.amends.map(amendRecord);
  const shares = shareNumbers(decision.orders);
  if (shares.length > 0) record.s = shares;
  const followed = followedOf(decision.orders);
  if (followed.length > 0) record.l = followed;
  if (decision.crossings.length > 0) record.x = decision.crossings.map(crossingNumbers);
  if (decision.denials.length > 0) record.n = decision.denials.map((denial) => denialRecord(state, denial));
  if (decision.questions.length > 0) record.q = decision.questions;
  if (decision.adjustments.length > 0) record.a = decision.adjustments.flatMap(adjustmentNumbers);
  if (decision.proposals.length > 0) record.p = decision.proposals.flatMap(proposalNumbers);
  const reasons = decision.adjustments.flatMap(({ reason }, place) =>
    reason === undefined ? [] : [[place, reason] as const],
  );
  if (reasons.length > 0) record.y = reasons;
  if (decision.verdicts.length > 0) record.v = decision.verdicts.map(ownRecord);
  if (decision.styleVerdicts.length > 0) record.z = decision.styleVerdicts.map(ownRecord);
  if (decision.adopted.length > 0)
    record.d = decision.adopted.map(({ market, clientOrderId }) => [market.index, clientOrderId]);
  if (decision.works.length > 0) record.k = decision.works.map(workRecord);
  if (decision.waits.length > 0)
    record.w = decision.waits.flatMap((wait) => [wait.market.index, wait.untilMs]);
  if (decision.stops.length > 0) record.g = decision.stops;
  if (decision.refusal !== null) record.r = decision.refusal;
  return JSON.stringify(record);
}

/** Reads a recorded decision against the state in which its event is folded and nothing is committed yet. */
export function decodeDecision(state: State, text: string): Decision {
  const record: DecisionRecord = JSON.parse(text);
  return {
    orders: groups(record.o ?? [], ORDER_NUMBERS).map((numbers, place) => ({
      ...decodeOrder(
        state,
        numbers,
        decodeShares(record.s ?? [], place),
        record.f?.find(([of]) => of === place),
      ),
      ...decodeFollowed(record.l?.find(([of]) => of === place)),
    })),
    cancels: (record.c ?? []).map(([index, id]) => orderAt(state, index, id)),
    amends: (record.e ?? []).map((amend) => decodeAmend(state, amend)),
    crossings: (record.x ?? []).map((numbers) => decodeCrossing(state, numbers)),
    denials: (record.n ?? []).map((denial) => decodeDenial(state, denial)),
    questions: record.q ?? [],
    adjustments: groups(record.a ?? [], 4).map((numbers, place) => {
      const reason = record.y?.find(([of]) => of === place)?.[1];
      return { ...decodeAdjustment(state, numbers), ...(reason === undefined ? {} : { reason }) };
    }),
    proposals: groups(record.p ?? [], 4).map((numbers) => decodeProposal(state, numbers)),
    verdicts: (record.v ?? []).map((verdict) => decodeOwn(state, verdict)),
    styleVerdicts: (record.z ?? []).map((verdict) => decodeOwn(state, verdict)),
    adopted: (record.d ?? []).map(([index, id]) => orderAt(state, index, id)),
    works: (record.k ?? []).map((move) => decodeWork(state, move)),
    waits: groups(record.w ?? [], 2).map((numbers) => decodeWait(state, numbers)),
    stops: record.g ?? [],
    refusal: record.r ?? null,
  };
}

/** Flat and by hand, as a thousand orders wait for it. */
function orderNumbers(orders: readonly PlannedOrder[]): number[] {
  const numbers: number[] = [];
  for (const { market, order } of orders)
    numbers.push(market.index, LEGS.indexOf(order.leg), order.lots, order.reduceOnly ? 1 : 0);
  return numbers;
}

function formNumbers(orders: readonly PlannedOrder[]): number[][] {
  const found: number[][] = [];
  let place = 0;
  for (const { order } of orders) {
    const { purpose, form, part } = order;
    if (form !== MARKET || purpose !== "rebalance" || part !== 0)
      found.push([place, PURPOSES.indexOf(purpose), part, ...encodeForm(form)]);
    place += 1;
  }
  return found;
}

function followedOf(orders: readonly PlannedOrder[]): (readonly [number, string, string])[] {
  const found: (readonly [number, string, string])[] = [];
  for (const [place, { follows }] of orders.entries())
    if (follows !== undefined) found.push([place, follows.order, follows.quantity]);
  return found;
}

function decodeFollowed(
  record: readonly [number, string, string] | undefined,
): Pick<PlannedOrder, "follows"> {
  if (record === undefined) return {};
  return { follows: { order: VenueOrderId(record[1]), quantity: record[2] } };
}

function amendRecord({ market, clientOrderId, change, follows }: PlannedAmend): AmendRecord {
  const { price = null, quantity = null, triggerPrice = null, reduceOnly } = change;
  const terms = [market.index, clientOrderId, price, quantity, triggerPrice, reduceOnly ? 1 : 0] as const;
  return follows === undefined ? terms : [...terms, follows.quantity, follows.order];
}

function orderAt(state: State, index: number, id: string): PlannedCancel & AdoptedOrder {
  return { market: marketAt(state, index), clientOrderId: ClientOrderId(id) };
}

function decodeAmend(
  state: State,
  [index, id, price, quantity, trigger, reduceOnly, left, order]: AmendRecord,
): PlannedAmend {
  const change = {
    ...(price === null ? {} : { price: Ticks(price) }),
    ...(quantity === null ? {} : { quantity: Lots(quantity) }),
    ...(trigger === null ? {} : { triggerPrice: Ticks(trigger) }),
    reduceOnly: reduceOnly === 1,
  };
  const followed =
    left === undefined || order === undefined
      ? {}
      : { follows: { order: VenueOrderId(order), quantity: left } };
  const place = { market: marketAt(state, index), clientOrderId: ClientOrderId(id) };
  return { ...place, change: restoreChange(change), ...followed };
}

function shareNumbers(orders: readonly PlannedOrder[]): number[][] {
  const found: number[][] = [];
  for (const [place, { shares }] of orders.entries())
    if (shares !== null) found.push([place, ...shares.flatMap(({ copy, lots }) => [copy, lots])]);
  return found;
}

function decodeShares(records: readonly (readonly number[])[], place: number): readonly OrderShare[] | null {
  const found = records.find(([of]) => of === place);
  if (found === undefined) return null;
  return groups(found.slice(1), 2).map(([copy = NO_COPY, lots = 0]) => ({
    copy,
    lots: Lots(lots),
    givenLots: ZERO_LOTS,
  }));
}

function crossingNumbers({ leg, moves }: Crossing): number[] {
  return [leg.market.index, LEGS.indexOf(leg.leg), ...moves.flatMap(({ copy, lots }) => [copy, lots])];
}

function decodeCrossing(state: State, [index = -1, legCode = -1, ...moves]: readonly number[]): Crossing {
  const leg = followerLeg(marketAt(state, index), legAt(legCode));
  return {
    leg,
    moves: groups(moves, 2).map(([copy = NO_COPY, lots = 0]) => ({ copy, lots: Lots(lots) })),
  };
}

function decodeOrder(
  state: State,
  numbers: readonly number[],
  shares: readonly OrderShare[] | null,
  more: readonly number[] | undefined,
): PlannedOrder {
  const [index = -1, legCode = -1, lots = 0, reduceOnly = 0] = numbers;
  const market = marketAt(state, index);
  const leg = followerLeg(market, legAt(legCode));
  const terms = { lots: Lots(lots), reduceOnly: reduceOnly === 1, ...decodeTerms(more) };
  const request = requestOf(state, leg, terms, shares);
  return { market, order: restoreApproved(request), shares };
}

function decodeTerms(numbers: readonly number[] | undefined): {
  readonly purpose: OrderPurpose;
  readonly form: OrderForm;
  readonly part: number;
} {
  if (numbers === undefined) return { purpose: "rebalance", form: MARKET, part: 0 };
  const [, code = -1, part = 0, ...form] = numbers;
  const purpose = PURPOSES[code];
  if (purpose === undefined) throw new Error(`the journal names purpose ${code} of an order`);
  return { purpose, form: decodeForm(form), part };
}

function denialRecord(state: State, denial: Denial): DenialRecord {
  const { market, copy, leg, reason, detail, pending } = denial;
  if (market !== null && copy !== null) {
    const about = pending === undefined ? {} : { p: pending };
    const place = { m: market.index, c: copy.index, ...about };
    return { ...place, ...(leg === null ? {} : { l: LEGS.indexOf(leg) }), r: reason, d: detail };
  }
  const [change] = denial.changes;
  return {
    n: change === undefined ? -1 : state.changes.indexOf(change),
    f: denial.follower,
    r: reason,
    d: detail,
  };
}

function decodeDenial(state: State, record: DenialRecord): Denial {
  if (record.m !== undefined && record.c !== undefined) {
    const copy = marketAt(state, record.m).copies[record.c];
    if (copy === undefined) throw new Error(`the journal names copy ${record.c} of market ${record.m}`);
    const leg = record.l === undefined ? null : legAt(record.l);
    if (record.p !== undefined && leg !== null)
      return pendingDenial(copy, leg, VenueOrderId(record.p), { reason: record.r, detail: record.d });
    return denialOf(copy, leg, record.r, record.d);
  }
  const change = state.changes[record.n ?? -1];
  if (change === undefined) throw new Error(`the journal names change ${record.n} of its event`);
  return {
    market: null,
    copy: null,
    leg: null,
    leader: change.leader,
    follower: AccountId(record.f ?? ""),
    instrument: change.instrument satisfies InstrumentId,
    reason: record.r,
    detail: record.d,
    changes: [change],
  };
}

function adjustmentNumbers({ copy, leg, kind, lots }: Adjustment): number[] {
  return [...placeNumbers(copy, leg), kind === "waive" ? 0 : 1, lots];
}

function proposalNumbers({ copy, leg, lots, expiresAtMs }: Proposed): number[] {
  return [...placeNumbers(copy, leg), lots, expiresAtMs];
}

function placeNumbers(copy: Copy, leg: Leg): number[] {
  return [copy.market.index, LEGS.indexOf(leg) + LEGS.length * copy.index];
}

function decodeAdjustment(state: State, numbers: readonly number[]): Adjustment {
  const [index = -1, place = 0, kind = 0, lots = 0] = numbers;
  return { ...decodePlace(state, index, place), kind: kind === 0 ? "waive" : "round-up", lots: Lots(lots) };
}

function decodeProposal(state: State, numbers: readonly number[]): Proposed {
  const [index = -1, place = 0, lots = 0, expiresAtMs = 0] = numbers;
  return { ...decodePlace(state, index, place), lots: Lots(lots), expiresAtMs };
}

function decodePlace(state: State, index: number, place: number): { readonly copy: Copy; readonly leg: Leg } {
  const copy = marketAt(state, index).copies[Math.floor(place / LEGS.length)];
  if (copy === undefined) throw new Error(`the journal names copy ${place} of market ${index}`);
  return { copy, leg: legAt(place % LEGS.length) };
}

interface Place {
  readonly m: number;
  readonly l: number;
}

interface OfLeg<Said> {
  readonly leg: FollowerLeg;
  readonly verdict: Said;
}

function ownRecord<Said extends object>({ leg, verdict }: OfLeg<Said>): Said & Place {
  return { m: leg.market.index, l: LEGS.indexOf(leg.leg), ...verdict };
}

function decodeOwn<Said extends object>(state: State, { m, l, ...verdict }: Said & Place) {
  return { leg: followerLeg(marketAt(state, m), legAt(l)), verdict };
}

function workRecord({ leg, work, done }: WorkMove): WorkRecord {
  return { m: leg.market.index, l: LEGS.indexOf(leg.leg), work, done };
}

function decodeWork(state: State, { m, l, work, done }: WorkRecord): WorkMove {
  return { leg: followerLeg(marketAt(state, m), legAt(l)), work: restoreWork(work), done };
}

/** For deciding again what was decided: the owner's code as it answered then. */
export function ownCodeAsRecorded(text: string): OwnCode {
  const { v = [], z = [] }: DecisionRecord = JSON.parse(text);
  return {
    limits: (_state, { leg }) => recordedFor(v, leg),
    styles: (_state, { leg }) => recordedFor(z, leg),
  };
}

function recordedFor<Said extends Place>(
  records: readonly Said[],
  leg: FollowerLeg,
): Omit<Said, "m" | "l"> | null {
  const found = records.find(({ m, l }) => m === leg.market.index && legAt(l) === leg.leg);
  if (found === undefined) return null;
  const { m: _market, l: _leg, ...verdict } = found;
  return verdict;
}

function decodeWait(state: State, numbers: readonly number[]): Wait {
  const [index = -1, untilMs = 0] = numbers;
  return { market: marketAt(state, index), untilMs };
}

function marketAt(state: State, index: number): FollowerMarket {
  const market = state.markets[index];
  if (market === undefined) throw new Error(`the journal names market ${index}, which does not exist`);
  return market;
}

function legAt(code: number): Leg {
  const leg = LEGS[code];
  if (leg === undefined) throw new Error(`the journal names leg ${code}`);
  return leg;
}

function groups(numbers: readonly number[], size: number): number[][] {
  const result: number[][] = [];
  for (let start = 0; start < numbers.length; start += size) result.push(numbers.slice(start, start + size));
  return result;
}
