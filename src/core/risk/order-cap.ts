/** The largest value of what one change of the leader adds: the part beyond is given up with the order for the rest. */
import { emptyExposure, plannedTerms } from "../exposure.ts";
import { orderNotionalMaxFor } from "../overrides.ts";
import type { Copy, CopyLeg, FollowerLeg, State } from "../state.ts";
import { objectToCap } from "./cap.ts";
import type { Increase, Objection } from "./check-risk.ts";

export function checkOrderCap(
  state: State,
  { allocation, leaderInstrument }: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  increase: Increase,
): Objection | null {
  const cap = orderNotionalMaxFor(allocation, leaderInstrument.spec.symbol);
  if (cap === null) return null;
  const terms = plannedTerms(state, market, increase.planned);
  const objection = objectToCap({ reason: "order-cap", cap, exposure: emptyExposure(), terms }, increase);
  return objection?.waive === undefined ? objection : { ...objection, waive: "at-once" };
}
