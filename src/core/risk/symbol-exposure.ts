/** All positions of the account in one instrument, whoever asked for them, over its equity. */
import { addMarket, emptyExposure, plannedTerms } from "../exposure.ts";
import type { FollowerLeg, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { objectToExposure } from "./room.ts";

export function checkSymbolExposure(
  state: State,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const { follower } = market;
  const { planned } = increase;
  if (follower.limits.symbolExposure === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.symbolExposure;
  if (allowed === null) return null;
  const exposure = emptyExposure();
  addMarket(state, exposure, market, planned);
  const terms = plannedTerms(state, market, planned);
  const detail = { symbol: market.instrument.spec.symbol };
  const claim = { follower, allowed, allowance, exposure, terms, detail };
  return objectToExposure({ reason: "symbol-exposure", ...claim }, increase);
}
