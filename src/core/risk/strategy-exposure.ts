/**
 * The copies of all leaders who trade in one style, over the account's equity. A leader's style is measured; while nobody has
 * measured it, or not lately, the limit is off for that leader, or refuses, as is configured.
 */
import { type EvidenceLack, evidenceLack } from "../evidence.ts";
import { copiesExposure, plannedTerms } from "../exposure.ts";
import type { RiskLimits } from "../risk-settings.ts";
import type { Copy, CopyLeg, FollowerLeg, LeaderState, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { objectToExposure } from "./room.ts";

export function checkStrategyExposure(
  state: State,
  { leader }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const { follower } = market;
  const { planned } = increase;
  if (follower.limits.strategyExposure === null) return null;
  const strategy = styleOf(state, leader, follower.limits);
  if (strategy === null && follower.limits.withoutEvidence === "deny")
    return withoutStyle(state, leader, follower.limits);
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.strategyExposure;
  if (strategy === null || allowed === null) return null;
  const counts = (copy: Copy) => styleOf(state, copy.leader, follower.limits) === strategy;
  const exposure = copiesExposure(state, follower, planned, counts);
  const claim = { follower, allowed, allowance, exposure, terms: plannedTerms(state, market, planned) };
  return objectToExposure({ reason: "strategy-exposure", ...claim, detail: { strategy } }, increase);
}

function withoutStyle(state: State, leader: LeaderState, limits: RiskLimits): Objection | null {
  const lack = styleLack(state, leader, limits);
  if (lack === null) return null;
  const { reason, ...age } = lack;
  return { reason, detail: { limit: "strategy-exposure", leader: leader.account, ...age }, waive: true };
}

/** Why no style of the leader is known; null where one is. */
export function styleLack(
  state: State,
  { evidence }: LeaderState,
  { evidenceMaxAgeMs }: Pick<RiskLimits, "evidenceMaxAgeMs">,
): EvidenceLack | null {
  return evidenceLack(state, evidence?.style === undefined ? [] : [evidence.measuredAtMs], evidenceMaxAgeMs);
}

/** Null when it was not measured, or too long ago. */
export function styleOf(
  state: State,
  { evidence }: LeaderState,
  { evidenceMaxAgeMs }: Pick<RiskLimits, "evidenceMaxAgeMs">,
): string | null {
  if (evidence === null || state.nowMs - evidence.measuredAtMs > evidenceMaxAgeMs) return null;
  return evidence.style ?? null;
}
