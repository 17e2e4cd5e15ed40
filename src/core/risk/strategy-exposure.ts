/**
 * The copies of all leaders who trade in one style, over the account's equity. A leader's style is measured; while nobody has
 * measured it, or not lately, the limit is off for that leader.
 */
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
  { lots, planned }: Increase,
): Objection | null {
  const { follower } = market;
  if (follower.limits.strategyExposure === null) return null;
  const strategy = styleOf(state, leader, follower.limits);
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.strategyExposure;
  if (strategy === null || allowed === null) return null;
  const counts = (copy: Copy) => styleOf(state, copy.leader, follower.limits) === strategy;
  const exposure = copiesExposure(state, follower, planned, counts);
  const claim = { follower, allowed, allowance, exposure, terms: plannedTerms(state, market, planned), lots };
  return objectToExposure({ reason: "strategy-exposure", ...claim, detail: { strategy } });
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
