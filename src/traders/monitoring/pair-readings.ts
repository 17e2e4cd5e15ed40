/**
 * Two leaders of one follower that are one bet: they correlate above its limit so surely that the lower bound of the correlation, drawn
 * towards what all pairs have in common, is above it; or they trade as one. It is over once the correlation itself is well below
 * the limit. The less proven of the two is the one that is doubted.
 */
import type { ShrunkPair } from "../../analytics/correlation/shrunk-pairs.ts";
import type { LockStepPair } from "../../analytics/ranking/lock-step.ts";
import type { Reading } from "./finding.ts";

/** As far below the limit as a finding ends. */
const BAND = 0.05;

export interface PairedLeader {
  readonly name: string;
  /** Lower bound of its Sharpe ratio; null without one. */
  readonly score: number | null;
  /** What its record was made from. */
  readonly basis: string;
}

/** `limit`: the strictest of the followers that copy both. */
export function correlationReading(
  [one, other]: readonly [PairedLeader, PairedLeader],
  { shrunk, days }: Pick<ShrunkPair, "shrunk" | "days">,
  limit: number,
): Reading {
  const frame = { rule: "correlation", ...placeOf(one, other), limit: limit.toFixed(2) } as const;
  if (shrunk === null) {
    const text = `only ${days} days of both are known`;
    return { ...frame, state: "unknown", value: "", text, numbers: { days } };
  }
  const { value, interval } = shrunk;
  const [low, high] = interval.map((bound) => bound.toFixed(2));
  return {
    ...frame,
    state: interval[0] > limit ? "raised" : value < limit - BAND ? "clear" : "between",
    value: value.toFixed(2),
    text: `its days go with ${frame.topic}'s: a correlation of ${value.toFixed(2)} on ${days} common days, ${low} to ${high} with 95 %`,
    numbers: { with: frame.topic, days, low: low ?? "", high: high ?? "" },
  };
}

/** `pair` is null where they do not. */
export function lockStepReading(
  [one, other]: readonly [PairedLeader, PairedLeader],
  pair: LockStepPair | null,
): Reading {
  const frame = { rule: "lock-step", ...placeOf(one, other), limit: "" } as const;
  if (pair === null)
    return {
      ...frame,
      state: "clear",
      value: "0",
      text: `it does not trade as one with ${frame.topic}`,
      numbers: {},
    };
  const { share, shared } = pair;
  return {
    ...frame,
    state: "raised",
    value: share.toFixed(2),
    text: `it trades as one with ${frame.topic}: the same within a second ${shared} times, ${Math.round(100 * share)} % of what both could share`,
    numbers: { with: frame.topic, shared, share: share.toFixed(2) },
  };
}

/** Who has no score is less proven than anybody; of equals the later name. */
function placeOf(one: PairedLeader, other: PairedLeader): Pick<Reading, "leader" | "topic" | "basis"> {
  const scoreOf = ({ score }: PairedLeader) => score ?? Number.NEGATIVE_INFINITY;
  const isOne = scoreOf(one) < scoreOf(other) || (scoreOf(one) === scoreOf(other) && one.name > other.name);
  const [leader, topic] = isOne ? [one, other] : [other, one];
  const basis = [one, other]
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map((each) => each.basis)
    .join(" ");
  return { leader: leader.name, topic: topic.name, basis };
}
