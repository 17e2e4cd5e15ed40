/** A position that is not ours blocks new risk in its instrument and leg; it is never touched itself. */
import { showsForeign } from "../ownership.ts";
import type { FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

export function checkForeign(_state: State, leg: FollowerLeg): Objection | null {
  if (leg.foreignLots === 0 && !showsForeign(leg)) return null;
  return { reason: "foreign-position", detail: { venueLots: leg.venue.lots, ownedLots: leg.ownedLots } };
}
