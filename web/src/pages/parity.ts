/** What a status says of the question "is my money where it should be?": rows at their target, away with a reason, away without. */
import type { FollowerStatus, InstrumentStatus } from "../api/types.ts";
import type { Tone } from "../components/state.tsx";

/** `drifting`: away from its target, nothing in flight and no reason: that is what must not last. */
export type RowState = "at-target" | "in-flight" | "explained" | "drifting";

export const ROW_TONES: Readonly<Record<RowState, Tone>> = {
  "at-target": "good",
  "in-flight": "busy",
  explained: "warn",
  drifting: "bad",
};

export interface ParitySum {
  readonly rows: number;
  readonly atTarget: number;
  readonly inFlight: number;
  readonly explained: number;
  readonly drifting: number;
}

/** One step is what rounding may leave. */
const ROUNDING_STEPS = 1;

export function rowState({ steps, inFlight, reason, working }: InstrumentStatus): RowState {
  if (Math.abs(steps) <= ROUNDING_STEPS && !/[1-9]/.test(inFlight)) return "at-target";
  if (/[1-9]/.test(inFlight) || working !== undefined) return "in-flight";
  return reason === "" ? "drifting" : "explained";
}

/** What is flat everywhere is no row. */
export function isHeldAnywhere({
  leader,
  target,
  held,
  foreign = "0",
  inFlight,
  steps,
}: InstrumentStatus): boolean {
  return steps !== 0 || [leader, target, held, foreign, inFlight].some((quantity) => /[1-9]/.test(quantity));
}

export function paritySum(followers: readonly FollowerStatus[]): ParitySum {
  const states = followers.flatMap(({ instruments }) => instruments.filter(isHeldAnywhere).map(rowState));
  const count = (state: RowState) => states.filter((one) => one === state).length;
  return {
    rows: states.length,
    atTarget: count("at-target"),
    inFlight: count("in-flight"),
    explained: count("explained"),
    drifting: count("drifting"),
  };
}
