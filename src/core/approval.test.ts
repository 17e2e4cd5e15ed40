/** Increases that wait for the owner: asked once, joined by later changes, answered or expired; reductions never wait. */
import { describe, expect, it } from "vitest";
import {
  FOLLOWER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  type StoryOptions,
} from "../../test/core/story.ts";
import { proposalsOf } from "./approval.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Decision } from "./decision.ts";
import { encodeDecision } from "./decision-codec.ts";
import type { State } from "./state.ts";

const MINUTE_MS = 60_000;

/** Half of the leader's size, in lots of 0.001. */
function asking(options: StoryOptions = {}): Story {
  return new Story({ ...options, allocation: { autoCopy: false, ...options.allocation } });
}

function waiting(
  state: State,
): { readonly id: number; readonly target: number; readonly expiresAtMs: number }[] {
  return proposalsOf(state).map(({ proposal: { id, targetLots, expiresAtMs } }) => ({
    id,
    target: targetLots,
    expiresAtMs,
  }));
}

function approve(story: Story, target: string, proposal = 1): Decision {
  return story.command({ kind: "approve", account: FOLLOWER, proposal, target });
}

/** Keeps both sides fresh while time passes. */
function pass(story: Story, ms: number): Decision[] {
  const decisions: Decision[] = [];
  for (let left = ms; left > 0; left -= 30_000) {
    decisions.push(...story.wait(Math.min(left, 30_000)));
    decisions.push(story.leaderSnapshot([story.row("1")]), story.followerSnapshot([]));
  }
  return decisions;
}

describe("an increase", () => {
  it("waits as a proposal with its price and its end, and is explained by nothing yet", () => {
    const story = asking();
    const decision = story.leaderFill("buy", "1");
    expect(orderTexts(decision)).toEqual([]);
    expect(reasonsOf(decision)).toEqual([]);
    const [found] = proposalsOf(story.state);
    expect(found?.proposal).toEqual({
      id: 1,
      atMs: story.nowMs,
      priceTicks: 600_000,
      targetLots: 500,
      expiresAtMs: story.nowMs + 15 * MINUTE_MS,
      declined: false,
    });
    expect(found?.copy.pendingChanges).toHaveLength(1);
  });

  it("goes when it is approved", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    const decision = approve(story, "0.5");
    expect(orderTexts(decision)).toEqual(["+500"]);
    story.fill(onlyOrder(decision), "0.5", "0.5");
    expect(proposalsOf(story.state)).toEqual([]);
  });

  it("joins the proposal that waits, whose time begins anew", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.wait(MINUTE_MS / 2);
    story.leaderFill("buy", "1");
    expect(waiting(story.state)).toEqual([
      { id: 1, target: 1_000, expiresAtMs: story.nowMs + 15 * MINUTE_MS },
    ]);
    expect(orderTexts(approve(story, "1"))).toEqual(["+1000"]);
  });

  it("is approved as far as its owner saw it", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.leaderFill("buy", "1");
    const decision = approve(story, "0.5");
    expect(orderTexts(decision)).toEqual(["+500"]);
    expect(orderTexts(story.fill(onlyOrder(decision), "0.5", "0.5"))).toEqual([]);
    expect(waiting(story.state)).toMatchObject([{ id: 1, target: 1_000 }]);
    expect(orderTexts(approve(story, "1"))).toEqual(["+500"]);
  });

  it("waits no longer than its time, and is given up then with its one reason", () => {
    const story = asking({ allocation: { proposalExpiresMs: 2 * MINUTE_MS } });
    story.leaderFill("buy", "1");
    const denials = pass(story, 3 * MINUTE_MS).flatMap((decision) => decision.denials);
    expect(denials.map(({ reason, changes }) => [reason, changes.length])).toEqual([["not-approved", 1]]);
    expect(denials[0]?.detail).toEqual({ proposal: 1, answer: "expired", targetLots: 500 });
    expect(proposalsOf(story.state)).toEqual([]);
    expect(orderTexts(approve(story, "0.5"))).toEqual([]);
  });

  it("is given up when it is declined; what the leader adds later is asked anew", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    const declined = story.command({ kind: "decline", account: FOLLOWER, proposal: 1 });
    expect(declined.denials.map(({ reason, detail }) => [reason, detail.answer])).toEqual([
      ["not-approved", "declined"],
    ]);
    story.leaderFill("buy", "0.4");
    expect(waiting(story.state)).toMatchObject([{ id: 2, target: 200 }]);
    expect(orderTexts(approve(story, "0.2", 2))).toEqual(["+200"]);
  });

  it("is not asked for while something else forbids it, and has that reason", () => {
    const story = asking();
    story.command({ kind: "pause", account: FOLLOWER });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["paused"]);
    expect(proposalsOf(story.state)).toEqual([]);
    story.command({ kind: "resume", account: FOLLOWER });
    expect(waiting(story.state)).toMatchObject([{ id: 1, target: 500 }]);
  });

  it("is not asked for while the venue shows what may be news on its way", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    const order = onlyOrder(approve(story, "0.5"));
    story.followerHolds("0.7");
    story.report(order, "0.5");
    const decision = story.leaderFill("buy", "1");
    expect([orderTexts(decision), reasonsOf(decision)]).toEqual([[], []]);
    expect(proposalsOf(story.state)).toEqual([]);
    story.followerHolds("0.5");
    expect(waiting(story.state)).toMatchObject([{ target: 1_000 }]);
  });

  it("needs a new approval after a reduction", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.fill(onlyOrder(approve(story, "0.5")), "0.5", "0.5");
    const reducing = story.leaderFill("sell", "0.6");
    expect(orderTexts(reducing)).toEqual(["-300 reduce"]);
    story.fill(onlyOrder(reducing), "0.3", "0.2");
    expect(orderTexts(story.leaderFill("buy", "0.6"))).toEqual([]);
    expect(waiting(story.state)).toMatchObject([{ id: 2, target: 500 }]);
  });
});

describe("a reduction", () => {
  it("never waits, also where it turns the position: only the other side does", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.fill(onlyOrder(approve(story, "0.5")), "0.5", "0.5");
    const turning = story.leaderFill("sell", "1.6");
    expect(orderTexts(turning)).toEqual(["-500 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turning), "0.5", "0"))).toEqual([]);
    expect(waiting(story.state)).toMatchObject([{ target: -300 }]);
  });

  it("ends what waits when nothing is left of it", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.leaderFill("sell", "1");
    expect(proposalsOf(story.state)).toEqual([]);
    story.leaderFill("buy", "1");
    expect(waiting(story.state)).toMatchObject([{ id: 2, target: 500 }]);
  });
});

it("nothing waits any more once the allocation copies by itself, or ends", () => {
  const story = asking();
  story.leaderFill("buy", "1");
  expect(orderTexts(story.allocate({ autoCopy: true }))).toEqual(["+500"]);
  expect(proposalsOf(story.state)).toEqual([]);
  const ending = asking();
  ending.leaderFill("buy", "1");
  ending.allocate();
  ending.configure({ ...ending.settings, allocations: [] });
  expect(proposalsOf(ending.state)).toEqual([]);
});

it("what waits survives a restart, and its end is kept", () => {
  const story = asking();
  story.leaderFill("buy", "1");
  const text = encodeCheckpoint(story.state);
  expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
  const [before] = waiting(story.state);
  story.nowMs += 1;
  story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
  story.configure(story.settings);
  story.leaderSnapshot([story.row("1")]);
  story.followerSnapshot([]);
  expect(waiting(story.state)).toEqual([before]);
  expect(orderTexts(approve(story, "0.5"))).toEqual(["+500"]);
});

it("is journaled with its decision", () => {
  const story = asking();
  const decision = story.leaderFill("buy", "1");
  expect(JSON.parse(encodeDecision(story.state, decision)).p).toEqual([
    0,
    0,
    500,
    story.nowMs + 15 * MINUTE_MS,
  ]);
});

describe("release", () => {
  it("wants what was given up again, as the owner's approval where one is needed", () => {
    const story = asking();
    story.leaderFill("buy", "1");
    story.command({ kind: "decline", account: FOLLOWER, proposal: 1 });
    expect(orderTexts(story.command({ kind: "release", account: FOLLOWER }))).toEqual(["+500"]);
  });

  it("is for the leader and the symbol that it names", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.fill(onlyOrder(story.command({ kind: "close", account: FOLLOWER })), "0.5", "0");
    const elsewhere = story.command({ kind: "release", account: FOLLOWER, symbol: "ETHUSDT" });
    expect(orderTexts(elsewhere)).toEqual([]);
    const others = story.command({ kind: "release", account: FOLLOWER, leader: FOLLOWER });
    expect(orderTexts(others)).toEqual([]);
    expect(orderTexts(story.command({ kind: "release", account: FOLLOWER, symbol: "BTCUSDT" }))).toEqual([
      "+500",
    ]);
  });
});
