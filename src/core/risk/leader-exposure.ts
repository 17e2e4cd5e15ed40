/** The copies of one leader on one account, over the account's equity. */
import { copiesExposure, plannedTerms } from "../exposure.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { objectToExposure } from "./room.ts";

export function checkLeaderExposure(
  state: State,
  { leader }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const { follower } = market;
  const { planned } = increase;
  if (follower.limits.traderExposure === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.traderExposure;
  if (allowed === null) return null;
  const exposure = copiesExposure(state, follower, planned, (copy) => copy.leader === leader);
  const claim = { follower, allowed, allowance, exposure, terms: plannedTerms(state, market, planned) };
  return objectToExposure(
    { reason: "leader-exposure", ...claim, detail: { leader: leader.account } },
    increase,
  );
}
