/** The bars of the waterfall lead from the leaders' result to the followers' without a gap, by exact sums. */
import { describe, expect, it } from "vitest";
import { extentOf, stepsOf } from "../../web/src/pages/quality/steps.ts";

const side = (profit: string) => ({ trades: profit, fees: "0", funding: "0", profit });
const part = (component: string, amount: string) => ({ component, amount, reasons: [] });

const ladder = {
  leaderScaled: side("311.1189"),
  followerResult: side("300.1610"),
  components: [
    part("start-date", "0"),
    part("rounding", "-0.2800"),
    part("delay", "-8.3296"),
    part("impact", "-0.3332"),
    part("fees", "-2.0151"),
  ],
};

describe("the waterfall", () => {
  const steps = stepsOf(ladder);

  it("has a bar for each part that is not zero, between the two results", () => {
    expect(steps.map(({ id }) => id)).toEqual(["leader", "rounding", "delay", "impact", "fees", "follower"]);
  });

  it("begins each bar where the one before it ended, and ends at the followers' result", () => {
    const parts = steps.filter(({ kind }) => kind === "part");
    expect(parts.map(({ from, to }) => [from, to])).toEqual([
      ["311.1189", "310.8389"],
      ["310.8389", "302.5093"],
      ["302.5093", "302.1761"],
      ["302.1761", "300.1610"],
    ]);
    expect(parts.at(-1)?.to).toBe(steps.at(-1)?.to);
  });

  it("draws all of them on one axis that has zero", () => {
    expect(extentOf(steps)).toEqual({ low: 0, high: 311.1189 });
    expect(
      extentOf(stepsOf({ ...ladder, leaderScaled: side("-5"), components: [], followerResult: side("-7") })),
    ).toEqual({ low: -7, high: 0 });
  });
});
