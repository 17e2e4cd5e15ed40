/** A recorded history is the same history again, also when it was a file meanwhile. */
import { expect, it } from "vitest";
import type { Copying } from "./draws.ts";
import { replayRecording, simulateRecorded } from "./simulate.ts";

it.each<Copying>(["one-leader", "several-leaders", "by-hand", "pending", "ruled", "broad", "guarded"])(
  "runs again as it ran: %s",
  (mode) => {
    for (const seed of [3, 11, 57]) {
      const { outcome, recording } = simulateRecorded(seed, 80, mode);
      const { rules: _, ...again } = outcome;
      expect(replayRecording(JSON.parse(JSON.stringify(recording)))).toEqual({ ...again, rules: {} });
    }
  },
);
