/** What the limits on all positions of an account together have in common: the same exposure, each against its own allowance. */
import { accountExposure, plannedTerms } from "../exposure.ts";
import type { FollowerMarket, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { type Claim, objectToExposure } from "./room.ts";

/** Null where the limit is off, and when all of the increase fits. */
export function objectToAccount(
  state: State,
  market: FollowerMarket,
  increase: Increase,
  limit: "portfolioExposure" | "portfolioLeverage",
  reason: Claim["reason"],
): Objection | null {
  const { follower } = market;
  const { planned } = increase;
  if (follower.limits[limit] === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance[limit];
  if (allowed === null) return null;
  const exposure = accountExposure(state, follower, planned);
  const terms = plannedTerms(state, market, planned);
  return objectToExposure({ reason, follower, allowed, allowance, exposure, terms }, increase);
}
