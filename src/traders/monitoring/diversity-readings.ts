/**
 * How many different styles the leaders show that one follower copies, against the least number that is asked for. It is a question
 * about the set: no leader of it is at fault, so it is a reading of the follower, and nothing is stopped for it. Pure.
 */
import type { StyleVerdict } from "../../analytics/style/classify.ts";
import { judgeSet } from "../filters/judge.ts";
import { filterReadings } from "./filter-readings.ts";
import type { Reading } from "./finding.ts";

export interface CopiedLeader {
  readonly name: string;
  /** Those on which it is copied now. */
  readonly copiedBy: readonly string[];
  /** `unknown` also where it is told with low confidence only. */
  readonly style: StyleVerdict["label"];
  /** What its record was made from. */
  readonly basis: string;
}

/** One of each follower that copies anybody. */
export function diversityReadings(leaders: readonly CopiedLeader[], bound: number): readonly Reading[] {
  const followers = [...new Set(leaders.flatMap(({ copiedBy }) => copiedBy))].sort();
  return followers.flatMap((follower) => {
    const copied = leaders.filter(({ copiedBy }) => copiedBy.includes(follower));
    const result = judgeSet(copied, bound);
    const basis = copied.map((leader) => `${leader.name}:${leader.basis}`).join(" ");
    const styles = result.notes.join(", ");
    const shown = `${result.value ?? 0}${styles === "" ? "" : ` (${styles})`}`;
    return filterReadings("", [result], basis).map((reading) => ({
      ...reading,
      follower,
      text:
        result.because ??
        `different styles among the leaders that it copies (${copied.length}): ${shown}, the bound ${bound}`,
      numbers: { ...reading.numbers, leaders: copied.length, ...(styles === "" ? {} : { styles }) },
    }));
  });
}
