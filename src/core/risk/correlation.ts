/**
 * A leader whose returns move with those of a leader that is held already is no second opinion: it opens nothing beside that
 * one. Both may grow once both are held. Without a measurement of the two, or with an old one, the limit is off for the pair, or
 * refuses, as is configured.
 */
import { type EvidenceLack, evidenceLack } from "../evidence.ts";
import { copyReach } from "../exposure.ts";
import { Decimal } from "../model/decimal.ts";
import type { Planned } from "../planned.ts";
import type { Copy, CopyLeg, FollowerLeg, FollowerState, LeaderState, State } from "../state.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkCorrelation(
  state: State,
  { leader }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  { planned }: Increase,
): Objection | null {
  const { follower } = market;
  const limit = follower.limits.correlation;
  if (limit === null) return null;
  const held = leadersHeld(follower, planned);
  if (held.has(leader)) return null;
  for (const other of held) {
    const value = correlationOf(state, leader, other, follower.limits.evidenceMaxAgeMs);
    if (value === null && follower.limits.withoutEvidence === "deny")
      return withoutCorrelation(state, [leader, other], follower, planned);
    if (value === null || Decimal.parse(value).compare(Decimal.parse(limit)) <= 0) continue;
    const detail = { measure: "correlation", leader: leader.account, with: other.account, value, limit };
    return { reason: "correlation-limit", detail, ...givenUpFor(follower, other, planned) };
  }
  return null;
}

function withoutCorrelation(
  state: State,
  [leader, other]: readonly [LeaderState, LeaderState],
  follower: FollowerState,
  planned: Planned,
): Objection | null {
  const lack = correlationLack(state, leader, other, follower.limits.evidenceMaxAgeMs);
  if (lack === null) return null;
  const { reason, ...age } = lack;
  const detail = { limit: "correlation-limit", leader: leader.account, with: other.account, ...age };
  return { reason, detail, ...givenUpFor(follower, other, planned) };
}

/** Only wanted on this very leg, the other may still be denied: then nothing is to be given up for it. */
function givenUpFor(
  follower: FollowerState,
  other: LeaderState,
  planned: Planned,
): Pick<Objection, "waive"> | undefined {
  return leadersHeld(follower, planned.decided()).has(other) ? { waive: true } : undefined;
}

/** Why no correlation of the two is known; null where one is. */
export function correlationLack(
  state: State,
  one: LeaderState,
  other: LeaderState,
  maxAgeMs: number,
): EvidenceLack | null {
  const measured = [
    [one, other],
    [other, one],
  ].flatMap(([from, of]) => {
    const evidence = from?.evidence ?? null;
    const isTold = evidence?.correlations?.[of?.account ?? ""] !== undefined;
    return evidence !== null && isTold ? [evidence.measuredAtMs] : [];
  });
  return evidenceLack(state, measured, maxAgeMs);
}

/** Those of whom the follower has something, or orders under way. */
export function leadersHeld({ markets }: FollowerState, planned: Planned): ReadonlySet<LeaderState> {
  const held = new Set<LeaderState>();
  for (const market of markets.values()) {
    for (const copy of market.copies) {
      if (held.has(copy.leader)) continue;
      const reaches = copy.legs.map((part) => copyReach(copy, part, planned));
      if (reaches.some(({ most, least }) => most !== 0 || least !== 0)) held.add(copy.leader);
    }
  }
  return held;
}

/** By the newer of the two leaders' measurements; null when neither says, or both are too old. */
export function correlationOf(
  state: State,
  one: LeaderState,
  other: LeaderState,
  maxAgeMs: number,
): string | null {
  const told = (from: LeaderState, of: LeaderState) => {
    const { evidence } = from;
    const value = evidence?.correlations?.[of.account];
    if (evidence === null || value === undefined) return null;
    return state.nowMs - evidence.measuredAtMs > maxAgeMs ? null : { value, atMs: evidence.measuredAtMs };
  };
  const [first, second] = [told(one, other), told(other, one)];
  if (first === null || second === null) return (first ?? second)?.value ?? null;
  return (second.atMs > first.atMs ? second : first).value;
}
