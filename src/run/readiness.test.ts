/** When start-up is over: everything that was found is dealt with, also under a leader who never rests. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, LEADER, onlyOrder, Story } from "../../test/core/story.ts";
import { Readiness } from "./readiness.ts";

/** A new run on a follower that held half of the leader's 1; nothing was read in it yet. */
function restarted() {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  story.nowMs += 60_000;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
  for (const account of [LEADER, FOLLOWER])
    story.feed({ kind: "connection-changed", account, state: "up", cause: "", atMs: story.nowMs });
  return { story, readiness: new Readiness() };
}

describe("start-up", () => {
  it("is over once both sides were read and nothing is left to do", () => {
    const { story, readiness } = restarted();
    expect(readiness.awaited(story.state)).toEqual([LEADER, FOLLOWER]);
    story.leaderSnapshot([story.row("1")]);
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.followerSnapshot([story.row("0.5")]);
    expect(readiness.awaited(story.state)).toEqual([]);
  });

  it("waits for what the leader did meanwhile", () => {
    const { story, readiness } = restarted();
    story.followerSnapshot([story.row("0.5")]);
    const order = onlyOrder(story.leaderSnapshot([story.row("1.6")]));
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.accept(order);
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.fill(order, "0.3", "0.8");
    expect(readiness.awaited(story.state)).toEqual([]);
  });

  it("does not wait for what the leader does since, once all that was found is over", () => {
    const { story, readiness } = restarted();
    story.followerSnapshot([story.row("0.5")]);
    const found = onlyOrder(story.leaderSnapshot([story.row("1.6")]));
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.leaderFill("buy", "0.4");
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.fill(found, "0.3", "0.8");
    // The next order is under way already.
    expect(story.leg().working.size).toBeGreaterThan(0);
    expect(story.leg().ownedLots).toBe(800);
    expect(readiness.awaited(story.state)).toEqual([]);
  });

  it("waits for an order of the life before whose fate is unknown, whatever the leader does", () => {
    const story = new Story();
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    for (const account of [LEADER, FOLLOWER])
      story.feed({ kind: "connection-changed", account, state: "up", cause: "", atMs: story.nowMs });
    const readiness = new Readiness();
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.leaderFill("buy", "0.2");
    expect(readiness.awaited(story.state)).toEqual([FOLLOWER]);
    story.fill(order, "0.5", "0.5");
    expect(readiness.awaited(story.state)).toEqual([]);
  });
});
