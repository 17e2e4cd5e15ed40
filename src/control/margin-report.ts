/** Where each follower is with the margin mode of its leader's, in words. */
import { type MarginStanding, marginStanding } from "../core/margin-mode.ts";
import type { FollowerState, State } from "../core/state.ts";

export interface MarginStatus {
  /** "" before it was told. */
  readonly mode: string;
  /** The leader's, where it can be had; "" otherwise. */
  readonly wanted: string;
  /** Why it is not the leader's; "" where it is. */
  readonly reason: string;
}

/** What a status shows of it. */
export interface MarginShown {
  /** Only where it follows its leader's margin mode. */
  readonly marginMode?: MarginStatus;
}

/** Null where no leader's margin mode is followed. */
export function marginOf(state: State, follower: FollowerState): MarginStatus | null {
  const standing = marginStanding(state, follower);
  if (standing.kind === "off") return null;
  const wanted = "mode" in standing ? standing.mode : "";
  return { mode: follower.margin.mode ?? "", wanted, reason: reasonOf(standing, follower) };
}

function reasonOf(standing: MarginStanding, { margin, halted }: FollowerState): string {
  switch (standing.kind) {
    case "off":
    case "same":
      return "";
    case "unknown":
      return `that of ${standing.account} was not read yet`;
    case "differ": {
      const modes = standing.leaders.map(({ leader, mode }) => `${leader} has ${mode}`).join(", ");
      return `stays as it is: its leaders differ (${modes})`;
    }
    case "portfolio":
      return `stays as it is: ${standing.leader} has portfolio margin, which is never set`;
    case "taken":
      return `waits for the account to be flat and without orders: ${standing.leader} has ${standing.mode}`;
    case "asked":
      return `${standing.mode} was asked for, like ${standing.leader}`;
    case "due":
      return `${standing.mode} is asked for with the next snapshot, like ${standing.leader}`;
    case "refused": {
      const { cause = "", untilMs = 0 } = margin.refused ?? {};
      const again = new Date(untilMs).toISOString().slice(0, 16).replace("T", " ");
      return `the venue refused ${standing.mode}, which ${standing.leader} has: ${cause}; asked again after ${again} UTC`;
    }
    case "barred":
      return `${standing.leader} has ${standing.mode}; nothing is asked for while it is ${halted === null ? "paused" : "halted"}`;
  }
}
