/**
 * Rules about explanations: every change of a leader led, for every follower that copies it, to orders or to exactly one
 * reason; the changes are a gapless chain from nothing to what the leader holds; and no reason contradicts the numbers.
 */
import type { CheckedOutcome, CheckedVersion, Evidence, Violation } from "./evidence.ts";
import { exact, minus, plus, show, sign, ZERO } from "./exact.ts";
import { isCovered, isKnown, versionsOf } from "./in-force.ts";
import { contradiction } from "./reasons.ts";

export function checkOutcomes(evidence: Evidence): Violation[] {
  return [...checkEach(evidence), ...pairsOf(evidence).flatMap((pair) => checkChains(evidence, pair))];
}

interface Pair {
  readonly leader: string;
  readonly follower: string;
}

/** Each that ever was. */
function pairsOf({ allocations, versions = [] }: Evidence): readonly Pair[] {
  const all = [...allocations, ...versions.map(({ allocation }) => allocation)];
  return [...new Map(all.map((one) => [`${one.leader} ${one.follower}`, one])).values()];
}

function checkEach(evidence: Evidence): Violation[] {
  const intents = new Map(evidence.intents.map((intent) => [intent.clientOrderId, intent]));
  const seen = new Set<string>();
  const found: Violation[] = [];
  for (const outcome of evidence.outcomes) {
    const subject = subjectOf(outcome);
    if (seen.has(subject)) found.push({ rule: "explained-twice", subject, numbers: "two records" });
    seen.add(subject);
    const [orders, reason] = [outcome.orders.length > 0, outcome.reason !== ""];
    if (orders && reason)
      found.push({ rule: "explained-twice", subject, numbers: `orders and ${outcome.reason}` });
    if (!orders && !reason) found.push({ rule: "unexplained", subject, numbers: `by ${outcome.changedBy}` });
    for (const id of outcome.orders) {
      const intent = intents.get(id);
      if (intent?.follower !== outcome.follower || intent.symbol !== outcome.symbol)
        found.push({ rule: "without-intent", subject, numbers: id });
    }
    const problem = reason ? contradiction(evidence, outcome) : null;
    if (problem !== null)
      found.push({ rule: "impossible-reason", subject, numbers: `${outcome.reason}: ${problem}` });
  }
  return found;
}

/**
 * What is recorded must add up, change by change, to what the leader holds at the end. What it did while nobody copied it is in no
 * record.
 */
function checkChains(evidence: Evidence, pair: Pair): Violation[] {
  const leader = evidence.leaders.find(({ account }) => account === pair.leader);
  const versions = versionsOf(evidence, pair);
  if (leader === undefined || versions.some(({ allocation }) => !isKnown(evidence, allocation))) return [];
  const found: Violation[] = [];
  const chains = new Map<string, CheckedOutcome[]>();
  for (const { symbol, leg } of leader.positions) chains.set(`${symbol} ${leg}`, []);
  for (const outcome of evidence.outcomes) {
    if (outcome.leader !== pair.leader || outcome.follower !== pair.follower) continue;
    const key = `${outcome.symbol} ${outcome.leg}`;
    chains.set(key, [...(chains.get(key) ?? []), outcome]);
  }
  const offMs = evidence.clockOffMaxMs ?? 0;
  for (const [key, outcomes] of chains) {
    const subject = `${pair.leader}>${pair.follower} ${key}`;
    const final = leader.positions.find(({ symbol, leg }) => `${symbol} ${leg}` === key);
    found.push(...checkChain(subject, outcomes, final?.quantity ?? "0", { versions, offMs }));
  }
  return found;
}

interface Copied {
  readonly versions: readonly CheckedVersion[];
  readonly offMs: number;
}

function checkChain(
  subject: string,
  outcomes: readonly CheckedOutcome[],
  final: string,
  { versions, offMs }: Copied,
): Violation[] {
  const found: Violation[] = [];
  let [held, heldAtMs] = [ZERO, 0];
  const isWritten = (untilMs: number): boolean =>
    isCovered(versions, Math.max(heldAtMs - offMs, 0), untilMs + offMs);
  for (const outcome of [...outcomes].sort((left, right) => left.change - right.change)) {
    const gap = minus(exact(outcome.leaderHolds), plus(held, exact(outcome.changedBy)));
    const { atMs, learnedMs = atMs } = outcome;
    if (sign(gap) !== 0 && isWritten(learnedMs))
      found.push({
        rule: "broken-chain",
        subject,
        numbers: `${show(gap)} is missing before change ${outcome.change}`,
      });
    held = exact(outcome.leaderHolds);
    heldAtMs = learnedMs;
  }
  const rest = minus(exact(final), held);
  if (sign(rest) !== 0 && isWritten(Number.MAX_SAFE_INTEGER - 1 - offMs))
    found.push({ rule: "broken-chain", subject, numbers: `${show(rest)} is missing at the end` });
  return found;
}

function subjectOf(outcome: CheckedOutcome): string {
  return `${outcome.leader}>${outcome.follower} ${outcome.symbol} ${outcome.leg} change ${outcome.change}`;
}
