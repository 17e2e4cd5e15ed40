/**
 * Limits that need a measurement of leaders: the style they trade in, and how closely two of them move together. What was measured
 * is taken from what the copier was told; everything that follows from it is worked out here.
 */
import type { CheckedLimits, Evidence, Violation } from "../evidence.ts";
import { compare, exact, sign } from "../exact.ts";
import { underLimits } from "../in-force.ts";
import { copies } from "../targets.ts";
import type { RuleRecord, Written, WrittenDenial, WrittenMeasurement, WrittenOrder } from "./record.ts";
import { inForce, lastInForce } from "./times.ts";

export function limitsOf({ limits = [] }: Evidence, name: string): CheckedLimits | undefined {
  return limits.find(({ follower }) => follower === name);
}

/** The newest measurement of a leader that was told by then; undefined where there is none, or it is too old. */
export function measuredBy(
  { measured }: RuleRecord,
  account: string,
  at: Written,
  maxAgeMs: number,
): WrittenMeasurement | undefined {
  const told = newest(measured.filter((one) => one.account === account && one.sequence <= at.sequence));
  return told !== undefined && at.atMs - told.measuredAtMs <= maxAgeMs ? told : undefined;
}

/** Told last among those that were measured last. */
function newest(told: readonly WrittenMeasurement[]): WrittenMeasurement | undefined {
  return told.reduce<WrittenMeasurement | undefined>(
    (known, one) => (known === undefined || one.measuredAtMs >= known.measuredAtMs ? one : known),
    undefined,
  );
}

/** What the newer measurement of either says of both; both where they are of one moment; none: nobody knows. */
function correlationsOf(
  record: RuleRecord,
  one: string,
  other: string,
  at: Written,
  maxAgeMs: number,
): readonly string[] {
  const told = [
    { from: measuredBy(record, one, at, maxAgeMs), of: other },
    { from: measuredBy(record, other, at, maxAgeMs), of: one },
  ].flatMap(({ from, of }) => {
    const value = from?.correlations[of];
    return from === undefined || value === undefined ? [] : [{ value, atMs: from.measuredAtMs }];
  });
  const lastMs = Math.max(...told.map(({ atMs }) => atMs));
  return told.filter(({ atMs }) => atMs === lastMs).map(({ value }) => value);
}

export function judgeCorrelation(
  evidence: Evidence,
  record: RuleRecord,
  denial: WrittenDenial,
): string | null {
  const limits = limitsOf(evidence, denial.follower);
  const { with: other = "", value, limit } = denial.detail;
  if (limits?.correlation === undefined || limits.correlation !== limit) return "there is no such limit";
  const known = correlationsOf(record, denial.leader, String(other), denial, limits.evidenceMaxAgeMs ?? 0);
  if (!known.includes(String(value))) return `${known.join(" or ") || "nothing"} was measured, not ${value}`;
  if (compare(exact(String(value)), exact(limits.correlation)) <= 0) return `${value} is within ${limit}`;
  const isKnown =
    isHeldOf(record, String(other), denial) ||
    isOfLostTail(evidence, String(other), denial) ||
    isOnlyWanted(evidence, record, String(other), denial);
  return isKnown ? null : `nothing of ${other} was ever asked for`;
}

/** Beside a leader who is only wanted there, and may be denied it, nothing may be given up, unless that one gave up as well. */
function isOnlyWanted(
  evidence: Evidence,
  { givenUp }: RuleRecord,
  other: string,
  { sequence, follower, leader, symbol, atMs, reason }: WrittenDenial,
): boolean {
  const here = givenUp.filter(
    (one) => one.sequence === sequence && one.follower === follower && one.symbol === symbol,
  );
  const isGivenUp = here.some((one) => one.leader === leader && one.reason === reason);
  // Then it was for a limit of the account, which stood against both.
  const hasOtherToo = here.some((one) => one.leader === other);
  const isWanted = inForce(evidence, { follower, leader: other, atMs }).length > 0;
  return isWanted && (!isGivenUp || hasOtherToo);
}

/** The style is that of the leader's newest measurement. */
export function judgeStyle(evidence: Evidence, record: RuleRecord, denial: WrittenDenial): string | null {
  const maxAgeMs = limitsOf(evidence, denial.follower)?.evidenceMaxAgeMs ?? 0;
  const { strategy } = denial.detail;
  const style = measuredBy(record, denial.leader, denial, maxAgeMs)?.style ?? null;
  return style === strategy ? null : `its style was ${style}, not ${strategy}`;
}

function isRiskKnown({ risk = {} }: CheckedLimits, measured: WrittenMeasurement | undefined): boolean {
  return measured?.risk === "with-beta" || (measured?.risk === "without-beta" && risk.beta === undefined);
}

/** The leader's risk was measured in time, and what was asked for would have taken the figure above its limit, and above where it stood. */
export function judgePortfolioRisk(
  evidence: Evidence,
  record: RuleRecord,
  denial: WrittenDenial,
): string | null {
  const limits = limitsOf(evidence, denial.follower);
  const { measure, value, after, limit, equity } = denial.detail;
  if (limits?.risk === undefined) return "there is no such limit";
  if (measuredBy(record, denial.leader, denial, limits.evidenceMaxAgeMs ?? 0)?.risk === undefined)
    return "nothing was measured in time";
  if (measure === undefined) return sign(exact(String(equity))) > 0 ? "no numbers were recorded" : null;
  const stated = limits.risk[String(measure)];
  if (stated === undefined || stated !== limit) return `the limit of ${measure} is ${stated}, not ${limit}`;
  const [before, reached] = [exact(String(value)), exact(String(after))];
  // Six digits are recorded of nine that are compared.
  if (compare(reached, exact(stated)) < 0) return `${after} is within ${limit}`;
  return compare(reached, before) < 0 ? `${after} is not above ${value}` : null;
}

/** A limit refuses without a measurement: it is to, it is stated, and there was none, or none lately. */
export function judgeLack(evidence: Evidence, record: RuleRecord, denial: WrittenDenial): string | null {
  const { limit, with: other, of } = denial.detail;
  const limits = limitsOf(evidence, denial.follower);
  const stated =
    limit === "portfolio-risk"
      ? limits?.risk
      : limit === "strategy-exposure"
        ? limits?.strategy
        : limits?.correlation;
  if (limits === undefined || stated === undefined) return "there is no such limit";
  if (limits.withoutEvidence !== "deny") return "nothing is refused for want of a measurement";
  const maxAgeMs = limits.evidenceMaxAgeMs ?? 0;
  const isKnown = (ageMs: number): boolean => {
    if (limit === "portfolio-risk") return isRiskKnown(limits, measuredBy(record, String(of), denial, ageMs));
    return limit === "strategy-exposure"
      ? measuredBy(record, denial.leader, denial, ageMs)?.style !== undefined
      : correlationsOf(record, denial.leader, String(other), denial, ageMs).length > 0;
  };
  if (isKnown(maxAgeMs)) return "it was measured in time";
  const wasKnown = isKnown(Number.MAX_SAFE_INTEGER);
  if (denial.reason === "evidence-missing") return wasKnown ? "it was measured once" : null;
  return wasKnown ? null : "it was never measured";
}

/** A size by volatility is for want of one only where the newest measurement that was told says none. */
export function judgeUnmeasured(
  record: RuleRecord,
  denial: Pick<WrittenDenial, "leader" | "sequence" | "atMs">,
): string | null {
  const volatility = measuredBy(record, denial.leader, denial, Number.MAX_SAFE_INTEGER)?.volatility;
  return volatility === undefined ? null : `${volatility} was told before`;
}

/** Whether any order of ours was for this leader's copies before, or something crossed to them. */
function isHeldOf(
  { orders, crossings }: RuleRecord,
  leader: string,
  { follower, sequence }: WrittenDenial,
): boolean {
  const isBefore = (one: Written & { readonly follower: string }): boolean =>
    one.follower === follower && one.sequence <= sequence;
  const isOrdered = orders.some(
    (one) => isBefore(one) && one.shares.some((share) => share.leader === leader),
  );
  return isOrdered || crossings.some((one) => isBefore(one) && one.leader === leader);
}

/** The venue took an order that a power cut took from the journal: it may have been for that leader, who is copied there. */
function isOfLostTail(evidence: Evidence, leader: string, { follower, atMs }: WrittenDenial): boolean {
  const { followers, lostIntents = [], slackMs } = evidence;
  const lost = new Set(lostIntents.map(({ clientOrderId }) => clientOrderId));
  const requests = followers.find(({ account }) => account === follower)?.requests ?? [];
  const copied = lastInForce(evidence, { follower, leader, atMs });
  return requests.some(
    (one) =>
      lost.has(one.clientOrderId) &&
      one.outcome === "accepted" &&
      !one.reduceOnly &&
      one.atMs <= atMs + slackMs &&
      copied.some((allocation) => copies(allocation, one.symbol)),
  );
}

/** Nothing is opened of a leader beside another that is held and moves with it; what may be on its way counts as held. */
export function checkCorrelated(evidence: Evidence, record: RuleRecord): Violation[] {
  return record.orders.flatMap((order) => {
    const found = underLimits(evidence, order.follower, order.atMs, order.atMs).map((known) =>
      checkOpened(known, record, order),
    );
    return found.find((problems) => problems.length === 0) ?? found[0] ?? [];
  });
}

function checkOpened(evidence: Evidence, record: RuleRecord, order: WrittenOrder): Violation[] {
  const limits = limitsOf(evidence, order.follower);
  if (order.reduceOnly || limits?.correlation === undefined) return [];
  const maxAgeMs = limits.evidenceMaxAgeMs ?? 0;
  const most = exact(limits.correlation);
  return order.shares.flatMap((share): Violation[] => {
    if (sign(exact(share.held)) !== 0 || (order.others.byLeader[share.leader] ?? 0) > 0) return [];
    if (wasAsked(record, order, share.leader, evidence.slackMs)) return [];
    const beside = Object.entries(order.others.byLeader).filter(
      ([name, open]) => name !== share.leader && open > 0,
    );
    return beside.flatMap(([name]): Violation[] => {
      const known = correlationsOf(record, share.leader, name, order, maxAgeMs);
      if (known.length === 0 || known.some((value) => compare(exact(value), most) <= 0)) return [];
      const subject = `${order.follower} ${order.symbol} ${order.clientOrderId} at ${order.atMs} (${order.sequence})`;
      const numbers = `opens ${share.leader} beside ${name}: ${known[0]}, at most ${limits.correlation}`;
      return [{ rule: "rule-broken", subject, numbers }];
    });
  });
}

/** An order for that leader may still be under way. */
function wasAsked({ orders }: RuleRecord, order: WrittenOrder, leader: string, slackMs: number): boolean {
  return orders.some(
    (one) =>
      one.follower === order.follower &&
      one.clientOrderId !== order.clientOrderId &&
      one.sequence <= order.sequence &&
      one.atMs >= order.atMs - slackMs &&
      one.shares.some((share) => share.leader === leader),
  );
}
