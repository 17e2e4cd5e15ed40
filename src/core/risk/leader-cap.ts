/** The largest value of all that an allocation holds. */
import { copiesExposure, plannedTerms } from "../exposure.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { objectToCap } from "./cap.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkLeaderCap(
  state: State,
  { allocation }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const cap = allocation.leaderNotionalMax;
  if (cap === null) return null;
  const counts = (copy: Copy) => copy.allocation.id === allocation.id;
  const exposure = copiesExposure(state, market.follower, increase.planned, counts);
  const terms = plannedTerms(state, market, increase.planned);
  return objectToCap({ reason: "leader-cap", cap, exposure, terms }, increase);
}
