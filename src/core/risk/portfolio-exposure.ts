/** All positions of the account together, the owner's own included, over its equity. */
import type { FollowerLeg, State } from "../state.ts";
import { objectToAccount } from "./account-limit.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkPortfolioExposure(
  state: State,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  return objectToAccount(state, market, increase, "portfolioExposure", "portfolio-exposure");
}
