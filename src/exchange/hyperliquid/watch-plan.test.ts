/** Who is streamed, who is polled, and how often. */
import { describe, expect, it } from "vitest";
import { WEIGHTS } from "./info.ts";
import { describePlan, planWatch, pollMsFor, STREAMED_MAX } from "./watch-plan.ts";
import { WEIGHT_MAX } from "./weights.ts";

const names = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);

describe("a plan", () => {
  it("streams the first ten, and says nothing while there are no more", () => {
    const plan = planWatch(names(STREAMED_MAX));
    expect(plan.polled).toEqual([]);
    expect(describePlan(plan)).toEqual([]);
  });

  it("says who is polled instead, and how often", () => {
    expect(describePlan(planWatch(names(12)))).toEqual([
      "Hyperliquid streams at most 10 addresses to one internet address: t0, t1, t2, t3, t4, t5, t6, t7, t8, t9",
      "polled every 3 s instead: t10, t11",
    ]);
  });

  it.each([1, 12, 13, 50, 500])("polls %s addresses with half of the weight at most", (count) => {
    const perMinute = (count * WEIGHTS.state * 60_000) / pollMsFor(count);
    expect(perMinute).toBeLessThanOrEqual(WEIGHT_MAX / 2);
  });

  it("polls twelve as often as one", () => {
    expect([pollMsFor(1), pollMsFor(12), pollMsFor(13)]).toEqual([3_000, 3_000, 3_120]);
  });
});
