/** The bars of the waterfall: each begins where the one before it ended. Exact sums; numbers only where it is drawn. */
import { sumOf } from "../../format/sums.ts";
import type { Total } from "./types.ts";

export interface Step {
  readonly id: string;
  readonly amount: string;
  readonly from: string;
  readonly to: string;
  readonly kind: "end" | "part";
  readonly reasons: Total["components"][number]["reasons"];
}

type Ladder = Pick<Total, "leaderScaled" | "followerResult" | "components">;

/** From the leader's scaled result by every part that is not zero to the follower's. */
export function stepsOf({ leaderScaled, followerResult, components }: Ladder): readonly Step[] {
  const steps: Step[] = [endOf("leader", leaderScaled.profit)];
  let level = leaderScaled.profit;
  for (const { component, amount, reasons } of components) {
    if (!/[1-9]/.test(amount)) continue;
    const to = sumOf([level, amount]);
    steps.push({ id: component, amount, from: level, to, kind: "part", reasons });
    level = to;
  }
  return [...steps, endOf("follower", followerResult.profit)];
}

function endOf(id: string, amount: string): Step {
  return { id, amount, from: "0", to: amount, kind: "end", reasons: [] };
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Of all bars, with zero. */
export function extentOf(steps: readonly Step[]): Extent {
  const ends = steps.flatMap(({ from, to }) => [Number(from), Number(to)]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low === high ? { low: -1, high: 1 } : { low, high };
}
