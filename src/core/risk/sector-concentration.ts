/** All positions of the account whose coins are of one sector, as a share of what the whole account may hold. */
import { addMarket, type Exposure, emptyExposure, plannedTerms } from "../exposure.ts";
import { sectorOf } from "../model/sectors.ts";
import type { Planned } from "../planned.ts";
import type { FollowerLeg, FollowerState, State } from "../state.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { objectToExposure } from "./room.ts";

export function checkSectorConcentration(
  state: State,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const { follower } = market;
  const { planned } = increase;
  if (follower.limits.sectorConcentration === null) return null;
  const allowance = plannedAllowance(follower, planned);
  const allowed = allowance.sectorConcentration;
  if (allowed === null) return null;
  const sector = sectorOf(market.instrument.spec.baseCoin);
  const exposure = sectorExposure(state, follower, sector, planned);
  const claim = { follower, allowed, allowance, exposure, terms: plannedTerms(state, market, planned) };
  return objectToExposure({ reason: "sector-concentration", ...claim, detail: { sector } }, increase);
}

export function sectorExposure(
  state: State,
  follower: FollowerState,
  sector: string,
  planned: Planned,
): Exposure {
  const exposure = emptyExposure();
  for (const market of follower.markets.values()) {
    if (sectorOf(market.instrument.spec.baseCoin) === sector) addMarket(state, exposure, market, planned);
  }
  return exposure;
}
