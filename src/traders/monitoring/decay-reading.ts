/** Decay of performance as a reading: raised above the bound, over once the sum is below half of it. */
import type { Decay } from "../../analytics/monitoring/decay.ts";
import type { Reading } from "./finding.ts";

/** `days` are those of the record, YYYY-MM-DD. */
export function decayReading(leader: string, days: readonly string[], decay: Decay): Reading {
  const frame = { rule: "decay", leader, topic: "", basis: `${days.length} ${days.at(-1) ?? ""}` } as const;
  if (decay.kind !== "measured") {
    const text =
      decay.kind === "too-short"
        ? `its record has ${decay.days} days; ${decay.needed} are needed to tell decay`
        : "its record does not vary";
    return { ...frame, state: "unknown", value: "", limit: "", text, numbers: {} };
  }
  const { value, limit, since, meanBefore, meanSince, reference } = decay;
  const sinceDay = days[since] ?? "";
  const spell =
    meanSince === null
      ? "no bad spell is under way"
      : `since ${sinceDay} its days bring ${percent(meanSince)} on average, the ${reference} days before ${days[reference] ?? ""} brought ${percent(meanBefore)}`;
  return {
    ...frame,
    state: value > limit ? "raised" : value < limit / 2 ? "clear" : "between",
    value: value.toFixed(1),
    limit: limit.toFixed(1),
    text: spell,
    numbers: {
      sinceDay,
      meanSince: (meanSince ?? 0).toFixed(6),
      meanBefore: meanBefore.toFixed(6),
      referenceDays: reference,
    },
  };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} % a day`;
}
