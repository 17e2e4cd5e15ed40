/**
 * Into what a tracking difference is split: the rungs of the ladder from the leader's scaled result to the follower's, in the order
 * in which they are climbed. docs/attribution.md has the formula of each.
 */

export const COMPONENTS = [
  "start-date",
  "rounding",
  "caps",
  "minimum",
  "missed",
  "late",
  "delay",
  "spread",
  "impact",
  "fees",
  "funding",
] as const;

export type Component = (typeof COMPONENTS)[number];

/** Rungs on which what is held differs from the rung before; on the others only money does. */
export type HeldComponent = Exclude<Component, "spread" | "impact" | "fees" | "funding">;

/** A rung, and on some of them for which recorded reason; "" where there is none to tell. */
export interface Cause {
  readonly component: HeldComponent;
  readonly reason: string;
}

export const DELAY: Cause = { component: "delay", reason: "" };
