/**
 * What is held for each leader: the parts of a position sum to what the copier owns of it, and each is what its own leader
 * asks for, whatever the others do.
 */
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedInstrument,
  CheckedLeg,
  CheckedVirtual,
  Evidence,
  Violation,
} from "./evidence.ts";
import { compare, type Exact, exact, plus, show, ZERO } from "./exact.ts";
import { ledgerOf } from "./ledger.ts";
import { policiesOf, roundingRoom } from "./orders.ts";
import { isExcused, isWithin, lastPrice, standingReasons } from "./parity.ts";
import { lastTarget, legsIn } from "./targets.ts";
import { mayLastOn } from "./waivers.ts";

export function checkVirtual(evidence: Evidence): Violation[] {
  const { virtual, followers, instruments, changing = [] } = evidence;
  if (virtual === undefined) return [];
  const judged = followers.filter((follower) => !mayLastOn(evidence, follower));
  const partsIn = (follower: CheckedAccount, symbol: string, leg: CheckedLeg): readonly CheckedVirtual[] =>
    virtual.filter(
      (part) => part.follower === follower.account && part.symbol === symbol && part.leg === leg,
    );
  return judged.flatMap((follower) =>
    legsIn(follower.mode).flatMap((leg) => [
      ...changing.flatMap((symbol) => checkSum(follower, symbol, leg, partsIn(follower, symbol, leg))),
      ...instruments.flatMap((instrument) => {
        const place = { evidence, follower, instrument, leg };
        const parts = partsIn(follower, instrument.symbol, leg);
        return [...checkSum(follower, instrument.symbol, leg, parts), ...checkParts(place, parts)];
      }),
    ]),
  );
}

interface Place {
  readonly evidence: Evidence;
  readonly follower: CheckedAccount;
  readonly instrument: CheckedInstrument;
  readonly leg: CheckedLeg;
}

function checkSum(
  follower: CheckedAccount,
  symbol: string,
  leg: CheckedLeg,
  parts: readonly CheckedVirtual[],
): Violation[] {
  const ledger = ledgerOf(follower, symbol, leg);
  const sum = sumOf(parts);
  // Executions of one trade of the owner's are told in any order, so that anything between is possible, too.
  const mayOwn = [ledger.own, ...ledger.mayOwn];
  const [isLeast, isMost] = [-1, 1].map((side) => mayOwn.some((own) => compare(own, sum) * side >= 0));
  if (isLeast === true && isMost === true) return [];
  const numbers = `the parts make ${show(sum)}, ours is ${show(ledger.own)}`;
  return [{ rule: "virtual-sum", subject: `${follower.account} ${symbol} ${leg}`, numbers }];
}

/** Every leader that is copied, and every other for which something is held. */
function checkParts(place: Place, parts: readonly CheckedVirtual[]): Violation[] {
  const { evidence, follower, instrument } = place;
  if (isExcused(evidence, standingReasons(evidence, follower, instrument.symbol))) return [];
  const copied = evidence.allocations.filter((one) => one.follower === follower.account);
  const leaders = new Set([...copied, ...parts].map(({ leader }) => leader).filter((name) => name !== ""));
  return [...leaders].flatMap((leader) =>
    checkPart(
      place,
      leader,
      sumOf(parts.filter((part) => part.leader === leader)),
      copied.find((one) => one.leader === leader),
    ),
  );
}

function checkPart(
  { evidence, follower, instrument, leg }: Place,
  leader: string,
  held: Exact,
  allocation: CheckedAllocation | undefined,
): Violation[] {
  const { symbol } = instrument;
  const [low, high] =
    allocation === undefined ? [ZERO, ZERO] : lastTarget(evidence, allocation, follower, instrument, leg);
  const room = roundingRoom(
    policiesOf(evidence, follower),
    instrument,
    lastPrice(evidence, follower, symbol),
  );
  if (isWithin(held, low, high, plus(exact(instrument.quantityStep), room))) return [];
  const numbers = `holds ${show(held)}, target ${show(low)} to ${show(high)}`;
  return [{ rule: "virtual-off-target", subject: `${leader}>${follower.account} ${symbol} ${leg}`, numbers }];
}

function sumOf(parts: readonly CheckedVirtual[]): Exact {
  return parts.reduce((sum, { quantity }) => plus(sum, exact(quantity)), ZERO);
}
