/** A paused or halted follower opens nothing, and no venue takes orders in an instrument that does not trade. */
import type { FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";

export function checkPermission(_state: State, leg: FollowerLeg): Objection | null {
  const { follower, instrument } = leg.market;
  if (follower.halted !== null) return { reason: "halted", detail: { cause: follower.halted } };
  if (follower.paused) return { reason: "paused", detail: {} };
  if (instrument.spec.status !== "trading") {
    return { reason: "instrument-not-trading", detail: { status: instrument.spec.status } };
  }
  return null;
}
