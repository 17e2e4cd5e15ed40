/** The filters of the configuration as readings: what a filter cannot tell raises nothing, and ends nothing. */
import type { FilterResult } from "../filters/judge.ts";
import type { Reading } from "./finding.ts";

/** `basis`: what the evidence was made from. */
export function filterReadings(
  leader: string,
  results: readonly FilterResult[],
  basis: string,
): readonly Reading[] {
  return results.map(({ filter, result, value, bound, by, because }) => {
    const limit = typeof bound === "number" ? text(bound) : (bound?.join(", ") ?? "");
    const found = value === null ? "" : text(value);
    return {
      rule: "failed-filter",
      leader,
      topic: filter,
      basis: `${basis} ${limit}`,
      state: result === "failed" ? "raised" : result === "passed" ? "clear" : "unknown",
      value: found,
      limit,
      text:
        because ??
        `${filter} is ${found === "" ? result : found}${limit === "" ? "" : `, the bound ${limit}`}`,
      numbers: { filter, ...(by === null ? {} : { by: text(by) }) },
    } as const;
  });
}

/** Short, and exact where it was. */
function text(value: number): string {
  return String(Number(value.toPrecision(6)));
}
