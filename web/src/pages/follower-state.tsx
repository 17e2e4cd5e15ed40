/** A follower's state in a word. */
import type { FollowerStatus } from "../api/types.ts";
import { State, type Tone } from "../components/state.tsx";

const STATES: Readonly<Record<FollowerStatus["state"], readonly [Tone, string]>> = {
  "in-sync": ["good", "in sync"],
  syncing: ["busy", "syncing"],
  paused: ["warn", "paused"],
  halted: ["bad", "halted"],
};

export function FollowerState({ follower: { state, connected } }: { readonly follower: FollowerStatus }) {
  const [tone, word] = STATES[state];
  return (
    <>
      <State tone={tone}>{word}</State>
      {!connected && (
        <>
          {" "}
          <State tone="bad">stream down</State>
        </>
      )}
    </>
  );
}
