/** A follower's state in a word. */
import type { FollowerStatus } from "../api/types.ts";
import { State, type Tone } from "../components/state.tsx";
import { strings } from "../strings.ts";

const TONES: Readonly<Record<FollowerStatus["state"], Tone>> = {
  "in-sync": "good",
  syncing: "busy",
  paused: "warn",
  halted: "bad",
};

export function FollowerState({
  follower: { state, connected },
}: {
  readonly follower: Pick<FollowerStatus, "state" | "connected">;
}) {
  return (
    <>
      <State tone={TONES[state]}>{strings.followerStates[state]}</State>
      {!connected && (
        <>
          {" "}
          <State tone="bad">{strings.streamDown}</State>
        </>
      )}
    </>
  );
}
