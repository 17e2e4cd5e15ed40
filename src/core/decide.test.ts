/** The core's main path as a story: a leader trades, followers get orders, everything gets an answer. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, onlyOrder, Story } from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";

/** Confirmed on both sides, but the follower's market was never looked at. */
function undescribed(): Story {
  const story = new Story({ bare: true });
  story.leaderSnapshot([]);
  story.followerSnapshot([]);
  return story;
}

describe("decide", () => {
  it("asks for the market's mode once, then sends half of the leader's size", () => {
    const story = undescribed();
    const first = story.leaderFill("buy", "1");
    expect(first.orders).toEqual([]);
    expect(first.questions).toMatchObject([{ kind: "describe-market", account: FOLLOWER }]);
    const order = onlyOrder(story.describe("one-way", "10"));
    expect([order.lots, order.reduceOnly]).toEqual([500, false]);
  });

  it("keeps one order in flight and makes up what changed meanwhile", () => {
    const story = new Story();
    const opening = onlyOrder(story.leaderFill("buy", "1"));
    expect(story.leaderFill("buy", "0.2").orders).toEqual([]);
    story.fill(opening, "0.5", "0.5");
    expect(story.decisions.flatMap(({ orders }) => orders).map(({ order }) => order.lots)).toEqual([
      500, 100,
    ]);
  });

  it("takes no fill for news that is older than a snapshot in which the leader holds nothing there", () => {
    const story = new Story();
    story.nowMs += 2_000;
    story.leaderSnapshot([]);
    expect(story.leaderFill("sell", "1", { ageMs: 1_500 }).orders).toEqual([]);
    expect(story.wait(1_000).flatMap(({ orders }) => orders)).toEqual([]);
    const order = onlyOrder(story.leaderFill("buy", "1"));
    expect([order.lots, order.reduceOnly]).toEqual([500, false]);
  });

  it("gives a change too small for a step its reason", () => {
    const story = new Story();
    const { denials } = story.leaderFill("buy", "0.001");
    expect(denials).toMatchObject([
      {
        reason: "below-step",
        detail: { changedLots: 1, leaderLots: 1, targetLots: 0 },
        changes: [{ change: story.state.eventSequence }],
      },
    ]);
  });

  it("survives a round trip through a checkpoint", () => {
    const story = undescribed();
    story.leaderFill("buy", "1");
    story.describe("one-way", "10");
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
  });
});
