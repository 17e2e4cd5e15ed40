/** The leverage of the whole account: the value of all its positions over its equity. */
import type { FollowerLeg, State } from "../state.ts";
import { objectToAccount } from "./account-limit.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkPortfolioLeverage(
  state: State,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  return objectToAccount(state, market, increase, "portfolioLeverage", "portfolio-leverage");
}
