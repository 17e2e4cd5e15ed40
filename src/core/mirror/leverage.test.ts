/** A leader changes the leverage of its position: the follower's follows, in both position modes. */
import { describe, expect, it } from "vitest";
import { LEADER, onlyOrder, Story } from "../../../test/core/story.ts";
import type { Decision } from "../decision.ts";
import type { Leg, PositionMode } from "../event.ts";

function leverages(decision: Decision): number[] {
  return decision.questions.flatMap((one) => (one.kind === "set-leverage" ? [one.leverageHundredths] : []));
}

describe.each([
  ["one-way", "net"],
  ["hedge", "long"],
] as const)("in %s mode", (mode: PositionMode, leg: Leg) => {
  function holding(leverageMax = "20"): Story {
    const story = new Story({ mode, allocation: { leverageMax } });
    story.fill(onlyOrder(story.leaderFill("buy", "1", { leg })), "0.5", "0.5");
    return story;
  }

  function changes(story: Story, leverage: string): Decision {
    const position = { ...story.row("1", leg), leverage };
    const receivedAtMs = story.nowMs;
    return story.feed({ kind: "leader-position-reported", account: LEADER, position, receivedAtMs });
  }

  it.each([
    ["12.5", 1_250],
    ["3", 300],
  ])("to %s", (leverage, hundredths) => {
    expect(leverages(changes(holding(), leverage))).toEqual([hundredths]);
  });

  it("never above the cap", () => {
    expect(leverages(changes(holding("15"), "50"))).toEqual([1_500]);
  });

  it("not where it is so already", () => {
    expect(leverages(changes(holding(), "10"))).toEqual([]);
  });
});
