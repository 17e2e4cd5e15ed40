/** How much of each follower's equity its positions bind as margin. Each look is bounded, like that of the conditions. */
import type { FollowerState, State } from "../core/state.ts";
import type { Reading } from "./watchdog.ts";

const FOLLOWERS_PER_LOOK = 200;

export class MarginReadings {
  #next = 0;

  /** `useMax` is a share of one. Of what is not known nothing is said. */
  readings({ followers }: State, useMax: number): readonly Reading[] {
    const all = [...followers.values()];
    const readings: Reading[] = [];
    for (let step = 0; step < Math.min(FOLLOWERS_PER_LOOK, all.length); step += 1) {
      const follower = all[(this.#next + step) % all.length];
      const use = follower === undefined ? null : marginUse(follower);
      if (follower === undefined || use === null) continue;
      const threshold = Math.round(useMax * 100);
      const value = Math.round(use * 100);
      const state = value > threshold ? "acting" : value * 10 > threshold * 9 ? "warning" : "ok";
      readings.push({
        name: "margin",
        subject: follower.account,
        state,
        value,
        threshold,
        actions: state === "acting" ? ["tell"] : [],
        who: { follower: follower.account },
      });
    }
    this.#next += FOLLOWERS_PER_LOOK;
    return readings;
  }
}

function marginUse({ equity, available }: FollowerState): number | null {
  if (equity === null || available === null || equity === "" || available === "") return null;
  const whole = Number(equity);
  // Whoever has nothing left and holds nothing either is nobody to be warned.
  if (!(whole > 0)) return null;
  return Math.min(1, Math.max(0, 1 - Number(available) / whole));
}
