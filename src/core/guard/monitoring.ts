/** What was found of a leader's record stops its copies on one follower, until it is released. A stop is never loosened by a milder one. */
import type { Command } from "../event.ts";
import type { FollowerState, State } from "../state.ts";
import { copiesLeader } from "./panic.ts";
import { ALL, beginStop, NOTHING, type StopAction, standingStop } from "./stop.ts";

/** From the mildest on. */
const ACTIONS: readonly StopAction[] = ["pause", "close", "replace"];

export function stopCopies(
  state: State,
  follower: FollowerState,
  { leader, action, detail, replacements }: Extract<Command, { readonly kind: "stop" }>,
): void {
  if (!copiesLeader(state, follower, leader)) return;
  const subject = { guard: "monitoring", leader, instrument: null } as const;
  const known = standingStop(follower, subject);
  if (known !== undefined && ACTIONS.indexOf(known.action) >= ACTIONS.indexOf(action)) return;
  beginStop(state, {
    ...subject,
    follower: follower.account,
    action,
    keeps: action === "pause" ? ALL : NOTHING,
    bars: true,
    untilFlat: false,
    untilMs: null,
    level: 0,
    detail,
    ...(replacements === undefined ? {} : { replacements }),
  });
}
