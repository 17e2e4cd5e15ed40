/**
 * What must hold after every decision of a simulated engine, whatever the faults, and what must hold once they are over.
 * Each breach is a line of text that names the account, the instrument and the numbers; none means that all is well.
 */
import { decodeCheckpoint, encodeCheckpoint } from "../../src/core/checkpoint.ts";
import { decide, refold } from "../../src/core/decide.ts";
import { type Decision, emptyDraft, isEmpty, type PlannedOrder } from "../../src/core/decision.ts";
import { encodeDecision } from "../../src/core/decision-codec.ts";
import type { Event, Leg } from "../../src/core/event.ts";
import { copiesOf } from "../../src/core/explanation.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import type { ApprovedOrder } from "../../src/core/order.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import {
  type Copy,
  emptyState,
  type FollowerLeg,
  type FollowerMarket,
  type FollowerState,
  filledLots,
  type State,
  type WorkingOrder,
} from "../../src/core/state.ts";
import { legTarget, targetLots } from "../../src/core/target.ts";
import { heldLots } from "../../src/core/virtual.ts";
import { DISK_IS_FULL } from "../../src/engine/observer.ts";
import { recover } from "../../src/engine/recovery.ts";
import type { Journal, JournalRecord } from "../../src/journal/journal.ts";
import { compare, type Exact, exact, plus, show, times, ZERO } from "../checker/exact.ts";
import { broadBreaches, marginModesLeft } from "./broad-invariants.ts";
import { Churn } from "./churn.ts";
import { everyEventBreaches } from "./every-event.ts";
import { restsBreaches } from "./rests-invariant.ts";
import { Branches } from "./tally.ts";
import type { World } from "./world.ts";

const LEGS: readonly Leg[] = ["net", "long", "short"];
const BREACHES_MAX = 20;
/** A cancellation is on its way, and its answer. */
const EXPIRY_SLACK_MS = 15_000;
const SLICE_PAUSE_MS = 1_000;
/** Prime, so that it falls on events of every kind. */
const CHECKPOINT_EVERY = 503;

/** How much of an order the venue itself says is filled, in the lots that the deciding state counts `instrument` in. */
export type FilledAtVenue = (account: string, clientOrderId: string, instrument: Instrument) => number;

export class Invariants {
  readonly breaches: string[] = [];
  events = 0;
  orders = 0;
  denials = 0;
  readonly branches = new Branches();
  readonly #filled: FilledAtVenue;
  readonly #slicedAtMs = new WeakMap<FollowerLeg, number>();
  readonly #churn = new Churn();

  constructor(filled: FilledAtVenue) {
    this.#filled = filled;
  }

  readonly afterDecision = (event: Event, decision: Decision, state: State): void => {
    this.events += 1;
    this.branches.note(event, decision, state);
    this.orders += decision.orders.length;
    this.denials += decision.denials.length;
    for (const planned of decision.orders) this.#checkOrder(state, planned);
    this.#checkLimits(state, decision);
    if (decision.refusal === null)
      for (const breach of restsBreaches(event, decision, state, (market) => furthestValue(state, market)))
        this.breach(breach);
    for (const breach of broadBreaches(state, decision)) this.breach(breach);
    for (const breach of this.#churn.breaches(event, decision, state)) this.breach(breach);
    for (const breach of everyEventBreaches(event, state)) this.breach(breach);
    if (this.events % CHECKPOINT_EVERY === 0) this.#checkCheckpoint(state);
    for (const market of state.dirty) for (const leg of market.legs) this.#checkLedger(leg, event.kind);
  };

  breach(text: string): void {
    if (this.breaches.length < BREACHES_MAX) this.breaches.push(text);
  }

  #checkCheckpoint(state: State): void {
    const text = encodeCheckpoint(state);
    const again = encodeCheckpoint(decodeCheckpoint(text));
    if (again !== text) this.breach(`a checkpoint reads back differently: ${firstDifference(text, again)}`);
  }

  #checkOrder(state: State, planned: PlannedOrder): void {
    const { market, order } = planned;
    const leg = market.legs.find((candidate) => candidate.leg === order.leg);
    if (leg === undefined) return this.breach(`${order.clientOrderId}: no leg`);
    if (order.purpose === "slice") this.#checkSlice(state, leg);
    const name = `${state.nowMs} ${market.follower.account} ${market.instrument.id} ${leg.leg} order ${order.lots}`;
    const others = [...leg.working.values()].filter(
      (other) =>
        other.clientOrderId !== order.clientOrderId &&
        other.status !== "closed" &&
        !RESTING.has(other.purpose) &&
        !isRestingSlice(other),
    );
    if (EXITS.has(order.purpose)) return this.#checkExit(leg, order, name);
    if (order.reduceOnly) {
      if (others.some((other) => other.reduceOnly || other.status !== "unknown"))
        this.breach(`${name}: beside another order`);
      if (
        Math.abs(order.lots) > Math.abs(leg.ownedLots) ||
        Math.sign(order.lots) === Math.sign(leg.ownedLots)
      )
        this.breach(`${name}: more than the ${leg.ownedLots} owned`);
      return;
    }
    if (others.length > 0) this.breach(`${name}: an increase beside ${others.length} open orders`);
    this.#checkApproval(planned, name);
    if (order.purpose === "pending-entry") this.#checkFollowed(planned, name);
    else this.#checkTarget(leg, planned, name);
    this.#checkPermission(state, leg, planned, name);
  }

  /** The venue counts orders: in one life of the copier no slice takes the place of another at once. */
  #checkSlice({ nowMs }: State, leg: FollowerLeg): void {
    const sinceMs = nowMs - (this.#slicedAtMs.get(leg) ?? Number.NEGATIVE_INFINITY);
    this.#slicedAtMs.set(leg, nowMs);
    if (sinceMs < SLICE_PAUSE_MS)
      this.breach(
        `${leg.market.follower.account} ${leg.market.instrument.id} ${leg.leg}: a slice ${sinceMs} ms after another`,
      );
  }

  /** It reduces, and can close no more than is owned. */
  #checkExit(leg: FollowerLeg, order: PlannedOrder["order"], name: string): void {
    const reduces = order.reduceOnly && Math.sign(order.lots) === -Math.sign(leg.ownedLots);
    if (!reduces || Math.abs(order.lots) > Math.abs(leg.ownedLots))
      this.breach(`${name}: an exit of the ${leg.ownedLots} owned`);
    const way = wayOf(order);
    let together = 0;
    for (const one of leg.working.values()) {
      if (!EXITS.has(one.purpose) || one.status === "closed" || one.change !== null || wayOf(one) !== way)
        continue;
      together += Math.max(Math.abs(one.lots) - Math.max(one.tradedLots, one.reportedLots), 0);
    }
    if (together > Math.abs(leg.ownedLots))
      this.breach(`${name}: exits together close ${together} of the ${leg.ownedLots} owned`);
  }

  /** The copies that it is for may come to their targets, and the others stay where they are. */
  /** Where an owner is asked first, nothing is bought beyond what was approved, but for rounding up to the minimum. */
  #checkApproval({ market, order, shares }: PlannedOrder, name: string): void {
    for (const copy of market.copies) {
      if (copy.allocation.autoCopy) continue;
      const lots =
        shares === null ? Math.abs(order.lots) : (shares.find((one) => one.copy === copy.index)?.lots ?? 0);
      const part = copy.legs.find(({ leg }) => leg === order.leg);
      if (lots === 0 || part === undefined) continue;
      const after = part.heldLots + lots * Math.sign(order.lots);
      const beyond = Math.abs(after) - Math.max(Math.abs(part.heldLots), Math.abs(part.excessLots));
      const approved = after * part.approvedLots > 0 ? Math.abs(part.approvedLots) : 0;
      if (beyond > 0 && Math.abs(after) > approved + Math.abs(part.excessLots))
        this.breach(`${name}: ${after} of ${copy.leader.account} beyond the approved ${part.approvedLots}`);
    }
  }

  /** It stands for an order of its leader's that stands, on the same side or, where the copy is turned, on the other. */
  #checkFollowed({ order, ...planned }: PlannedOrder, name: string): void {
    const [copy, ...others] = copiesOf(planned);
    const row = planned.follows === undefined ? undefined : copy?.leader.orders?.get(planned.follows.order);
    if (copy === undefined || others.length > 0 || row === undefined)
      return this.breach(`${name}: stands for no order of one leader's`);
    const isOver = row.status !== "working" && row.status !== "untriggered";
    const isTurned = (row.side === "buy") === copy.allocation.inverse;
    if (isOver || row.reduceOnly || isTurned !== order.lots < 0)
      this.breach(`${name}: stands for ${row.side} ${row.status} ${row.venueOrderId}`);
  }

  #checkTarget(leg: FollowerLeg, planned: PlannedOrder, name: string): void {
    const { copies } = leg.market;
    const resting = restingLots(leg, planned) + wantedSlices(leg, planned.order);
    const after = leg.ownedLots + planned.order.lots + resting;
    const asking = copiesOf(planned);
    const target = copies.reduce((sum, copy) => {
      const part = copy.legs.find((candidate) => candidate.leg === leg.leg);
      if (part !== undefined && asking.includes(copy)) return sum + legTarget(part);
      return sum + heldLots(copy, leg.leg) + sliceLotsOf(leg, planned.order, copy);
    }, 0);
    // A part of an entry that rests against another leader's position makes the account smaller, and slices of another leader may come
    // to their end on the other side first; it goes no further than asked for.
    const side = Math.sign(planned.order.lots);
    const isOpposed =
      side === -Math.sign(leg.ownedLots)
        ? planned.order.purpose === "entry-rest"
        : slicesBeside(leg, planned.order).some(({ lots }) => Math.sign(lots) === -side);
    const isPast = isOpposed
      ? (after - target) * side > 0
      : Math.abs(after) > Math.abs(target) || Math.sign(after) !== Math.sign(target);
    if (isPast) this.breach(`${name}: owned ${leg.ownedLots} would pass the target ${target}`);
  }

  #checkPermission(state: State, leg: FollowerLeg, planned: PlannedOrder, name: string): void {
    const { follower } = leg.market;
    const asking = copiesOf(planned);
    // Decided before the disk was found to be full, it is not sent (wire-watch.ts sees to that).
    const isHalted = follower.halted !== null && follower.halted !== DISK_IS_FULL;
    if (follower.paused || isHalted) this.breach(`${name}: paused or halted`);
    if (leg.foreignLots !== 0) this.breach(`${name}: beside a foreign position of ${leg.foreignLots}`);
    for (const copy of asking.filter((one) => growsBy(one, leg, planned))) {
      const ageMs = state.nowMs - copy.leader.confirmedAtMs;
      if (copy.active && ageMs > state.settings.leaderStaleAfterMs)
        this.breach(`${name}: stale by ${ageMs} ms`);
    }
    const unreadMs = state.nowMs - follower.confirmedAtMs;
    if (unreadMs > state.settings.followerStaleAfterMs)
      this.breach(`${name}: its account was read ${unreadMs} ms ago`);
  }

  /** With what this decision sends, and all that is under way, filled: no exposure limit is passed. */
  #checkLimits(state: State, decision: Decision): void {
    const grown = decision.orders.filter(({ order }) => !order.reduceOnly);
    for (const follower of new Set(grown.map(({ market }) => market.follower))) {
      const { portfolioExposure, symbolExposure, portfolioLeverage } = follower.limits;
      const markets = [...follower.markets.values()];
      const all = markets.map((market) => furthestValue(state, market)).reduce(plus, ZERO);
      this.#checkExposure(follower, "all positions", all, grossShare(portfolioExposure));
      this.#checkExposure(follower, "all positions", all, portfolioLeverage ?? undefined);
      for (const market of new Set(grown.map(({ market: one }) => one))) {
        if (market.follower !== follower) continue;
        const { symbol } = market.instrument.spec;
        this.#checkExposure(follower, symbol, furthestValue(state, market), grossShare(symbolExposure));
      }
    }
  }

  #checkExposure(follower: FollowerState, what: string, value: Exact, share: string | undefined): void {
    if (share === undefined) return;
    const most = times(exact(share), exact(follower.equity ?? "0"));
    if (compare(value, most) > 0)
      this.breach(`${follower.account} ${what} ${show(value)} past its limit ${show(most)}`);
  }

  /** Nothing of ours counts more than the venue filled, and each order has its own request. */
  #checkLedger(leg: FollowerLeg, cause: string): void {
    for (const order of leg.working.values()) {
      const filled = Math.max(order.tradedLots, order.reportedLots);
      const { follower, instrument } = leg.market;
      const truth = this.#filled(follower.account, order.clientOrderId, instrument);
      if (filled > truth)
        this.breach(`${cause}: ${order.clientOrderId} counts ${filled}, the venue filled ${truth}`);
    }
  }
}

/** They wait for a price beside the one order that brings a leg to its target. */
const EXITS: ReadonlySet<string> = new Set(["take-profit", "stop", "rested-exit"]);
const RESTING: ReadonlySet<string> = new Set([...EXITS, "entry-rest", "pending-entry"]);

/** Exits that one way of the price sets off can all fill; a limit exit and a stop on the other side cannot. */
function wayOf({ form }: Pick<PlannedOrder["order"], "form">): string {
  return form.kind === "conditional" ? form.direction : form.kind;
}

/** What the other entries that rest may still add for the copies that an order is for, signed. */
function restingLots(leg: FollowerLeg, planned: PlannedOrder): number {
  let sum = 0;
  const asking = copiesOf(planned);
  for (const { clientOrderId, purpose, status, shares, ...order } of leg.working.values()) {
    if (clientOrderId === planned.order.clientOrderId || purpose !== "entry-rest" || status === "closed")
      continue;
    const { lots, tradedLots, reportedLots } = order;
    const left = Math.max(Math.abs(lots) - Math.max(tradedLots, reportedLots), 0);
    const whole = [{ copy: 0, lots: left, givenLots: 0 }];
    for (const share of shares ?? whole)
      if (asking.some(({ index }) => index === share.copy))
        sum += Math.sign(lots) * Math.max(share.lots - share.givenLots, 0);
  }
  return sum;
}

/** Whether the order takes a copy's own part further from nothing; one that shrinks may, whatever is known of its leader. */
function growsBy(copy: Copy, leg: FollowerLeg, { order, shares }: PlannedOrder): boolean {
  const share = shares === null ? undefined : shares.find((one) => one.copy === copy.index);
  const by = shares === null ? order.lots : (share?.lots ?? 0) * Math.sign(order.lots);
  const held = heldLots(copy, leg.leg);
  return Math.abs(held + by) > Math.abs(held) || Math.sign(held + by) === -Math.sign(held);
}

/** What counts longs against shorts, or margin, is judged by the checker. */
function grossShare(limit: RiskLimits["portfolioExposure"]): string | undefined {
  return limit?.measure === "gross" ? limit.share : undefined;
}

/** The value of a market's legs, each at the furthest that its open orders can take it. */
function furthestValue(state: State, { instrument, legs }: FollowerMarket): Exact {
  const { mark = null, bid = null, ask = null, last = null } = state.quotes.get(instrument.id) ?? {};
  const price = times(exact(String(mark ?? bid ?? ask ?? last ?? 0)), exact(instrument.spec.tickSize));
  const lots = legs.reduce((sum, leg) => {
    const held = leg.ownedLots + leg.foreignLots;
    let [most, least] = [held, held];
    for (const { status, purpose, lots: size, tradedLots, reportedLots } of leg.working.values()) {
      if (status === "closed" || EXITS.has(purpose)) continue;
      const rest = Math.max(Math.abs(size) - Math.max(tradedLots, reportedLots), 0);
      if (size > 0) most += rest;
      else least -= rest;
    }
    return sum + Math.max(Math.abs(most), Math.abs(least), Math.abs(leg.venue.lots));
  }, 0);
  const lotSize = exact(instrument.spec.lotSize ?? instrument.spec.quantityStep);
  return times(times(exact(String(lots)), lotSize), price);
}

/** What must be so when nothing went wrong for a while. */
export function settledBreaches(world: World): string[] {
  const { state } = world.engine;
  const breaches = standingBreaches(state, (account, { spec: { symbol } }, leg) => {
    const all = [...(world.venue.accounts.get(account)?.positions.values() ?? [])];
    return all.find((one) => one.symbol === symbol && one.leg === leg)?.steps ?? 0;
  });
  const live = encodeCheckpoint(state);
  breaches.push(...marginModesLeft(world));
  world.stop();
  return [...breaches, ...journalBreaches(world.journal, live)];
}

/** What an account holds there by the venue's own record: lots, signed. */
export type HeldAtVenue = (account: string, instrument: Instrument, leg: Leg) => number;

/** What is believed at the end is so, nothing is left open, and whatever is off its target has a reason. */
export function standingBreaches(state: State, held: HeldAtVenue): string[] {
  return [...leaderBreaches(state, held), ...followerBreaches(state, held)];
}

function leaderBreaches(state: State, held: HeldAtVenue): string[] {
  const breaches: string[] = [];
  for (const leader of state.leaders.values()) {
    for (const instrument of state.instruments.values()) {
      const { id, spec } = instrument;
      for (const leg of LEGS) {
        const believed = leader.holdings.get(id)?.get(leg)?.lots ?? 0;
        const truth = held(leader.account, instrument, leg);
        if (believed !== truth)
          breaches.push(`${leader.account} ${spec.symbol} ${leg}: believed ${believed}, holds ${truth}`);
      }
    }
  }
  return breaches;
}

function followerBreaches(state: State, held: HeldAtVenue): string[] {
  const breaches: string[] = [];
  for (const market of state.markets) {
    for (const leg of market.legs) {
      const name = `${market.follower.account} ${market.instrument.id} ${leg.leg}`;
      const truth = held(market.follower.account, market.instrument, leg.leg);
      if (leg.venue.lots !== truth) breaches.push(`${name}: believed ${leg.venue.lots}, holds ${truth}`);
      if (leg.ownedLots + leg.foreignLots !== truth)
        breaches.push(`${name}: owned ${leg.ownedLots} + foreign ${leg.foreignLots} is not ${truth}`);
      // Few orders a minute are allowed, and what is worked goes on beyond the end: its slice rests.
      const isWorked = (order: WorkingOrder) => leg.work !== null && isRestingSlice(order);
      const open = [...leg.working.values()].filter(
        (order) => order.status !== "closed" && !RESTING.has(order.purpose) && !isWorked(order),
      );
      if (open.length > 0) breaches.push(`${name}: ${open.length} orders without an outcome`);
      breaches.push(...expiredBreaches(state, leg, name));
      breaches.push(...parityBreaches(leg, name));
    }
    for (const copy of market.copies) {
      if (copy.pendingChanges.length > 0)
        breaches.push(
          `${market.follower.account} ${market.instrument.id}: ${copy.pendingChanges.length} changes unexplained`,
        );
    }
  }
  return breaches;
}

/** An entry that rests is taken back when its time is over. */
function expiredBreaches({ nowMs }: State, leg: FollowerLeg, name: string): string[] {
  const patience = Math.max(0, ...leg.market.copies.map(({ allocation }) => allocation.restMs));
  return [...leg.working.values()]
    .filter(({ purpose, status }) => purpose === "entry-rest" && status !== "closed")
    .filter(({ decidedAtMs }) => nowMs - decidedAtMs > patience + EXPIRY_SLACK_MS)
    .map(({ clientOrderId }) => `${name}: ${clientOrderId} rests beyond its time`);
}

/** Off its target only with a reason that stands. */
function parityBreaches(leg: FollowerLeg, name: string): string[] {
  const target = targetLots(leg.market, leg.leg);
  const { stepLots } = leg.market.instrument;
  // What rests for an order of the leader's that waits may be a step off, and stands for so much of the target (pending/tolerance.ts).
  const waits = [...leg.working.values()].some(
    ({ purpose, status }) => purpose === "pending-entry" && status !== "closed",
  );
  const isWithinAStep = Math.abs(leg.ownedLots - target) < (waits ? 2 * stepLots : stepLots);
  if (isWithinAStep || leg.market.lastReason !== null) return [];
  return [`${name}: owns ${leg.ownedLots}, target ${target}, and no reason`];
}

/** The journal gives the same state, and deciding again gives the same decisions, byte for byte. */
export function journalBreaches(journal: Pick<Journal, "read" | "sinceCheckpoint">, live: string): string[] {
  const recovered = encodeCheckpoint(recover(journal).state);
  const differs = recovered === live ? [] : [`recovery differs: ${firstDifference(live, recovered)}`];
  return [...differs, ...replayBreaches(journal.read(1))];
}

function replayBreaches(records: Iterable<JournalRecord>): string[] {
  const state = emptyState();
  for (const [record, next] of withNext(records)) {
    if (record.type !== "event") continue;
    if (endsALife(next)) {
      refold(state, JSON.parse(record.payload), () => emptyDraft());
      continue;
    }
    const decision = decide(state, JSON.parse(record.payload));
    const recorded = next?.type === "decision" ? next.payload : "";
    const text = isEmpty(decision) ? "" : encodeDecision(state, decision);
    if (text !== recorded) return [`record ${record.sequence} decides ${text}, recorded ${recorded}`];
  }
  return [];
}

/** Each record with the one after it, without holding more than these two. */
function* withNext(
  records: Iterable<JournalRecord>,
): Iterable<readonly [JournalRecord, JournalRecord | undefined]> {
  let before: JournalRecord | undefined;
  for (const record of records) {
    if (before !== undefined) yield [before, record];
    before = record;
  }
  if (before !== undefined) yield [before, undefined];
}

/** A power cut may keep an event and lose its decision, which then was never carried out by this journal. */
function endsALife(next: JournalRecord | undefined): boolean {
  return next?.type === "event" && next.payload.startsWith('{"kind":"engine-started"');
}

export function firstDifference(left: string, right: string): string {
  let place = 0;
  while (place < left.length && left[place] === right[place]) place += 1;
  return `${left.slice(Math.max(0, place - 120), place + 60)} <> ${right.slice(Math.max(0, place - 20), place + 60)}`;
}

/** A slice of a worked change that the venue has confirmed stands beside the orders that are on their way. */
function isRestingSlice({ purpose, status }: WorkingOrder): boolean {
  return purpose === "slice" && status === "accepted";
}

/** What of such slices may still fill, signed: all that add, but those that are being taken back. */
function wantedSlices(leg: FollowerLeg, order: ApprovedOrder): number {
  return slicesBeside(leg, order).reduce(
    (sum, slice) => sum + slice.lots - filledLots(slice) * Math.sign(slice.lots),
    0,
  );
}

/** The same of one copy's part of them: it is on its way there, whoever asks for more. */
function sliceLotsOf(leg: FollowerLeg, order: ApprovedOrder, { index }: Copy): number {
  let sum = 0;
  for (const { lots, shares, ...slice } of slicesBeside(leg, order)) {
    const share = shares?.find(({ copy }) => copy === index);
    if (share !== undefined) sum += (share.lots - share.givenLots) * Math.sign(lots);
    else if (shares === null && index === 0)
      sum += lots - filledLots({ ...slice, lots, shares }) * Math.sign(lots);
  }
  return sum;
}

function slicesBeside(leg: FollowerLeg, { clientOrderId }: ApprovedOrder): readonly WorkingOrder[] {
  return [...leg.working.values()].filter(
    (order) =>
      order.clientOrderId !== clientOrderId &&
      !order.reduceOnly &&
      order.change?.kind !== "cancel" &&
      isRestingSlice(order),
  );
}
