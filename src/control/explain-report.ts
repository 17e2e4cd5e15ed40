/** The path from each leader's position to the order or its reason, for the followers and symbols that are asked about. */
import { explainFollower, type PositionPath } from "../core/explain-path.ts";
import type { State } from "../core/state.ts";
import type { ExplainRequest } from "./owner-commands.ts";
import { findFollower } from "./queries.ts";

export function explainState(state: State, { follower, symbol }: ExplainRequest): readonly PositionPath[] {
  const followers = follower === undefined ? [...state.followers.values()] : [findFollower(state, follower)];
  return followers
    .flatMap((one) => explainFollower(state, one))
    .filter((path) => symbol === undefined || path.symbol === symbol);
}
