/** The largest value of what an allocation holds in one instrument. */
import { copiesExposure, plannedTerms } from "../exposure.ts";
import { symbolNotionalMaxFor } from "../overrides.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { objectToCap } from "./cap.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkSymbolCap(
  state: State,
  { allocation, leaderInstrument }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const cap = symbolNotionalMaxFor(allocation, leaderInstrument.spec.symbol);
  if (cap === null) return null;
  const counts = (copy: Copy) => copy.market === market && copy.allocation.id === allocation.id;
  const exposure = copiesExposure(state, market.follower, increase.planned, counts);
  const terms = plannedTerms(state, market, increase.planned);
  return objectToCap({ reason: "symbol-cap", cap, exposure, terms }, increase);
}
