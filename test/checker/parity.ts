/**
 * The state at the end: each follower holds its target to one step, or a reason stands that can be true. Its own part is
 * what the ledger of the copier's fills says, never more than the venue holds.
 */
import type { CheckedAccount, CheckedInstrument, CheckedLeg, Evidence, Violation } from "./evidence.ts";
import { compare, type Exact, exact, magnitude, minus, plus, show, sign, ZERO } from "./exact.ts";
import { ledgerOf } from "./ledger.ts";
import { roundingRoom } from "./orders.ts";
import { contradiction } from "./reasons.ts";
import { legsIn, targetLine } from "./targets.ts";

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
  const [low, high] = finalTarget(evidence, follower, instrument, leg);
  const room = roundingRoom(evidence, follower, instrument, lastPrice(evidence, follower, symbol));
  const step = exact(instrument.quantityStep);
  const reach = plus(step, room);
  if (isWithin(ledger.own, low, high, reach) || isWithin(ledger.believed, low, high, reach)) return [];
  const numbers = `ours ${show(ledger.own)}, target ${show(low)} to ${show(high)}`;
  const standing = evidence.standing.filter(
    (one) => one.follower === follower.account && one.symbol === symbol,
  );
  const lies = standing.map((one) =>
    contradiction(evidence, { ...one, detail: {}, atMs: Number.MAX_SAFE_INTEGER }),
  );
  if (standing.length > 0 && lies.some((lie) => lie === null || lie === "no quantity was recorded"))
    return [];
  return [
    {
      rule: "off-target",
      subject,
      numbers: `${numbers}; ${standing.map(({ reason }) => reason).join(", ") || "no reason"}`,
    },
  ];
}

function finalTarget(
  evidence: Evidence,
  follower: CheckedAccount,
  instrument: CheckedInstrument,
  leg: CheckedLeg,
): readonly [Exact, Exact] {
  let [low, high] = [ZERO, ZERO];
  for (const allocation of evidence.allocations) {
    const leader = evidence.leaders.find(({ account }) => account === allocation.leader);
    if (allocation.follower !== follower.account || leader === undefined) continue;
    if (allocation.symbols !== null && !allocation.symbols.includes(instrument.symbol)) continue;
    const last = targetLine(leader, follower, leg, allocation, instrument).at(-1);
    if (last === undefined) continue;
    const ends = compare(last.least, last.most) <= 0 ? [last.least, last.most] : [last.most, last.least];
    low = plus(low, ends[0] ?? ZERO);
    high = plus(high, ends[1] ?? ZERO);
  }
  return [low, high];
}

function isWithin(value: Exact, low: Exact, high: Exact, room: Exact): boolean {
  if (sign(low) === 0 && sign(high) === 0) return sign(value) === 0;
  return (
    compare(value, minus(low, room)) >= 0 &&
    compare(value, plus(high, room)) <= 0 &&
    isOnSide(value, low, high)
  );
}

function isOnSide(value: Exact, low: Exact, high: Exact): boolean {
  const side = sign(value);
  return side === 0 || side === sign(low) || side === sign(high) || sign(magnitude(value)) === 0;
}

function lastPrice(evidence: Evidence, follower: CheckedAccount, symbol: string): string {
  const known = evidence.prices.findLast((price) => price.symbol === symbol)?.price;
  return known ?? follower.fills.findLast((fill) => fill.symbol === symbol)?.price ?? "1";
}
