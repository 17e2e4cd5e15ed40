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
  { lots, planned, standing }: Increase,
): Objection | null {
  const cap = symbolNotionalMaxFor(allocation, leaderInstrument.spec.symbol);
  if (cap === null) return null;
  const counts = (copy: Copy) => copy.market === market && copy.allocation.id === allocation.id;
  const exposure = copiesExposure(state, market.follower, planned, counts);
  return objectToCap({
    reason: "symbol-cap",
    cap,
    exposure,
    terms: plannedTerms(state, market, planned),
    lots,
    standing,
  });
}
