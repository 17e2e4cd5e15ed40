/**
 * The state at the end: each follower holds its target to one step, or a reason stands that can be true. Its own part is
 * what the ledger of the copier's fills says, never more than the venue holds.
 */
import type {
  CheckedAccount,
  CheckedInstrument,
  CheckedLeg,
  Evidence,
  StandingReason,
  Violation,
} from "./evidence.ts";
import { compare, type Exact, exact, minus, plus, show, sign, ZERO } from "./exact.ts";
import { ledgerOf } from "./ledger.ts";
import { policiesOf, roundingRoom } from "./orders.ts";
import { contradiction, NO_QUANTITY } from "./reasons.ts";
import { PHYSICAL } from "./rules/stops.ts";
import { lastTarget, legsIn } from "./targets.ts";
import { mayLastOn } from "./waivers.ts";

export function checkParity(evidence: Evidence): Violation[] {
  return evidence.followers.flatMap((follower) =>
    evidence.instruments.flatMap((instrument) =>
      legsIn(follower.mode).flatMap((leg) => checkLeg(evidence, follower, instrument, leg)),
    ),
  );
}

function checkLeg(
  evidence: Evidence,
  follower: CheckedAccount,
  instrument: CheckedInstrument,
  leg: CheckedLeg,
): Violation[] {
  const { symbol } = instrument;
  const subject = `${follower.account} ${symbol} ${leg}`;
  const ledger = ledgerOf(follower, symbol, leg);
  const stated = follower.positions.find((position) => position.symbol === symbol && position.leg === leg);
  const held = stated === undefined ? ZERO : exact(stated.quantity);
  if (compare(held, ledger.held) !== 0)
    return [
      { rule: "off-target", subject, numbers: `holds ${show(held)}, its fills make ${show(ledger.held)}` },
    ];
  if (mayLastOn(evidence, follower)) return [];
  const targets = evidence.allocations
    .filter((allocation) => allocation.follower === follower.account)
    .map((allocation) => lastTarget(evidence, allocation, follower, instrument, leg));
  const room = roundingRoom(
    policiesOf(evidence, follower),
    instrument,
    lastPrice(evidence, follower, symbol),
  );
  const reach = plus(exact(instrument.quantityStep), room);
  const [low, high] = targets.reduce((sum, [least, most]) => [plus(sum[0], least), plus(sum[1], most)], [
    ZERO,
    ZERO,
  ] as readonly [Exact, Exact]);
  const isHeld = isSeveral(targets) ? isNear : isWithin;
  if ([ledger.own, ...ledger.mayOwn].some((own) => isHeld(own, low, high, reach))) return [];
  const standing = standingReasons(evidence, follower, symbol);
  const isTooMuch = evidence.record !== undefined && isBeyond(ledger.own, targets, reach);
  const mayStay = ({ reason }: StandingReason): boolean =>
    PHYSICAL.has(reason) || keepsFormerSize(evidence, follower, reason);
  if (isTooMuch && !standing.some(mayStay)) {
    const reasons = standing.map(({ reason }) => reason).join(", ") || "no reason";
    const numbers = `ours ${show(ledger.own)}, target ${show(low)} to ${show(high)}; ${reasons}`;
    return [{ rule: "not-reduced", subject, numbers }];
  }
  if (isExcused(evidence, standing)) return [];
  const reasons = standing.map(({ reason }) => reason).join(", ") || "no reason";
  const numbers = `ours ${show(ledger.own)}, target ${show(low)} to ${show(high)}; ${reasons}`;
  return [{ rule: "off-target", subject, numbers }];
}

/** What a rule that cannot size yet found there, by the rule before it, goes only with the leader. */
function keepsFormerSize({ allocations }: Evidence, { account }: CheckedAccount, reason: string): boolean {
  return UNSIZED.has(reason) && allocations.some((one) => one.follower === account && !one.constant);
}

const UNSIZED: ReadonlySet<string> = new Set([
  "equity-unknown",
  "evidence-missing",
  "evidence-stale",
  "no-price",
  "size-impossible",
]);

export function standingReasons(
  evidence: Evidence,
  { account }: CheckedAccount,
  symbol: string,
): readonly StandingReason[] {
  return evidence.standing.filter((one) => one.follower === account && one.symbol === symbol);
}

/** Whether one of the reasons that stand can be true. */
export function isExcused(evidence: Evidence, standing: readonly StandingReason[]): boolean {
  return standing.some((one) => {
    const lie = contradiction(evidence, { ...one, detail: {}, atMs: Number.MAX_SAFE_INTEGER });
    return lie === null || lie === NO_QUANTITY;
  });
}

/** What several leaders ask for nets out to anything, nothing included. */
function isSeveral(targets: readonly (readonly [Exact, Exact])[]): boolean {
  return targets.filter((ends) => ends.some((end) => sign(end) !== 0)).length > 1;
}

/** On the side that is asked for, and nothing where nothing is. */
export function isWithin(value: Exact, low: Exact, high: Exact, room: Exact): boolean {
  if (sign(low) === 0 && sign(high) === 0) return sign(value) === 0;
  const side = sign(value);
  return isNear(value, low, high, room) && (side === 0 || side === sign(low) || side === sign(high));
}

/** More than all together asked for on its side: no reason against growth explains it. */
function isBeyond(value: Exact, targets: readonly (readonly [Exact, Exact])[], room: Exact): boolean {
  const sum = (side: 1 | -1): Exact =>
    targets.reduce((all, [low, high]) => {
      const end = side > 0 ? high : low;
      return sign(end) === side ? plus(all, end) : all;
    }, ZERO);
  return !isNear(value, sum(-1), sum(1), room);
}

function isNear(value: Exact, low: Exact, high: Exact, room: Exact): boolean {
  return compare(value, minus(low, room)) >= 0 && compare(value, plus(high, room)) <= 0;
}

export function lastPrice(evidence: Evidence, follower: CheckedAccount, symbol: string): string {
  const known = evidence.prices.findLast((price) => price.symbol === symbol)?.price;
  return known ?? follower.fills.findLast((fill) => fill.symbol === symbol)?.price ?? "1";
}
