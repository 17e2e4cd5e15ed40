/**
 * Rules about single orders and fills: each order has an intent and is taken once, reduces only by reduce-only orders and
 * only what is ours, meets the venue's minimum, and never takes a position past what the leader can have asked for.
 */
import { isStartedSince } from "./decided-from.ts";
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedInstrument,
  CheckedLeg,
  CheckedRequest,
  CheckedVersion,
  Evidence,
  Violation,
} from "./evidence.ts";
import { isOurs } from "./evidence.ts";
import {
  compare,
  type Exact,
  exact,
  magnitude,
  minus,
  over,
  plus,
  show,
  sign,
  stepsUp,
  times,
  ZERO,
} from "./exact.ts";
import { countedIn, isCovered, isKnown, versionsOf } from "./in-force.ts";
import { type Ledger, type LedgerStep, ledgerOf } from "./ledger.ts";
import { meetsRested } from "./meets-rested.ts";
import { CLOCKS_MS, type OwnersClose, ownersClose, stillClosed, unreleased } from "./owner-closes.ts";
import { asLearned, copies, furthest, legsIn, linesByLeg, type TargetPoint } from "./targets.ts";
import { couldNotKnow } from "./unknown-owner.ts";
import { asIfFilled, waitingAt } from "./waiting.ts";
import { mayBeWaived, mayLastOn } from "./waivers.ts";

/** Prices move between the copier's look and ours. */
const PRICE_TOLERANCE = exact("1.1");

export function checkOrders(evidence: Evidence): Violation[] {
  const { changing = [] } = evidence;
  return evidence.followers.flatMap((follower) => [
    ...checkRequests(evidence, follower),
    ...changing.flatMap((symbol) =>
      legsIn(follower.mode).flatMap((leg) => checkReductions(evidence, follower, symbol, leg)),
    ),
    ...evidence.instruments.flatMap((instrument) =>
      legsIn(follower.mode).flatMap((leg) => checkFills(evidence, follower, instrument, leg)),
    ),
  ]);
}

function checkRequests(evidence: Evidence, follower: CheckedAccount): Violation[] {
  const intents = new Set(evidence.intents.map(({ clientOrderId }) => clientOrderId));
  const accepted = new Set<string>();
  const found: Violation[] = [];
  for (const request of follower.requests) {
    const subject = `${follower.account} ${request.symbol} ${request.clientOrderId}`;
    if (!isOurs(request.clientOrderId)) {
      found.push({
        rule: "foreign-touched",
        subject,
        numbers: `${request.action} of an order that is not ours`,
      });
      continue;
    }
    if (!intents.has(request.clientOrderId))
      found.push({ rule: "without-intent", subject, numbers: request.quantity });
    if (request.action !== "create") continue;
    if (request.outcome === "accepted" && accepted.has(request.clientOrderId))
      found.push({ rule: "doubled", subject, numbers: "accepted twice" });
    if (request.outcome === "accepted") accepted.add(request.clientOrderId);
    found.push(...checkMinimum(evidence, request, subject));
  }
  return found;
}

function checkMinimum(evidence: Evidence, request: CheckedRequest, subject: string): Violation[] {
  const instrument = evidence.instruments.find(({ symbol }) => symbol === request.symbol);
  if (instrument === undefined || request.reduceOnly) return [];
  const quantity = exact(request.quantity);
  const prices = pricesAround(evidence, request.symbol, request.atMs).map((price) =>
    times(quantity, exact(price)),
  );
  const tooSmall = compare(quantity, exact(instrument.minQuantity)) < 0;
  const tooCheap =
    prices.length > 0 &&
    prices.every((value) => compare(times(value, PRICE_TOLERANCE), exact(instrument.minNotional)) < 0);
  if (!tooSmall && !tooCheap) return [];
  return [
    {
      rule: "below-minimum",
      subject,
      numbers: `${request.quantity}, worth ${prices.map(show).join(" to ")}`,
    },
  ];
}

function checkFills(
  evidence: Evidence,
  follower: CheckedAccount,
  instrument: CheckedInstrument,
  leg: CheckedLeg,
): Violation[] {
  const { symbol } = instrument;
  const ledger = ledgerOf(follower, symbol, leg);
  const requests = new Map(follower.requests.map((request) => [request.clientOrderId, request]));
  const asked = askedFor(evidence, follower, instrument, leg);
  const closes: OwnersClose[] = [];
  const found: Violation[] = [];
  for (const step of ledger.steps) {
    const closed = ownersClose(step);
    if (closed !== null) closes.push(closed);
    if (!step.ours) continue;
    const subject = `${follower.account} ${symbol} ${leg} ${step.fill.clientOrderId}`;
    const reduceOnly = requests.get(step.fill.clientOrderId)?.reduceOnly === true;
    found.push(...reductionOf(evidence, follower, { ledger, requests, step }, subject));
    if (asked === null || reduceOnly) continue;
    const { price, atMs } = step.fill;
    const now = asked.map((one) => askedAt(evidence, one, atMs));
    const room = roundingRoom(
      now.flatMap(({ policies }) => policies),
      instrument,
      price,
    );
    const lines = now.reduce((count, one) => count + one.most, 0);
    const rounded = Math.max(lines - 1, 0) + entriesAt(evidence, follower.account, symbol, atMs);
    const steps = times(exact(instrument.quantityStep), exact(String(rounded)));
    // What was left to its owner is no copy any more: closing it gives nothing up.
    const given = mayLastOn(evidence, follower)
      ? []
      : unreleased(closes, evidence, follower, { symbol, atMs });
    const standing = given.filter(
      (closed) => !asked.some((one) => isResettled(evidence, one, closed.atMs, atMs)),
    );
    found.push(...checkTarget(evidence, step, now, { closes, standing }, plus(room, steps), subject));
  }
  return found;
}

/** Of what does not depend on the terms of the instrument. */
function checkReductions(
  evidence: Evidence,
  follower: CheckedAccount,
  symbol: string,
  leg: CheckedLeg,
): Violation[] {
  const ledger = ledgerOf(follower, symbol, leg);
  const requests = new Map(follower.requests.map((request) => [request.clientOrderId, request]));
  return ledger.steps
    .filter(({ ours }) => ours)
    .flatMap((step) => {
      const subject = `${follower.account} ${symbol} ${leg} ${step.fill.clientOrderId}`;
      return reductionOf(evidence, follower, { ledger, requests, step }, subject);
    });
}

function reductionOf(
  evidence: Evidence,
  follower: CheckedAccount,
  at: {
    readonly ledger: Ledger;
    readonly requests: ReadonlyMap<string, CheckedRequest>;
    readonly step: LedgerStep;
  },
  subject: string,
): Violation[] {
  const { ledger, requests, step } = at;
  const request = requests.get(step.fill.clientOrderId);
  const { reduceOnly = false, rests = false } = request ?? {};
  // What rests for one leader may fill while another's copy is on the other side of the same position, or just before an order for
  // that copy; and what waits for one leader, while something else of the same leader's is copied there.
  const mayMeet = leadersOf(evidence, follower.account) > 1;
  // What a power cut took from the record was held up, and meets what was opened since without knowing of it.
  const isLost = (evidence.lostIntents ?? []).some(
    ({ clientOrderId }) => clientOrderId === step.fill.clientOrderId,
  );
  const mayNet =
    ledger.shared ||
    isLost ||
    copiesPending(evidence, follower.account) ||
    (mayMeet && (rests || meetsRested(evidence, { steps: ledger.steps, requests }, step)));
  const isLate = isLost && request !== undefined && isStartedSince(evidence, request, step.fill.atMs);
  const touched = isLate ? [] : checkReduction(step, reduceOnly, mayNet, subject);
  return reduceOnly && couldNotKnow(evidence, ledger.steps, step) ? [] : touched;
}

/** Orders of the leader's that wait and rest here, too: each of ours may be a step off, as none is changed for one. */
function entriesAt(
  { allocations, leaders, slackMs }: Evidence,
  account: string,
  symbol: string,
  atMs: number,
): number {
  const copied = allocations.filter((one) => one.follower === account && one.copiesPending === true);
  return copied.reduce((count, { leader }) => {
    const found = leaders.find((one) => one.account === leader);
    return count + (found === undefined ? 0 : waitingAt(found, symbol, atMs, slackMs));
  }, 0);
}

function copiesPending({ allocations }: Evidence, account: string): boolean {
  return allocations.some((one) => one.follower === account && one.copiesPending === true);
}

function leadersOf({ allocations, versions = [] }: Evidence, account: string): number {
  const copied = [...allocations, ...versions.map(({ allocation }) => allocation)];
  return new Set(copied.filter(({ follower }) => follower === account).map(({ leader }) => leader)).size;
}

/** A position that changed hands unseen (closed and opened again by its owner) still counts as ours. */
function checkReduction(
  step: LedgerStep,
  reduceOnly: boolean,
  mayNet: boolean,
  subject: string,
): Violation[] {
  const numbers = `from ${show(step.heldBefore)} to ${show(step.heldAfter)}, ours ${show(step.ownBefore)}`;
  const reduces =
    sign(step.heldBefore) !== 0 && compare(magnitude(step.heldAfter), magnitude(step.heldBefore)) < 0;
  const flips = sign(step.heldBefore) * sign(step.heldAfter) < 0;
  if (!reduceOnly && (reduces || flips) && !mayNet) return [{ rule: "not-reduce-only", subject, numbers }];
  const by = magnitude(minus(step.heldAfter, step.heldBefore));
  const mayBeOurs = [step.ownBefore, ...step.mayOwnBefore].some(
    (own) => sign(own) === sign(step.heldBefore) && compare(by, magnitude(own)) <= 0,
  );
  if (reduceOnly && !mayBeOurs) return [{ rule: "foreign-touched", subject, numbers }];
  return [];
}

/** What one leader asks for over time, by the settings of each time. */
interface Asked {
  readonly versions: readonly (CheckedVersion & AskedLines)[];
}

interface AskedLines {
  /** One for each of the leader's legs. */
  readonly lines: readonly (readonly TargetPoint[])[];
  /** The same as the copier learned it, where that may be something else. */
  readonly learned: readonly (readonly (readonly TargetPoint[])[])[];
  /** Part of it may be given up, and then it does not stand against what another leader asks for. */
  readonly mayBeWaived: boolean;
}

/** By leader; null when the settings changed meanwhile, and nobody knows when and how, or nobody is copied. */
function askedFor(
  evidence: Evidence,
  follower: CheckedAccount,
  instrument: CheckedInstrument,
  leg: CheckedLeg,
): Asked[] | null {
  const versions = versionsOf(evidence, { follower: follower.account });
  if (versions.length === 0 || versions.some(({ allocation }) => !isKnown(evidence, allocation))) return null;
  const byLeader = Map.groupBy(versions, ({ allocation }) => allocation.leader);
  return [...byLeader].map(([name, ofLeader]) => {
    const leader = evidence.leaders.find(({ account }) => account === name);
    if (leader === undefined) return { versions: [] };
    const heard = asLearned(evidence, leader, follower);
    return {
      versions: ofLeader.map((version) => {
        const { allocation } = version;
        const told = { evidence, follower, allocation, instrument };
        const { symbol } = instrument;
        const given = mayBeWaived(evidence, follower, symbol, allocation);
        if (!copies(allocation, symbol)) return { ...version, lines: [], learned: [], mayBeWaived: given };
        // What waits is added to what the copier believes of the leader, which may be late.
        const filled = [leader, ...heard].flatMap((one) => asIfFilled(one, allocation));
        return {
          ...version,
          lines: linesByLeg({ ...told, leader }, leg),
          learned: [...heard, ...filled].map((one) => linesByLeg({ ...told, leader: one }, leg)),
          mayBeWaived: given,
        };
      }),
    };
  });
}

/** What one leader may have asked for around a moment. */
interface AskedNow {
  readonly versions: readonly AskedLines[];
  /** Of all times until then: what was bought beyond a target by former settings may be kept. */
  readonly policies: readonly CheckedAllocation["minimumPolicy"][];
  /** Lines at most. */
  readonly most: number;
}

function askedAt({ slackMs }: Evidence, { versions }: Asked, atMs: number): AskedNow {
  const [fromMs, untilMs] = [atMs - slackMs, atMs + CLOCKS_MS];
  const counted = countedIn(versions, fromMs, untilMs);
  const isCopied = isCovered(versions, Math.max(fromMs, 0), untilMs);
  const isRoundedUp = countedIn(versions, 0, untilMs).some(
    ({ allocation }) => allocation.minimumPolicy === "round-up",
  );
  return {
    versions: isCopied ? counted : [...counted, NOTHING_ASKED],
    policies: isRoundedUp ? ["round-up"] : ["accumulate"],
    most: counted.reduce((most, { lines }) => Math.max(most, lines.length), 0),
  };
}

const NOTHING_ASKED: AskedLines = { lines: [], learned: [], mayBeWaived: false };

/** Whether other settings came into force since, which size anew what was closed. */
function isResettled({ slackMs }: Evidence, { versions }: Asked, sinceMs: number, atMs: number): boolean {
  return versions.some(
    ({ fromMs }) => fromMs > 0 && fromMs >= sinceMs - slackMs && fromMs <= atMs + CLOCKS_MS,
  );
}

function checkTarget(
  evidence: Evidence,
  step: LedgerStep,
  asked: readonly AskedNow[],
  {
    closes,
    standing,
  }: { readonly closes: readonly OwnersClose[]; readonly standing: readonly OwnersClose[] },
  room: Exact,
  subject: string,
): Violation[] {
  const side = sign(step.ownAfter);
  if (side === 0) return [];
  const { atMs } = step.fill;
  const most = asked.reduce((sum, { versions }) => {
    const parts = versions.map((one) => {
      const part = [one.lines, ...one.learned]
        .map((lines) => furthest(lines, side, atMs, evidence.slackMs))
        .reduce(larger);
      return one.mayBeWaived ? larger(part, ZERO) : part;
    });
    return plus(sum, parts.reduce(larger));
  }, ZERO);
  const lines = asked.flatMap(({ versions }) => versions.flatMap((one) => one.lines));
  const own = standing.filter((one) => one.side === side);
  const closed = stillClosed(own, lines, atMs, evidence.slackMs);
  const allowed = plus(minus(larger(plus(most, opened(closes, asked, side)), ZERO), closed), room);
  if (compare(magnitude(step.ownAfter), allowed) <= 0) return [];
  const numbers = `ours ${show(step.ownAfter)}, at most ${show(allowed)} was asked for`;
  return [{ rule: "past-target", subject, numbers }];
}

/** Where leaders are on both sides, what was closed of one's part no longer stands against the other's. */
function opened(closes: readonly OwnersClose[], asked: readonly AskedNow[], side: number): Exact {
  if (asked.length < 2) return ZERO;
  const others = closes.filter((one) => one.side !== side);
  return others.reduce((sum, { quantity }) => plus(sum, quantity), ZERO);
}

/** Rounding up may add up to one smallest order for each leader. */
export function roundingRoom(
  policies: readonly CheckedAllocation["minimumPolicy"][],
  instrument: CheckedInstrument,
  price: string,
): Exact {
  if (policies.every((policy) => policy !== "round-up")) return ZERO;
  const most = times(leastOrder(instrument, price), PRICE_TOLERANCE);
  return times(most, exact(String(policies.length)));
}

/** One for each leader, "round-up" where that was in force at some time: what was rounded up stays until the leader moves. */
export function policiesOf(
  evidence: Evidence,
  { account }: CheckedAccount,
): readonly CheckedAllocation["minimumPolicy"][] {
  const byLeader = Map.groupBy(
    versionsOf(evidence, { follower: account }),
    ({ allocation }) => allocation.leader,
  );
  return [...byLeader.values()].flatMap((versions) => {
    const policies = versions.map(({ allocation }) => allocation.minimumPolicy);
    return policies.includes("round-up") ? ["round-up"] : policies.slice(-1);
  });
}

/** The smallest order that the venue takes at `price`. */
export function leastOrder(instrument: CheckedInstrument, price: string): Exact {
  const step = exact(instrument.quantityStep);
  const byValue = stepsUp(over(exact(instrument.minNotional), exact(price)), step);
  return larger(byValue, stepsUp(exact(instrument.minQuantity), step));
}

/** Prices of `symbol` that were seen shortly before or after `atMs`. */
export function pricesAround(evidence: Evidence, symbol: string, atMs: number): string[] {
  const all = evidence.prices.filter((price) => price.symbol === symbol);
  const before = all.findLastIndex((price) => price.atMs <= atMs - evidence.slackMs);
  return all
    .slice(Math.max(before, 0))
    .filter((price) => price.atMs <= atMs + evidence.slackMs)
    .map(({ price }) => price);
}

function larger(left: Exact, right: Exact): Exact {
  return sign(minus(left, right)) >= 0 ? left : right;
}
