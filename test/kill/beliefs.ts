/**
 * What the copier took for targets, by its own record of leader changes. After a start a live execution can overtake those that
 * are still being read: for a moment it believes in a holding that the leader never had, and says rightly that a follower is
 * at that target. Such a claim is held against the record instead of the leader's history, which the chain of all changes
 * must meet in the end anyway.
 */
import type { CheckedInstrument, CheckedLeg, CheckedOutcome } from "../checker/evidence.ts";
import { compare, type Exact, exact, over, plus, show, times, towardsZero, ZERO } from "../checker/exact.ts";
import { legsIn } from "../checker/targets.ts";

interface Copying {
  readonly name: string;
  readonly mode: "one-way" | "hedge";
  readonly multiplier: string;
}

/** The outcomes, without the numbers of claims that the record itself confirms. */
export function withoutBeliefs(
  outcomes: readonly CheckedOutcome[],
  followers: readonly Copying[],
  instruments: readonly CheckedInstrument[],
): CheckedOutcome[] {
  const beliefs = new Map<string, ReadonlySet<string>>();
  for (const follower of followers) {
    for (const { symbol, quantityStep } of instruments) {
      const own = outcomes.filter((one) => one.follower === follower.name && one.symbol === symbol);
      beliefs.set(`${follower.name} ${symbol}`, believedLots(own, follower, exact(quantityStep)));
    }
  }
  return outcomes.map((outcome) => {
    const { reason, detail, follower, symbol } = outcome;
    const isBelief = beliefs.get(`${follower} ${symbol}`)?.has(String(detail.targetLots)) === true;
    if (!isBelief || !["at-target", "below-step"].includes(reason)) return outcome;
    const { targetLots: _, ...rest } = detail;
    return { ...outcome, detail: rest };
  });
}

/** Every target, in steps, that the recorded changes led through. */
function believedLots(
  outcomes: readonly CheckedOutcome[],
  { mode, multiplier }: Copying,
  step: Exact,
): ReadonlySet<string> {
  const held = new Map<CheckedLeg, Exact>();
  const found = new Set<string>(["0"]);
  for (const { leg, leaderHolds } of [...outcomes].sort((left, right) => left.change - right.change)) {
    held.set(leg, exact(leaderHolds));
    for (const own of legsIn(mode)) {
      const target = towardsZero(times(onLeg(held, own), exact(multiplier)), step);
      found.add(show(over(target, step)));
    }
  }
  return found;
}

function onLeg(held: ReadonlyMap<CheckedLeg, Exact>, leg: CheckedLeg): Exact {
  const of = (one: CheckedLeg) => held.get(one) ?? ZERO;
  const net = of("net");
  if (leg === "net") return plus(net, plus(of("long"), of("short")));
  const isOnSide = compare(net, ZERO) > 0 === (leg === "long");
  return plus(of(leg), isOnSide ? net : ZERO);
}
