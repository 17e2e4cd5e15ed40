/** The leverage of the whole account: the value of all its positions over its equity. */
import { accountExposure, plannedTerms } from "../exposure.ts";
import type { FollowerLeg, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { objectToExposure } from "./room.ts";

export function checkPortfolioLeverage(
  state: State,
  { market }: FollowerLeg,
  { lots, planned }: Increase,
): Objection | null {
  const { follower } = market;
  if (follower.limits.portfolioLeverage === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.portfolioLeverage;
  if (allowed === null) return null;
  const exposure = accountExposure(state, follower, planned);
  const terms = plannedTerms(state, market, planned);
  return objectToExposure({
    reason: "portfolio-leverage",
    follower,
    allowed,
    allowance,
    exposure,
    terms,
    lots,
  });
}
